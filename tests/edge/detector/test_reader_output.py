"""From logits to text and lines."""

import numpy as np
import pytest

from edge.detector.metadata import ModelCard
from edge.detector.reader_output import SLOTS, ReaderOutput, interpret, split_lines

CHARACTERS = ("", *"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")
CARD = ModelCard("plate_reader", "1", CHARACTERS)


def output(text: str, rows: list[float], layout: int, strength: float = 12.0) -> ReaderOutput:
    characters = np.zeros((1, SLOTS, len(CHARACTERS)), np.float32)
    characters[0, :, 0] = strength
    for slot, character in enumerate(text):
        characters[0, slot, 0] = 0
        characters[0, slot, CHARACTERS.index(character)] = strength
    heights = np.array([rows + [0.5] * (SLOTS - len(rows))], np.float32)
    layouts = np.eye(2, dtype=np.float32)[[layout]] * 5
    return ReaderOutput(characters, heights, layouts, np.array([[4, 0, 0, 0]], np.float32))


@pytest.mark.parametrize(
    ("text", "rows", "layout", "lines", "display"),
    [
        ("59X112345", [0.3] * 4 + [0.7] * 5, 1, ("59X1", "12345"), "59-X1 123.45"),
        ("51F12345", [0.3] * 3 + [0.7] * 5, 1, ("51F", "12345"), "51F-123.45"),
        ("51F12345", [0.5] * 8, 0, ("51F12345",), "51F-123.45"),
        ("59S21234", [0.3] * 4 + [0.7] * 4, 1, ("59S2", "1234"), "59-S2 1234"),
        ("A", [0.5], 1, ("A",), "A"),
        ("", [], 1, (), ""),
    ],
)
def test_reading(text: str, rows: list[float], layout: int, lines: tuple[str, ...], display: str) -> None:
    reading = interpret(output(text, rows, layout), CARD)
    assert (reading.text, reading.lines, reading.display) == (text, lines, display)
    assert len(reading.char_confidences) == len(text)
    assert all(chance > 0.99 for chance in reading.char_confidences)
    assert reading.ground_colour == "white"


def test_temperature_lowers_confidence_and_keeps_the_text() -> None:
    cool = ModelCard("plate_reader", "1", CHARACTERS, temperature=4.0)
    plain, tempered = (interpret(output("51F12345", [0.5] * 8, 0, 8.0), card) for card in (CARD, cool))
    assert plain.text == tempered.text
    assert tempered.char_confidences[0] < plain.char_confidences[0]


def test_an_unclear_colour_is_unknown() -> None:
    unclear = output("51F12345", [0.5] * 8, 0)._replace(colour=np.zeros((1, 4), np.float32))
    assert interpret(unclear, CARD).ground_colour == "unknown"


def test_a_line_is_never_empty() -> None:
    assert split_lines("AB", [0.7, 0.3], "two_line") == ("A", "B")


def test_no_pixels_no_text() -> None:
    assert interpret(ReaderOutput.nothing(len(CHARACTERS)), CARD).text == ""
