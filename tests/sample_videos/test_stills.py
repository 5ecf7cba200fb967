"""Packing rendered pictures with their truth."""

import json
from collections import Counter
from pathlib import Path

import cv2

from sample_videos.render import stills

STILLS = Path(__file__).parents[2] / "sample_videos" / "stills"


def test_pack_keeps_pictures_with_their_truth(tmp_path):
    source, target = tmp_path / "from", tmp_path / "to"
    for name in ("images", "json"):
        (source / name).mkdir(parents=True)
    for name, condition in (("b", "rain"), ("a", "day"), ("lost", "day")):
        note = {"condition": condition, "objects": [{"text": "Đ"}], "signals": []}
        (source / "json" / f"{name}.json").write_text(json.dumps(note), encoding="utf-8")
    for name in ("a", "b"):
        (source / "images" / f"{name}.jpg").write_bytes(name.encode())
    assert stills.main([str(source), str(target)]) == 0
    truth = json.loads((target / "truth.json").read_text(encoding="utf-8"))
    assert [row["image"] for row in truth["pictures"]] == ["a.jpg", "b.jpg"]
    assert truth["conditions"] == {"day": 1, "rain": 1}
    assert truth["pictures"][1]["objects"] == [{"text": "Đ"}]
    assert (target / "b.jpg").read_bytes() == b"b"
    assert not (target / "lost.jpg").exists()


def test_nothing_to_pack_is_no_success(tmp_path):
    (tmp_path / "json").mkdir()
    assert stills.main([str(tmp_path), str(tmp_path / "to")]) == 1


def test_the_stills_that_ship_fit_their_truth():
    rows = json.loads((STILLS / "truth.json").read_text(encoding="utf-8"))["pictures"]
    assert {row["image"] for row in rows} == {path.name for path in STILLS.glob("*.jpg")}
    assert min(Counter(row["condition"] for row in rows).values()) >= 5
    assert {row["condition"] for row in rows} == {"day", "dusk", "night", "rain"}
    assert sum(path.stat().st_size for path in STILLS.iterdir()) < 4_000_000
    for row in rows:
        height, width = cv2.imread(str(STILLS / row["image"])).shape[:2]
        assert (width, height) == (row["width"], row["height"]) == (960, 540)
        heads = [head for one in row["objects"] for head in one["heads"]]
        things = [*row["objects"], *heads, *row["signals"]]
        things += [one["plate"] for one in row["objects"] if one["plate"]]
        for x, y, w, h in (one["box_px"] for one in things):
            assert x >= 0
            assert y >= 0
            assert x + w <= width + 0.2
            assert y + h <= height + 0.2
        assert all(head["helmet"] == head["hat"].endswith("_helmet") for head in heads)
        assert all(one["people"] >= len(one["heads"]) for one in row["objects"])


def test_a_third_of_the_stills_show_heads_that_can_be_judged():
    rows = json.loads((STILLS / "truth.json").read_text(encoding="utf-8"))["pictures"]
    near = [
        any(
            head["box_px"][3] >= 12 and head["visible_fraction"] >= 0.6
            for one in row["objects"]
            for head in one["heads"]
        )
        for row in rows
    ]
    assert sum(near) >= len(rows) / 3
