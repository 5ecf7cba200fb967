"""The agreed plate as reported: canonical text, the written form for people, and the crop that was read."""

import numpy as np
import pytest

from edge.analysis_plates import Look, reported_plate
from edge.detector.plate_grammar import display_form
from edge.detector.plates import combine
from edge.detector.types import Box, PlateRead


def look(frame: int, text: str, confidence: float) -> Look:
    chances = (confidence,) * len(text)
    read = PlateRead(
        text, display_form(text), chances, confidence, Box(0, 0, 60, 40), "two_line", "white", (text,)
    )
    return Look(frame, frame / 25, read, np.full((40, 60, 3), frame, np.uint8))


@pytest.mark.parametrize(
    ("texts", "text", "display"),
    [
        (["29MĐ112345", "29MĐ112345"], "29MD112345", "29-MĐ1 123.45"),
        (["29MD112345", "29MĐ112345"], "29MD112345", "29-MĐ1 123.45"),
        (["59D112345", "59D112345"], "59D112345", "59-D1 123.45"),
    ],
)
def test_reports_carry_the_canonical_text_and_the_crop_read(
    texts: list[str], text: str, display: str
) -> None:
    looks = [look(number, said, 0.96 + number / 100) for number, said in enumerate(texts)]
    reported = reported_plate(combine([one.read for one in looks]), looks)
    assert reported is not None
    plate, crop = reported
    assert (plate.text, plate.display) == (text, display)
    assert [one.text for one in plate.looks] == texts
    assert np.array_equal(crop, looks[1].crop)
