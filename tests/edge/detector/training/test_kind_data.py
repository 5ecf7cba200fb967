"""What the network that tells kinds learns from, and what it never sees."""

from __future__ import annotations

from pathlib import Path

from edge.detector.evaluation.tables import read_table
from edge.detector.training.head_data import LABELS, group_of
from edge.detector.training.kind_data import without_motorbikes
from edge.detector.training.manifest import Labelled, Sample
from edge.detector.training.teacher import LABELS as KINDS
from edge.detector.training.vehicle_data import is_cyclist_held_out
from edge.detector.types import Box


def test_every_labelled_cyclist_is_kept_from_training() -> None:
    _, rows = read_table(LABELS / "cyclists.csv")
    assert all(is_cyclist_held_out(Path(row["image"])) for row in rows)
    assert {row["kind"] for row in rows} == {"bicycle"}


def test_copies_of_a_photo_go_together_and_about_a_quarter_is_kept() -> None:
    copies = [Path(f"BikesHelmets{number}_png.rf.{copy}.jpg") for number in range(200) for copy in "ab"]
    kept = {group_of(path.name): is_cyclist_held_out(path) for path in copies}
    assert all(kept[group_of(path.name)] == is_cyclist_held_out(path) for path in copies)
    assert 30 <= sum(kept.values()) <= 70


def test_among_cyclists_nothing_is_learned_to_be_a_motorbike() -> None:
    seen = [Labelled(KINDS.index(kind), Box(0, 0, 9, 9)) for kind in ("motorbike", "bicycle", "car")]
    kept = without_motorbikes(Sample(Path("a.jpg"), "bikes", "train", tuple(seen)))
    assert [KINDS[one.label] for one in kept.objects] == ["bicycle", "car"]
