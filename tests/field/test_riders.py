"""Riders on real pictures kept from training, which are not part of the repository.

They lie in $PHATNGUOI_FIELD, or in shared/field beside the checkout; without them these tests are skipped.
The floors are a little under the figures in docs/models/heads.md.
"""

import os
from pathlib import Path

import pytest

from benchmarks.riders import by_heads, figures, heads_found, held_out
from edge.detector.images import read_image
from edge.detector.look import open_riders
from edge.detector.registry import default_models

FIELD = Path(os.environ.get("PHATNGUOI_FIELD") or Path(__file__).parents[2].parent / "shared" / "field")
FLOORS = {
    "rider_class": {
        "balanced accuracy, forced": 0.8,
        "balanced accuracy of those said": 0.88,
        "people right of those said": 0.8,
        "AP50 head": 0.78,
    },
}

pytestmark = pytest.mark.skipif(
    not (FIELD / "helmets").is_dir(),
    reason=f"no field pictures at {FIELD}: set PHATNGUOI_FIELD to the folder that holds them",
)


@pytest.mark.parametrize("source", sorted(FLOORS))
def test_riders_never_trained_on(source: str) -> None:
    riders = open_riders(default_models(), engine="onnxruntime")
    assert riders is not None
    crops = held_out(FIELD)[source]
    answers = [by_heads(riders)(read_image(one.picture), one.motorbike) for one in crops]
    measured = dict([*figures(crops, answers), *heads_found(crops, riders)])
    for name, floor in FLOORS[source].items():
        value = measured[name].value
        assert value is not None
        assert value >= floor, f"{name}: {measured[name]}"
