"""The shipped vehicle eyes see the same in a part, and in planes shrunk before they were coloured."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from edge.capture import FileSource
from edge.detector.engines import OpenVinoNetwork, has_openvino
from edge.detector.models import VehicleDetector
from edge.detector.registry import default_models
from edge.detector.types import Box, Detection

CLIP = Path("sample_videos/pham_ngoc_thach/pham_ngoc_thach.mp4")
FRAMES = (60, 150, 240)


def differences(found: list[Detection], wanted: list[Detection]) -> np.ndarray:
    """Rows of IoU, px the foot is off, and difference of score, for each wanted detection that is sure."""
    rows = []
    for one in wanted:
        if one.confidence < 0.4:
            continue
        best = max(found, key=lambda other: other.box.iou(one.box))
        foot_px = np.hypot(*np.subtract(best.box.bottom_centre, one.box.bottom_centre))
        rows.append((best.box.iou(one.box), foot_px, abs(best.confidence - one.confidence)))
    return np.array(rows)


@pytest.mark.skipif(not CLIP.is_file(), reason="the rendered clip is not here")
def test_a_part_of_shrunk_planes_shows_what_the_whole_picture_shows() -> None:
    eyes = VehicleDetector(default_models(None).vehicles.path, threads=1, confidence=0.2)
    small_rows, part_rows = [], []
    for frame in FileSource(CLIP, threads=1):
        if frame.index > FRAMES[-1]:
            break
        if frame.index not in FRAMES:
            continue
        size_px = frame.picture.size_px
        small = frame.picture.scaled(*eyes.small_size_px(size_px))
        wanted = eyes.detect(frame.image)
        small_rows.append(differences(eyes.detect_small(small, size_px), wanted))
        sure = [one.box for one in wanted if one.confidence >= 0.4]
        x, y = min(box.x for box in sure), min(box.y for box in sure)
        around = Box(x, y, max(box.x2 for box in sure) - x, max(box.y2 for box in sure) - y)
        part_rows.append(differences(eyes.detect_small(small, size_px, around), wanted))
    for rows in (np.vstack(small_rows), np.vstack(part_rows)):
        assert len(rows) >= 12
        assert rows[:, 0].min() > 0.8
        assert rows[:, 1].mean() < 1.0
        assert rows[:, 1].max() < 6.0
        assert rows[:, 2].max() < 0.2


@pytest.mark.skipif(not has_openvino(), reason="openvino is not installed")
def test_cameras_that_share_a_network_do_not_disturb_each_other() -> None:
    path = default_models(None).vehicles.path
    shared = OpenVinoNetwork(path, threads=1)
    pictures = [
        np.random.default_rng(seed).random((1, 3, 64 + 32 * seed, 96), dtype=np.float32) for seed in range(4)
    ]
    wanted = [shared(picture)[0].copy() for picture in pictures]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda picture: [shared(picture)[0].copy() for _ in range(5)], pictures))
    for one, several in zip(wanted, found, strict=True):
        assert all(np.allclose(one, again, atol=1e-4) for again in several)
