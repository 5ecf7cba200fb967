"""The committed clips against their truth: vehicles are seen where the boxes say."""

import json
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

ROOT = Path(__file__).parents[2] / "sample_videos"
BY_DAY = ("hung_vuong", "lanes", "helmets")
SHADOW_TO_THE_LEFT = {"helmets"}
"""Here the camera looks to the right, and some shadows lie beside the left edge."""
EVERY = 9
CHANGED, MARGIN_PX, UPPER = 22, 14, 0.6
MEDIAN_PX, MOSTLY_PX = 1.5, 4.0


def boxes_at(truth, k):
    t = k / truth["video"]["fps"]
    for vehicle in truth["vehicles"]:
        for row in vehicle["path"]:
            if abs(row["t_s"] - t) < 1e-3 and row["box_px"]:
                yield vehicle["id"], row


def apart(box, others):
    x, y, w, h = box
    return all(
        x - 3 * MARGIN_PX > a + c
        or a - 3 * MARGIN_PX > x + w
        or y - 3 * MARGIN_PX > b + d
        or b - 3 * MARGIN_PX > y + h
        for a, b, c, d in others
    )


@pytest.mark.parametrize("name", BY_DAY)
def test_left_and_upper_edges_of_vehicles_are_where_the_boxes_say(name):
    """By day shadows fall up and to the right, so above the ground these two edges show only the vehicle."""
    truth = json.loads((ROOT / name / "truth.json").read_text(encoding="utf-8"))
    path = ROOT / name / f"{name}.mp4"
    if not path.exists():
        pytest.skip(f"{path.name} is not rendered here; run python -m sample_videos.render --scene {name}")
    pictures = {}
    with av.open(str(path)) as box:
        for k, frame in enumerate(box.decode(video=0)):
            if k % EVERY == 0:
                pictures[k] = frame.to_ndarray(format="bgr24")
    empty = np.median(np.stack(list(pictures.values())), axis=0)
    off = []
    for k, picture in pictures.items():
        rows = list(boxes_at(truth, k))
        for vid, row in rows:
            x, y, w, h = row["box_px"]
            inside = x > 30 and y > 30 and x + w < picture.shape[1] - 30 and y + h < picture.shape[0] - 30
            alone = apart(row["box_px"], [r["box_px"] for other, r in rows if other != vid])
            if not (inside and alone and row["speed_kmh"] > 10 and min(w, h) > 40):
                continue
            x0, y0 = int(x) - MARGIN_PX, int(y) - MARGIN_PX
            part = picture[y0 : int(y + h), x0 : int(x + w)]
            still = empty[y0 : int(y + h), x0 : int(x + w)]
            change = (np.abs(part - still).max(axis=2) > CHANGED).astype(np.uint8)
            change = cv2.morphologyEx(change, cv2.MORPH_OPEN, np.ones((2, 2), np.uint8))
            v, _ = np.nonzero(change)
            _, u = np.nonzero(change[: MARGIN_PX + int(h * UPPER)])
            off.append((float(u.min()) + x0 - x, float(v.min()) + y0 - y))
    assert len(off) >= 10
    assert np.abs(np.median(off, axis=0)).max() <= MEDIAN_PX
    free = np.array(off)[:, 1:] if name in SHADOW_TO_THE_LEFT else np.array(off)
    assert np.percentile(np.abs(free), 80) <= MOSTLY_PX
