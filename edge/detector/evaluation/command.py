"""The command `evaluate`: recognise what was given, measure, tell."""

# ruff: noqa: T201

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from edge.detector.errors import ModelError
from edge.detector.evaluation.eyes import Eyes, open_eyes
from edge.detector.evaluation.plate_scores import score_plates
from edge.detector.evaluation.recognise import Choice, Recognised, recognise
from edge.detector.evaluation.scores import SetReport, score_boxes, score_riders, score_signals
from edge.detector.evaluation.sets import AnySet, BoxSet, PlateSet, SignalSet
from edge.detector.registry import ModelFile

_SHOWN: Final = 20
_MOST_THREADS: Final = 2
_DONE, _SOME_FAILED = 0, 1


def evaluate(dataset: Path, model: Path | None, choice: Choice, *, as_json: bool, live: bool = False) -> int:
    """Measure the eyes on a data set and print the figures; 1 when a picture or a set had to be left out.

    `live`: see `open_eyes`.

    Raises:
        DetectorError: the data set is of no known kind, a label or a model file cannot be used.
    """
    found = recognise(dataset, choice)
    for note in found.notes:
        print(note, file=sys.stderr)
    eyes = open_eyes(model, threads=min(os.cpu_count() or 1, _MOST_THREADS), live=live)
    reports, status = [], _DONE
    for one in found.sets:
        try:
            report = measure(one, eyes)
        except ModelError as error:
            print(f"{one.name} is not measured: {error}", file=sys.stderr)
            status = _SOME_FAILED
            continue
        reports.append(report)
        for complaint in report.unreadable:
            print(complaint, file=sys.stderr)
            status = _SOME_FAILED
        if not as_json:
            print("\n".join(to_read(report)), flush=True)
    if as_json:
        print(json.dumps(to_json(dataset, found, reports, eyes.models()), ensure_ascii=False))
    else:
        print("\n".join(f"model {one.name} {one.version} {one.sha256[:12]}" for one in eyes.models()))
    return status


def measure(data: AnySet, eyes: Eyes) -> SetReport:
    """Score one set by its kind."""
    if isinstance(data, BoxSet):
        return score_boxes(data, eyes.finder(data.kinds))
    if isinstance(data, PlateSet):
        return score_plates(data, eyes.plates)
    if isinstance(data, SignalSet):
        return score_signals(data, eyes.signal)
    return score_riders(data, eyes.rider)


def to_json(
    dataset: Path, found: Recognised, reports: Sequence[SetReport], models: Sequence[ModelFile]
) -> dict[str, Any]:
    """All figures of one run."""
    return {
        "dataset": str(dataset),
        "kind": found.kind,
        "models": {one.name: {"version": one.version, "sha256": one.sha256} for one in models},
        "sets": [report.to_json() for report in reports],
        "notes": list(found.notes),
    }


def to_read(report: SetReport) -> list[str]:
    """The lines of one set's table: value, 95 % interval, and how many it was measured on."""
    lines = [f"{report.name} ({report.kind}, {report.pictures} pictures)"]
    lines += [f"  {name.replace('_', ' '):{_SHOWN}} {one}" for name, one in report.figures.items()]
    return lines + _boxes(report) + _confused(report)


def _boxes(report: SetReport) -> list[str]:
    return [
        f"  {kind:{_SHOWN}} AP50 {figures['ap50']}  AP50-95 {figures['ap50_95']}"
        for kind, figures in report.classes.items()
    ]


def _confused(report: SetReport) -> list[str]:
    rows = (report.confusion or {}).items()
    said = [(true, ", ".join(f"{one} {count}" for one, count in sorted(row.items()))) for true, row in rows]
    return [f"  true {true:{_SHOWN - 5}} said {counts}" for true, counts in said]
