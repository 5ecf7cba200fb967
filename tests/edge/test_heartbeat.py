from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
import pytest

from edge.health.guard import told
from edge.health.types import FAULTS, Finding
from edge.heartbeat import CameraGauge, pause_s, shown_state, thumbnail
from edge.settings import WorkerSettings
from edge.upkeep import Orders
from tests.edge.box_kit import picture

NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)


def test_a_silent_camera_is_stalled_and_comes_back():
    gauge = CameraGauge(stall_s=5)
    assert gauge.state_now(0.0) == "starting"
    for number in range(50):
        gauge.frame(NOON, number / 25)
    assert gauge.state_now(2.0) == "alive"
    assert gauge.state_now(6.9) == "alive"
    assert gauge.state_now(7.1) == "stalled"
    gauge.frame(NOON, 8.0)
    assert gauge.state_now(8.0) == "alive"
    gauge.state = "ended"
    assert gauge.state_now(99.0) == "ended"


@pytest.mark.parametrize(
    ("state", "faults", "shown"),
    [
        ("alive", [], "alive"),
        ("alive", ["moved"], "moved"),
        ("alive", ["frozen", "clock_stepped"], "frozen"),
        ("starting", ["dead"], "stalled"),
        ("stalled", ["dead", "dark"], "stalled"),
        ("ended", ["dark"], "ended"),
        ("failed", ["dead"], "failed"),
    ],
)
def test_the_worst_fault_is_the_state_that_is_shown(state, faults, shown):
    assert shown_state(state, [Finding(fault, 0.0) for fault in faults]) == shown


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_told_in_both_languages_with_since_when(fault):
    words = told(Finding(fault, 10.0), 70.0)
    vi, en = words.split(" / ")
    assert (", từ " in vi, ", since " in en) == (True, True)


def test_the_rate_is_measured_over_the_last_seconds_only():
    gauge = CameraGauge(stall_s=5)
    for number in range(250):
        gauge.frame(NOON, number / 25)
    assert gauge.fps(10.0) == pytest.approx(25, abs=0.5)
    assert gauge.fps(16.0) == 0


@pytest.mark.parametrize(
    "image",
    [
        picture(3),
        np.random.default_rng(1).integers(0, 255, (1080, 1920, 3), dtype=np.uint8),
        np.random.default_rng(1).integers(0, 255, (2160, 3840, 3), dtype=np.uint8),
    ],
    ids=["small", "noise", "large noise"],
)
def test_a_thumbnail_is_small_and_shows_the_picture(image):
    data = thumbnail(image)
    assert len(data) <= 40_000
    shown = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert shown.shape[1] == min(320, image.shape[1])
    assert shown.shape[0] / shown.shape[1] == pytest.approx(image.shape[0] / image.shape[1], rel=0.02)


def test_a_watched_camera_beats_oftener_than_its_neighbours():
    settings = WorkerSettings(data_folder=Path("none"), backend_url="http://127.0.0.1:9")
    usual, watched = settings.heartbeat_s, settings.watched_heartbeat_s
    assert (usual, watched) == (5.0, 1.0)
    assert pause_s(settings, Orders(), "pnt-01") == usual
    assert pause_s(settings, Orders(watched=("pnt-02",)), "pnt-01") == usual
    assert pause_s(settings, Orders(watched=("pnt-01", "pnt-02")), "pnt-01") == watched
    hasty = settings.model_copy(update={"heartbeat_s": 0.2})
    assert pause_s(hasty, Orders(watched=("pnt-01",)), "pnt-01") == 0.2
