"""What officers decided about reports, as training samples: the folder that `phatnguoi labels export` writes.

docs/training.md describes the folder; it is all that the two sides share.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Literal, cast

from edge.detector.errors import DataError, DetectorError
from edge.detector.images import read_image
from edge.detector.models import VehicleDetector
from edge.detector.training.manifest import Labelled, Sample
from edge.detector.training.real_plates import RealPlate
from edge.detector.training.teacher import LABELS, Trust, fill_gaps
from edge.detector.types import Box, GroundColour, PlateLayout

SCHEMA: Final = "phatnguoi.labels/1"
SOURCE: Final = "officers"
"""What these samples are called in a recipe's `weights`."""

Lesson = Literal["vehicle", "no_vehicle", "plate", "illegible"]

LESSONS: Final[Mapping[str | None, frozenset[Lesson]]] = {
    # Confirmed: the officer stated kind and plate as seen.
    None: frozenset({"vehicle", "plate"}),
    "plate_unreadable": frozenset({"vehicle", "illegible"}),
    "no_vehicle": frozenset({"no_vehicle"}),
    # About the rule or the law: the eyes may have been right. What the officer corrected before still counts.
    "no_violation": frozenset({"vehicle", "plate"}),
    "signal_not_visible": frozenset({"vehicle", "plate"}),
    "priority_vehicle": frozenset({"vehicle", "plate"}),
    "directed_by_police": frozenset({"vehicle", "plate"}),
    "gave_way_to_priority": frozenset({"vehicle", "plate"}),
}
"""What a decision teaches, by its reason. `vehicle` and `plate` only where the officer stated them.

Not here, so left out: wrong_vehicle (box and plate may be two vehicles'), evidence_poor and camera_fault
(nobody should learn from such pictures), duplicate (the other one teaches), other (it may mean anything).
"""

_KINDS: Final = frozenset({"motorbike", "car", "bus", "truck", "bicycle"})
_SAME: Final = 0.3
_TEACHER: Final = Trust(frozenset(LABELS), sure=0.5, unsure=0.15)


@dataclass(frozen=True, slots=True)
class OfficerLabels:
    """The folder's lessons: pictures for the vehicle network, plates for the reader ('' : nothing legible).

    `left_out` counts rows by reason that taught nothing; `faults` has one line for each that cannot be used.
    """

    samples: tuple[Sample, ...]
    plates: tuple[RealPlate, ...]
    left_out: Mapping[str, int]
    faults: tuple[str, ...]


def read_officer_labels(folder: Path, teacher: VehicleDetector) -> OfficerLabels:
    """Read an exported folder; `teacher` labels the other road users in each picture.

    Only the vehicle that was reported is labelled by the officer. Without the others a network would learn
    that they are nothing.

    Raises:
        DataError: there is no list of labels in `folder`.
    """
    samples, plates, faults, left_out = [], [], [], Counter[str]()
    for where, row in _rows(folder / "labels.jsonl"):
        try:
            sample, plate = _sample(folder, row, teacher), _plate(folder, row)
        except DetectorError as error:
            faults.append(str(error))
        except (KeyError, TypeError, ValueError) as error:
            faults.append(f"this is no row of labels ({error!r}): {where}. Export the folder again.")
        else:
            samples += [sample] if sample else []
            plates += [plate] if plate else []
            if sample is None and plate is None:
                left_out[str(row["reason"] or row["decision"])] += 1
    return OfficerLabels(tuple(samples), tuple(plates), dict(left_out), tuple(faults))


def _rows(path: Path) -> list[tuple[str, dict[str, Any]]]:
    remedy = "Give a folder that `phatnguoi labels export` wrote."
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        rows = [(f"{path}:{number}", json.loads(line)) for number, line in enumerate(lines, start=1) if line]
    except (OSError, ValueError) as error:
        raise DataError(f"cannot read officers' labels ({error})", where=str(path), remedy=remedy) from error
    strange = next((where for where, row in rows if row.get("schema") != SCHEMA), None)
    if strange is not None:
        raise DataError(f"a row that is not of {SCHEMA}", where=strange, remedy=remedy)
    return rows


def _sample(folder: Path, row: Mapping[str, Any], teacher: VehicleDetector) -> Sample | None:
    """The whole picture with the judged vehicle as the officer sees it, and the rest as the teacher does."""
    lessons = LESSONS.get(row["reason"], frozenset())
    if not row["image"] or not lessons & {"vehicle", "no_vehicle"}:
        return None
    judged = Box(*(float(side) for side in row["machine"]["box_px"]))
    picture = folder / row["image"]
    height, width = read_image(picture).shape[:2]
    judged = judged.clipped(width, height)
    kind = row["officer"]["kind"]
    if "no_vehicle" in lessons:
        filled = fill_gaps(Sample(picture, SOURCE, "train", ()), [teacher], _TEACHER)
        return _without(filled, judged)
    if kind not in _KINDS or min(judged.w, judged.h) <= 0:
        return None
    known = Sample(picture, SOURCE, "train", (Labelled(LABELS.index(kind), judged),))
    filled = fill_gaps(known, [teacher], _TEACHER)
    return replace(filled, masked=tuple(box for box in filled.masked if box.iou(judged) < _SAME))


def _without(sample: Sample, box: Box) -> Sample:
    objects = tuple(one for one in sample.objects if one.box.iou(box) < _SAME)
    masked = tuple(one for one in sample.masked if one.iou(box) < _SAME)
    return replace(sample, objects=objects, masked=masked)


def _plate(folder: Path, row: Mapping[str, Any]) -> RealPlate | None:
    lessons = LESSONS.get(row["reason"], frozenset())
    if not row["plate_image"]:
        return None
    text = row["officer"]["plate"] if "plate" in lessons else None
    if "illegible" in lessons:
        text = ""
    if text is None:
        return None
    picture = folder / row["plate_image"]
    read_image(picture)
    layout: PlateLayout = "one_line" if row["layout"] == "one_line" else "two_line"
    colour = cast("GroundColour", row["officer"]["ground_colour"] or "unknown")
    return RealPlate(picture, None, str(text), layout, SOURCE, colour)


def classes_of(samples: Sequence[Sample], classes: Sequence[str]) -> list[Sample]:
    """The samples with the class numbers of another list; objects of classes it lacks are dropped."""
    return [
        replace(
            sample,
            objects=tuple(
                Labelled(classes.index(LABELS[one.label]), one.box)
                for one in sample.objects
                if LABELS[one.label] in classes
            ),
        )
        for sample in samples
    ]
