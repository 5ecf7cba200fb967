"""The vote over several looks at one plate."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.detector.plate_grammar import display_form, is_legal
from edge.detector.plates import (
    AGREEING_LOOKS,
    CHARACTER_FLOOR,
    CLEAR_LOOK,
    UNANIMOUS_FLOOR,
    UNANIMOUS_LOOKS,
    combine,
)
from edge.detector.types import Box, PlateLayout, PlateRead

PLATE = "59X112345"


def look(
    text: str, confidence: float = 0.97, *, layout: PlateLayout = "two_line", **weak: float
) -> PlateRead:
    """A read of `text`; `weak` names places (p3=0.4) with another confidence."""
    chances = tuple(weak.get(f"p{place}", confidence) for place in range(len(text)))
    return PlateRead(
        text=text,
        display=display_form(text),
        char_confidences=chances,
        confidence=min(chances, default=0.0),
        box=Box(0, 0, 60, 40),
        layout=layout,
        ground_colour="white",
        lines=(text,),
    )


@pytest.mark.parametrize(
    ("reads", "accepted", "text", "reason"),
    [
        pytest.param([], False, None, "no look", id="no looks"),
        pytest.param([look(""), look("")], False, None, "no look", id="only illegible looks"),
        pytest.param(
            [look(PLATE, 0.999)], False, PLATE, "only one look", id="one perfect look is not enough"
        ),
        pytest.param([look(PLATE)] * 2, True, PLATE, "2 looks agree", id="two sure looks"),
        pytest.param(
            [look(PLATE)] * 2 + [look("")] * 5,
            True,
            PLATE,
            "2 looks agree",
            id="illegible looks do not count",
        ),
        pytest.param(
            [look(PLATE)] * 3 + [look("59X112346", p8=0.5)], True, PLATE, "3 looks", id="one weak dissenter"
        ),
        pytest.param(
            [look(PLATE), look("59X112346")], False, None, "one look", id="two sure looks that differ"
        ),
        pytest.param([look(PLATE, p4=0.3)] * 2, False, PLATE, "character 5", id="one character never clear"),
        pytest.param(
            [look(PLATE), look("59X11234"), look("59X11234")],
            False,
            "59X11234",
            "number of",
            id="lengths differ",
        ),
        pytest.param([look(PLATE, 0.7)] * 2, False, PLATE, "unsure", id="two lukewarm looks"),
        pytest.param([look(PLATE, 0.7)] * 9, False, PLATE, "unsure", id="many lukewarm looks"),
        pytest.param([look(PLATE, 0.88)] * 9, False, PLATE, "no look is clear", id="many fair looks"),
        pytest.param([look(PLATE, 0.91)] * 3, True, PLATE, "3 looks agree", id="all of three fair looks"),
        pytest.param([look(PLATE, 0.91)] * 2, False, PLATE, "unsure", id="only two fair looks"),
        pytest.param(
            [look(PLATE, 0.91)] * 3 + [look("59X112346", 0.91)], False, PLATE, "unsure", id="one dissents"
        ),
        pytest.param(
            [look(PLATE, 0.91)] * 3 + [look("61A72B15", 0.3)],
            True,
            PLATE,
            "3 looks agree",
            id="one too blurred to be a witness says otherwise",
        ),
        pytest.param(
            [look("59X11234")] * 9 + [look(PLATE, 0.4)],
            False,
            "59X11234",
            "a character more",
            id="a skipped character",
        ),
        pytest.param([look("13X112345")] * 3, False, "13X112345", "not a legal", id="no such province"),
        pytest.param(
            [look("29MĐ112345", 0.98), look("29MD112345")],
            True,
            "29MĐ112345",
            "2 looks agree",
            id="a faint stroke",
        ),
        pytest.param([look("XX")] * 3, False, "XX", "not a legal", id="sure nonsense"),
    ],
)
def test_votes(reads: list[PlateRead], accepted: bool, text: str | None, reason: str) -> None:
    result = combine(reads)
    assert result.accepted is accepted
    assert reason in result.reason
    assert text is None or result.text == text
    assert result.looks == len(reads)


def on_one_line(text: str, confidence: float = 0.97) -> PlateRead:
    return look(text, confidence, layout="one_line")


@pytest.mark.parametrize(
    ("reads", "accepted"),
    [
        pytest.param([on_one_line("61H18529")] * 6 + [on_one_line("61H185299", 0.64)], True, id="stutter"),
        pytest.param([look("61H18529")] * 6 + [look("61H185299", 0.64)], False, id="may be a motorbike's"),
        pytest.param(
            [on_one_line("61H18529")] * 6 + [look("61H185299", 0.64)], False, id="one look saw two lines"
        ),
        pytest.param(
            [on_one_line("61H18529")] * 6 + [on_one_line("61H185297", 0.64)], False, id="another character"
        ),
        pytest.param(
            [on_one_line("61H18529")] * 6 + [on_one_line("61H185299"), on_one_line("61H185297")],
            False,
            id="a stutter and another character",
        ),
        pytest.param(
            [on_one_line("61C2345")] * 6 + [on_one_line("61C22345", 0.64)], False, id="a plate as it stands"
        ),
        pytest.param(
            [on_one_line("61H18529")] * 2 + [on_one_line("61H185299", 0.4)], False, id="too few agree"
        ),
    ],
)
def test_a_character_read_twice_is_no_plate_of_its_own(reads: list[PlateRead], accepted: bool) -> None:
    result = combine(reads)
    assert result.accepted is accepted, result.reason
    assert result.text == reads[0].text


def test_grammar_prefers_a_legal_text_among_seen_characters() -> None:
    reads = [look("59811234", p2=0.55), look("59B11234", p2=0.5), look("59B11234", p2=0.4)]
    assert combine([look("598I1234", p2=0.55, p3=0.5), *reads]).text == "59B11234"


def test_grammar_never_brings_in_a_character_nobody_saw() -> None:
    result = combine([look("590112345")] * 4)
    assert result.text == "590112345"
    assert not result.accepted


def test_many_poor_looks_do_not_make_a_sure_one() -> None:
    assert not combine([look(PLATE, p5=0.2)] * 10).accepted


def test_best_look_is_the_clearest_that_agrees() -> None:
    reads = [look("59X112349", 0.999, p8=0.3), look(PLATE, 0.9), look(PLATE, 0.98), look(PLATE, 0.95)]
    assert combine(reads).best_look == 2


characters = st.sampled_from("ABCDEFGHKLM0123456789")
texts = st.one_of(st.just(PLATE), st.just("59X112346"), st.text(characters, max_size=10))
reads = st.lists(st.builds(look, texts, st.floats(0.03, 1.0)), max_size=8)


@given(reads)
def test_an_accepted_text_is_legal_sure_and_was_read_at_least_twice(given_reads: list[PlateRead]) -> None:
    result = combine(given_reads)
    assert 0 <= result.confidence <= 1
    if result.accepted:
        assert result.text is not None
        assert is_legal(result.text)
        assert sum(read.text == result.text for read in given_reads) == result.agreeing >= AGREEING_LOOKS
        legible = [read for read in given_reads if read.text]
        unanimous = result.agreeing == len(legible) >= UNANIMOUS_LOOKS
        assert result.confidence >= (UNANIMOUS_FLOOR if unanimous else CHARACTER_FLOOR)
        assert given_reads[result.best_look].text == result.text
        best = given_reads[result.best_look].confidence
        assert best >= CLEAR_LOOK


@given(reads)
def test_every_character_was_seen_at_its_place(given_reads: list[PlateRead]) -> None:
    result = combine(given_reads)
    for place, character in enumerate(result.text or ""):
        assert any(read.text[place : place + 1] == character for read in given_reads)


@given(reads, st.randoms())
def test_the_order_of_looks_does_not_matter(given_reads: list[PlateRead], random: object) -> None:
    shuffled = list(given_reads)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert combine(shuffled).accepted == combine(given_reads).accepted
    if combine(given_reads).accepted:
        assert combine(shuffled).text == combine(given_reads).text
