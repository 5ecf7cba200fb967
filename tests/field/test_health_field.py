"""Real cameras that are well are never called faulty; one that somebody held in his hand is.

The films lie in $PHATNGUOI_FIELD, or in shared/field beside the checkout; without them these tests are
skipped.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from edge.health.look import look_at
from edge.health.monitor import Monitor
from tests.edge.health.street_kit import pictures_of

FIELD = Path(os.environ.get("PHATNGUOI_FIELD") or Path(__file__).parents[2].parent / "shared" / "field")
LONG_ENOUGH_S = 45.0

pytestmark = pytest.mark.skipif(
    not (FIELD / "videos").is_dir(),
    reason=f"no field data at {FIELD}: set PHATNGUOI_FIELD to the folder that holds it",
)


def faults_of(name: str) -> set[str]:
    """All that a monitor says while a film is played again and again."""
    monitor, told, at_s = Monitor(), set(), 0.0
    looks = [(t_s, look_at(image)) for t_s, image in pictures_of(FIELD / "videos" / name)]
    while at_s < LONG_ENOUGH_S:
        begun_s = at_s
        for t_s, look in looks:
            at_s = begun_s + t_s
            monitor.seen(at_s, at_s)
            monitor.look(look, at_s, at_s)
            told |= {one.fault for one in monitor.findings()}
        at_s += 0.3
    assert monitor.references.known
    return told


@pytest.mark.parametrize(
    "name",
    [
        "hanoi_giangvo_langha.mp4",
        "highway_two_way.mp4",
        "redlight_sedan.mp4",
        "redlight_us_cspr003_day.mp4",
        "redlight_us_cspr003_night.mp4",
        "street_toward.mp4",
        "wsdot_i5_a.avi",
    ],
)
def test_a_fixed_camera_is_well(name):
    assert faults_of(name) == set()


def test_a_camera_held_by_hand_on_a_bridge_has_moved():
    assert faults_of("motorway_720.mp4") == {"moved"}
