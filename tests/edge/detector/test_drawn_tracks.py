"""Tracks drawn for measuring the vote, and the counting of what it is worth."""

import numpy as np
import pytest

pytest.importorskip("PIL", reason="drawing plates needs Pillow (extra `train`)")

from benchmarks.plate_vote import score
from edge.detector.training.drawn_tracks import drawn_tracks
from edge.detector.training.synthetic_plates import font_files
from edge.detector.types import Box, PlateRead


def test_tracks_repeat_and_come_nearer() -> None:
    first, again = (list(drawn_tracks(font_files(), 3, 6)) for _ in range(2))
    for one, other in zip(first, again, strict=True):
        assert one.plate == other.plate
        assert all(np.array_equal(a, b) for a, b in zip(one.crops, other.crops, strict=True))
        assert 3 <= len(one.crops) <= 12
    assert len({track.plate.text for track in first}) == 6


def read(text: str, confidence: float) -> PlateRead:
    chances = (confidence,) * len(text)
    return PlateRead(text, text, chances, confidence, Box(0, 0, 60, 40), "two_line", "white", (text,))


def test_what_is_counted() -> None:
    tracks = [
        ("59X112345", [read("59X112345", 0.99), read("59X112345", 0.98), read("59X112346", 0.4)]),
        ("51F12345", [read("51F12346", 0.95), read("51F12345", 0.6)]),
        ("29MĐ112345", [read("29MD112345", 0.97)] * 2),
    ]
    counted = score("mixed", tracks)
    assert (counted.tracks, counted.looks, counted.any_look_right) == (3, 7, 3)
    assert (counted.nearest_right, counted.single_right) == (2, 2)
    assert (counted.single_accepted, counted.single_wrong) == (3, 1)
    assert (counted.vote_right, counted.vote_accepted, counted.vote_wrong) == (2, 2, 0)
