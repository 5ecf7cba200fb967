"""Pieces of a decoded picture look as the whole converted picture does, whatever colours the stream tells."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from edge.capture import FileSource, Frame
from edge.capture.picture import Decoded, Pixels
from edge.detector.images import crop
from edge.detector.types import Box
from tests.edge.film_kit import drawn, film

STREAMS = {
    "untold": {},
    "BT.601": {"colours": (5, 1)},
    "BT.709": {"colours": (1, 1)},
    "BT.709, full range": {"colours": (1, 2)},
    "full range": {"pix_fmt": "yuvj420p", "colours": (5, 2)},
    "4:4:4": {"pix_fmt": "yuv444p"},
    "odd size": {"size_px": (191, 107), "pix_fmt": "yuv444p"},
}
BOXES = [
    Box(0, 0, 192, 108),
    Box(10, 20, 60, 40),
    Box(11.3, 21.6, 33.1, 27.9),
    Box(-5, -5, 30, 30),
    Box(171, 95, 90, 90),
    Box(7, 7, 1, 1),
    Box(300, 300, 5, 5),
]


@pytest.mark.parametrize("stream", STREAMS.values(), ids=STREAMS.keys())
def test_a_piece_is_the_piece_of_the_whole(tmp_path: Path, stream: dict) -> None:
    path = film(tmp_path / "film.mp4", 3, **stream)
    for frame, again in zip(FileSource(path), FileSource(path), strict=True):
        whole = again.image
        for box in BOXES:
            piece, covered = frame.picture.crop(box)
            wanted, place = crop(whole, box)
            assert covered == place
            assert piece.shape == wanted.shape
            if piece.size:
                assert np.abs(piece.astype(int) - wanted).max() <= 4
        small = frame.picture.scaled(64, 36)
        assert np.abs(small.astype(int) - cv2.resize(whole, (64, 36))).mean() < 6
        assert frame.picture.luma().shape == whole.shape[:2]
        assert frame.picture.size_px == (whole.shape[1], whole.shape[0])


def test_an_array_is_a_picture_too() -> None:
    image = drawn(3)
    frame = Frame(0, 0.0, image)
    assert frame.image is image
    assert isinstance(frame.picture, Pixels)
    piece, covered = frame.picture.crop(Box(5, 6, 7, 8))
    assert np.array_equal(piece, image[6:14, 5:12])
    assert covered == Box(5, 6, 7, 8)
    assert frame.picture.scaled(96, 54).shape == (54, 96, 3)


def test_the_whole_is_converted_once(tmp_path: Path) -> None:
    frame = next(iter(FileSource(film(tmp_path / "film.mp4", 2))))
    assert isinstance(frame.picture, Decoded)
    assert frame.image is frame.image
