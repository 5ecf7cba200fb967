from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from backend.audit.chain import GENESIS, Line, first_fault

AT = datetime(2026, 11, 23, 8, 30, 0, 123456, tzinfo=UTC)


def chain(count: int) -> list[tuple[Line, str]]:
    lines, previous = [], GENESIS
    for seq in range(1, count + 1):
        line = Line(
            seq, AT + timedelta(seconds=seq), "system", "thing.done", "thing", str(seq), {"n": seq}, previous
        )
        previous = line.digest()
        lines.append((line, previous))
    return lines


def test_a_whole_chain_holds():
    assert first_fault([]) is None
    assert first_fault(chain(5)) is None


def test_the_zone_of_the_moment_does_not_matter():
    line = chain(1)[0][0]
    vietnam = replace(line, at=line.at.astimezone(timezone(timedelta(hours=7))))
    assert vietnam.digest() == line.digest()


@given(st.integers(0, 4), st.sampled_from(["actor", "action", "subject_type", "subject_id", "data", "at"]))
def test_any_changed_field_is_found(index, field):
    lines = chain(5)
    line, digest = lines[index]
    value = {"data": {"n": -1}, "at": AT - timedelta(days=1)}.get(field, "somebody else")
    lines[index] = (replace(line, **{field: value}), digest)

    assert first_fault(lines) == f"entry {index + 1} was changed"


@given(st.integers(0, 4))
def test_a_removed_line_is_found(index):
    lines = chain(6)
    del lines[index]
    assert first_fault(lines) == f"entry {index + 1} is missing"


def test_a_rewritten_line_breaks_the_next():
    lines = chain(3)
    forged = replace(lines[1][0], actor="somebody else")
    lines[1] = (forged, forged.digest())
    assert first_fault(lines) == "entry 3 does not follow the entry before it"
