"""The rules on real footage and real tracks that are not part of the repository.

They lie in $PHATNGUOI_FIELD, or in shared/field beside the checkout; without them these tests are skipped.
Plates in the films are foreign or a few pixels wide: the camera files say `unread_plates = "report"`, and no
plate is looked for.
"""

from __future__ import annotations

import argparse
import csv
import os
from pathlib import Path

import cv2
import numpy as np
import pytest

from benchmarks.signal_tracks import Score, replay
from benchmarks.signal_tracks_data import LINES_PX, Clip, load, site_scene
from edge.analysis import Analyser
from edge.analysis_files import Findings
from edge.capture import open_source
from edge.detector.models import VehicleDetector
from edge.detector.registry import default_models
from edge.detector.signals import read_signal
from edge.detector.types import Box, Image
from edge.scene import Scene, load_scene

FIELD = Path(os.environ.get("PHATNGUOI_FIELD") or Path(__file__).parents[2].parent / "shared" / "field")
CAMERAS = Path(__file__).parents[2] / "cameras" / "field"

pytestmark = pytest.mark.skipif(
    not FIELD.is_dir(),
    reason=f"no field data at {FIELD}: set PHATNGUOI_FIELD to the folder that holds it",
)

ARGS = argparse.Namespace(fps=30.0, lead=2.0)


@pytest.fixture(scope="module")
def sites() -> dict[str, tuple[Scene, list[Clip]]]:
    clips = load(FIELD / "tracks" / "vn_signal_tracks.csv.gz")
    made = {}
    for site in LINES_PX:
        mine = [clip for clip in clips if clip.site == site]
        made[site] = site_scene(site, mine)[0], mine
    return made


@pytest.mark.parametrize(
    ("site", "crossings", "found"),
    [("hanam", 5, 4), ("thainguyen", 307, 294)],
)
def test_who_crosses_on_red_is_accused_once_and_nobody_else(
    sites: dict[str, tuple[Scene, list[Clip]]], site: str, crossings: int, found: int
) -> None:
    """Who is missed was first or last seen on the line, or its id jumped: docs/rules/red_light.md."""
    scene, clips = sites[site]
    made: Score = replay(clips, scene, "red", ARGS, own=False)
    assert (made.crossings, made.doubled, made.beside) == (crossings, 0, [])
    assert made.found >= found
    assert made.found + sum(made.missed.values()) == made.crossings


@pytest.mark.parametrize("own", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_nobody_is_accused_on_green(sites: dict[str, tuple[Scene, list[Clip]]], own: bool) -> None:
    scene, clips = sites["vungtau"]
    made = replay(clips, scene, "green", ARGS, own=own)
    assert (made.crossings, made.found, made.beside) == (131, 0, [])


def test_the_traffic_of_a_green_light_would_be_found_had_it_been_red(
    sites: dict[str, tuple[Scene, list[Clip]]],
) -> None:
    scene, clips = sites["vungtau"]
    made = replay(clips, scene, "red", ARGS, own=False)
    assert (made.doubled, made.beside) == (0, [])
    assert made.found >= 127


def test_a_real_arrow_under_the_round_lights() -> None:
    """lights/vn98_frames: the right arrow is green while the round light is red, and dark otherwise."""
    lamps = {name: Box(1504, y, 36, 36) for name, y in (("red", 86), ("amber", 129), ("green", 172))}
    arrow = {"green": Box(1502, 234, 36, 38)}
    rows = list(csv.DictReader((FIELD / "lights" / "vn98_light_state.csv").open()))
    for row in rows:
        picture = np.asarray(cv2.imread(str(FIELD / "lights" / "vn98_frames" / row["image"])))
        assert read_signal(picture, lamps).state == row["main_light"]
        expected = "green" if row["main_light"] == "red" else "dark"
        assert read_signal(picture, arrow).state == expected, row["image"]
    assert len(rows) == 54


class NoPlates:
    """The plates in these small pictures cannot be read; looking for them would only take time."""

    def read(self, image: Image, vehicle: Box) -> None:
        return None


def watch(name: str, from_s: float, to_s: float) -> Findings:
    """What the shipped detector and the rules find in a stretch of real footage."""
    vehicles = VehicleDetector(default_models().vehicles.path, threads=2, confidence=0.2)
    findings = Findings(load_scene(CAMERAS / f"{name}.toml"))
    analyser = Analyser(findings.scene, vehicles, NoPlates(), recorder=findings)
    for frame in open_source(str(FIELD / "videos" / f"{name}.mp4")):
        if frame.t_s > to_s:
            break
        if frame.t_s >= from_s:
            findings.events += analyser.feed(frame)
    findings.events += analyser.finish()
    return findings


@pytest.mark.parametrize(
    ("film", "from_s", "to_s", "front_s"),
    [
        ("redlight_sedan", 3.0, 7.0, (5.0, 5.6)),
        ("redlight_pickup", 0.4, 4.0, (1.2, 2.0)),
        pytest.param("redlight_us_cspr003_night", 5.0, 8.5, (6.6, 7.2), marks=pytest.mark.slow),
        pytest.param("redlight_us_cspr003_day", 5.0, 9.0, (6.0, 6.8), marks=pytest.mark.slow),
    ],
)
def test_the_one_who_runs_red_and_nobody_else(
    film: str, from_s: float, to_s: float, front_s: tuple[float, float]
) -> None:
    """`front_s` is from events.csv; others wait at the line, stop before it, or cross on their own green."""
    findings = watch(film, from_s, to_s)
    (event,) = findings.events
    assert event.violation.rule == "red_light"
    assert event.violation.kind == "car"
    assert event.violation.t_start_s - 0.3 <= front_s[1]
    assert front_s[0] <= event.violation.t_event_s <= front_s[1] + 0.6
    assert {picture.signal for picture in findings.pictures.values()} == {"red"}


@pytest.mark.slow
def test_a_hanoi_crossing_at_six_pictures_a_second() -> None:
    """Checked by eye: four motorbikes drive through red, the rear over the line at 5.4, 7.2, 8.1 and 16.9 s.
    A dozen others and a van stop past the line and stay."""
    findings = watch("hanoi_giangvo_langha", 0.0, 30.0)
    rears_s = [5.4, 7.2, 8.1, 16.9]
    spans_s = [(one.violation.t_event_s, one.violation.t_end_s + 0.3) for one in findings.events]
    assert len(spans_s) == 4
    assert all(any(first <= rear_s <= last for first, last in spans_s) for rear_s in rears_s)
    assert all(event.violation.kind == "motorbike" for event in findings.events)
