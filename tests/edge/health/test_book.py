"""Faults on the wall clock, as they are told to the backend."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from edge.health.book import SpellBook
from edge.health.types import Finding
from edge.upkeep import MOST_SPELLS, FaultSpell

NOW = datetime(2026, 11, 27, 7, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def test_a_spell_begins_when_the_fault_did_and_ends_when_it_is_gone():
    book = SpellBook()
    assert book.note((), 100.0, NOW) == ()
    going = book.note([Finding("moved", 97.0)], 100.0, NOW)
    assert going == (FaultSpell(fault="moved", began_at=at(-3)),)
    assert book.note([Finding("moved", 97.0)], 105.0, at(5)) == going
    over = book.note((), 110.0, at(10))
    assert over == (FaultSpell(fault="moved", began_at=at(-3), ended_at=at(10)),)
    assert book.note((), 115.0, at(15)) == over


def test_two_faults_are_two_spells():
    book = SpellBook()
    both = book.note([Finding("moved", 99.0), Finding("dark", 98.0)], 100.0, NOW)
    assert [one.fault for one in both] == ["moved", "dark"]
    one_over = book.note([Finding("dark", 98.0)], 101.0, at(1))
    assert [(one.fault, one.ended_at is None) for one in one_over] == [("moved", False), ("dark", True)]


def test_a_clock_that_was_set_back_ends_no_spell_before_it_began():
    book = SpellBook()
    book.note([Finding("clock_stepped", 100.0)], 100.0, NOW)
    (spell,) = book.note((), 101.0, at(-3600))
    assert spell.ended_at == spell.began_at == NOW


def test_only_the_latest_are_remembered():
    book = SpellBook()
    for second in range(0, 200, 2):
        book.note([Finding("dark", float(second))], float(second), at(second))
        told = book.note((), second + 1.0, at(second + 1))
    assert len(told) == MOST_SPELLS // 2
    assert told[-1].began_at == at(198)
