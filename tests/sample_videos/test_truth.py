"""The committed truth against the plan, the camera and the committed video."""

import json
from pathlib import Path

import av
import numpy as np
import pytest

from sample_videos.render import plan
from sample_videos.render.camera import clip_camera

FOLDER = Path(__file__).parents[2] / "sample_videos" / "pham_ngoc_thach"
TRUTH = json.loads((FOLDER / "truth.json").read_text(encoding="utf-8"))
PATHS = {v["id"]: v["path"] for v in TRUTH["vehicles"]}


def at(vid, t):
    return min(PATHS[vid], key=lambda row: abs(row["t_s"] - t))


def test_truth_matches_the_plan():
    planned = plan.vehicles()
    assert [v["id"] for v in TRUTH["vehicles"]] == [v.vid for v in planned]
    for v, listed in zip(planned, TRUTH["vehicles"], strict=True):
        assert listed["plate"]["text"] == v.plate
        poses = [(k / plan.FPS, p) for k in range(plan.FRAMES) if (p := v.pose(k / plan.FPS))]
        assert len(poses) == len(listed["path"])
        for (t, pose), row in zip(poses, listed["path"], strict=True):
            assert row["t_s"] == pytest.approx(t, abs=1e-3)
            assert row["front_m"] == pytest.approx(pose.front, abs=2e-3)
            assert row["speed_kmh"] == pytest.approx(pose.speed_kmh, abs=0.01)


def test_homographies_agree_with_each_other_and_the_camera():
    to_image = np.array(TRUTH["camera"]["road_to_image"])
    to_road = np.array(TRUTH["camera"]["image_to_road"])
    camera = clip_camera(TRUTH["video"]["width"], TRUTH["video"]["height"])
    assert len(TRUTH["camera"]["marked_points"]) >= 8
    for mark in TRUTH["camera"]["marked_points"]:
        px = to_image @ [*mark["m"], 1.0]
        assert px[:2] / px[2] == pytest.approx(mark["px"], abs=0.01)
        m = to_road @ [*mark["px"], 1.0]
        assert m[:2] / m[2] == pytest.approx(mark["m"], abs=0.02)
        exact, _ = camera.project(np.array([[*mark["m"], 0.0]]))
        assert exact[0] == pytest.approx(mark["px"], abs=0.01)


def test_violations_follow_from_the_paths():
    line = TRUTH["road"]["stop_line_m"][0][1]
    for event in TRUTH["violations"]:
        rows = PATHS[event["vehicle"]]
        before = max(r["t_s"] for r in rows if r["front_m"][1] < line)
        after = min(r["t_s"] for r in rows if r["front_m"][1] >= line)
        assert before <= event["t_event_s"] <= after
        assert event["t_rear_cross_s"] > event["t_event_s"]
        (state,) = [
            p["state"]
            for p in TRUTH["signal"]["phases"]
            if p["t_start_s"] <= event["t_event_s"] < p["t_end_s"]
        ]
        assert state == ("red" if event["rule"] == "red_light" else "green")
        if event["rule"] == "speeding":
            assert all(r["speed_kmh"] > TRUTH["speed_limit_kmh"] + 5 for r in rows)
    assert [e["rule"] for e in TRUTH["violations"]].count("red_light") == 2
    assert [e["rule"] for e in TRUTH["violations"]].count("speeding") == 2
    assert {n["kind"] for n in TRUTH["near_misses"]} == {
        "stopped_past_line",
        "crossed_on_amber",
        "slightly_over_limit",
    }


def test_violators_can_be_seen_and_read():
    half = TRUTH["video"]["height"] / 2
    for event in TRUTH["violations"]:
        rows = PATHS[event["vehicle"]]
        plates = [r["plate_box_px"] for r in rows if r["plate_box_px"]]
        assert sum(box[1] > half for box in plates) >= 8
        assert max(box[2] for box in plates) >= 36
        for t in (event["t_event_s"], event["t_rear_cross_s"]):
            assert at(event["vehicle"], t)["visible_fraction"] > 0.95


def test_boxes_lie_in_the_picture():
    width, height = TRUTH["video"]["width"], TRUTH["video"]["height"]
    boxes = [r[key] for rows in PATHS.values() for r in rows for key in ("box_px", "plate_box_px") if r[key]]
    boxes += [TRUTH["signal"]["head_box_px"], *TRUTH["signal"]["lamp_boxes_px"].values()]
    for x, y, w, h in boxes:
        assert x >= 0
        assert y >= 0
        assert x + w <= width + 0.2
        assert y + h <= height + 0.2


def test_video_has_the_frames_the_truth_counts():
    path = FOLDER / TRUTH["video"]["file"]
    if not path.exists():
        pytest.skip(f"{path.name} is not rendered here; run python -m sample_videos.render")
    with av.open(str(path)) as box:
        stream = box.streams.video[0]
        frames = list(box.decode(stream))
        assert len(frames) == TRUTH["video"]["frames"] == plan.FRAMES
        assert float(stream.average_rate) == TRUTH["video"]["fps"]
        assert (stream.width, stream.height) == (TRUTH["video"]["width"], TRUTH["video"]["height"])
        assert stream.codec_context.pix_fmt == "yuv420p"
        assert float(frames[-1].pts * stream.time_base) == pytest.approx(
            (plan.FRAMES - 1) / plan.FPS, abs=1e-3
        )
    assert path.stat().st_size < 12_000_000


def test_lit_lamp_follows_the_phases():
    path = FOLDER / TRUTH["video"]["file"]
    if not path.exists():
        pytest.skip(f"{path.name} is not rendered here; run python -m sample_videos.render")
    lamps = TRUTH["signal"]["lamp_boxes_px"]
    with av.open(str(path)) as box:
        for k, frame in enumerate(box.decode(video=0)):
            if k % 25:
                continue
            picture = frame.to_ndarray(format="rgb24")
            light = {}
            for name, (x, y, w, h) in lamps.items():
                cx, cy = int(x + w / 2), int(y + h / 2)
                light[name] = float(picture[cy - 5 : cy + 6, cx - 5 : cx + 6].max(axis=2).mean())
            assert max(light, key=light.get) == plan.signal_state(k / plan.FPS), f"frame {k}: {light}"
