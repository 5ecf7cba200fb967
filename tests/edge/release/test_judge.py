"""When a version on trial counts as well."""

from __future__ import annotations

import pytest

from edge.release.judge import fps_of_well, lower_fps, trouble_of


def status(pid: int = 7, version: str = "9.0.0", sent: int = 3, state: str = "alive", fps: float = 12.0):
    return {
        "pid": pid,
        "software_version": version,
        "heartbeats": {"sent": sent},
        "camera": {"state": state, "fps": fps},
    }


def test_only_cameras_that_were_well_are_compared():
    found = fps_of_well({"a": status(fps=12.5), "b": status(state="frozen"), "c": None, "d": {}})
    assert found == {"a": 12.5}


def test_a_burst_of_pictures_in_one_look_is_nothing_to_keep_up_with():
    assert lower_fps({"a": 40.0, "b": 25.0, "c": 25.0}, {"a": 25.0, "b": 26.0}) == {"a": 25.0, "b": 25.0}


@pytest.mark.parametrize(
    ("now", "before", "trouble"),
    [
        (status(), {"a": 12.5}, ""),
        (status(fps=10.0), {"a": 12.5}, ""),
        (status(fps=9.9), {"a": 12.5}, "9.9 pictures a second, 12.5 before"),
        (status(state="stalled"), {"a": 12.5}, "was alive and is stalled"),
        (status(state="stalled", fps=0.0), {}, ""),  # it was ill before
        (status(version="8.0.0"), {}, "has said nothing yet"),  # the file the old one left
        (status(pid=6), {}, "has said nothing yet"),
        (status(sent=0), {}, "the backend has not answered"),
        (None, {}, "has said nothing yet"),
        ({}, {}, "has said nothing yet"),
    ],
)
def test_a_version_is_well_when_all_its_cameras_are(now, before, trouble):
    found = trouble_of({"a": now}, {7}, "9.0.0", before)
    assert trouble in found
    assert bool(found) == bool(trouble)
