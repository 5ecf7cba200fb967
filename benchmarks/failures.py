"""What the eyes get wrong on rendered pictures, as contact sheets and as a table.

    python -m benchmarks.failures [--out docs/pictures] [--page docs/failures.md] [--json]

Runs what `phatnguoi-edge detect` and `read-plates` run, at the product's own thresholds, over the rendered
stills and a few frames of the rendered clip. Writes failures_vehicles.jpg, failures_riders.jpg,
failures_signals.jpg and failures_plates.jpg (those for which something failed), worst first, and the table
between the two marker lines of the page. On ONNX Runtime and one thread, so that it says the same again.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from benchmarks.failure_cases import SUBJECTS, Case, Claim, Subject, Verdict, judge, judge_plates
from benchmarks.failure_sheet import as_jpeg, chosen, sheet
from benchmarks.failure_table import as_markdown, asked, counts, details, heights, right, with_table
from edge.detector.errors import DetectorError
from edge.detector.evaluation.clip import clip_sets
from edge.detector.evaluation.names import SIGNAL
from edge.detector.evaluation.plate_scores import PlateGuess
from edge.detector.evaluation.sets import AnySet, BoxSet, PlateSet, PlateTruth, Scene, SignalSet, Thing
from edge.detector.evaluation.stills import stills_sets
from edge.detector.look import open_looker
from edge.detector.models import VehicleDetector
from edge.detector.plate_look import plates_in_picture
from edge.detector.plate_reader import PlateReader
from edge.detector.registry import ModelSet, default_models
from edge.detector.types import VEHICLE_CLASSES, Box, Image

ROOT: Final = Path(__file__).parents[1]
STILLS: Final = ROOT / "sample_videos" / "stills"
CLIP: Final = ROOT / "sample_videos" / "pham_ngoc_thach"
CLIP_EVERY: Final = 35
_VEHICLE_OVERLAP: Final = 0.5
_SMALL_OVERLAP: Final = 0.3


@dataclass(frozen=True, slots=True)
class Told:
    """All that is known of one picture; `heads` None where nobody told of heads."""

    name: str
    condition: str
    image: Image
    street: Scene
    heads: Scene | None
    signals: tuple[Thing, ...]
    plates: tuple[PlateTruth, ...]
    kinds: frozenset[str]
    whole_signals: bool
    """Whether every signal head of the picture is told of."""
    details: Mapping[Box, str] = field(default_factory=dict)
    """The models of road users and what is on heads, by box; empty where nobody tells."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the product says of one picture: the rows of `detect`, the plates of `read-plates`."""

    objects: list[dict[str, Any]]
    plates: list[PlateGuess]


def still_pictures(folder: Path) -> Iterator[Told]:
    """The rendered stills with the truth about them."""
    rows = json.loads((folder / "truth.json").read_text(encoding="utf-8"))["pictures"]
    conditions = {str(folder / row["image"]): str(row["condition"]) for row in rows}
    sets = stills_sets(folder)
    heads = next(one for one in sets if isinstance(one, BoxSet) and one.name.endswith("heads"))
    by_name = {scene.picture.name: scene for scene in heads.scenes()}
    words = {str(folder / row["image"]): _details(row["objects"]) for row in rows}
    for told in _told(sets, conditions.__getitem__, by_name.get, whole_signals=True):
        yield replace(told, details=words[told.name])


def _details(objects: Sequence[dict[str, Any]]) -> dict[Box, str]:
    """What the renderer calls each road user's model and each head's headgear, by box."""
    models = {Box(*row["box_px"]): str(row["model"]) for row in objects}
    hats = {Box(*head["box_px"]): str(head["hat"]) for row in objects for head in row["heads"]}
    return {box: word.replace("_", " ") for box, word in (models | hats).items()}


def clip_pictures(folder: Path, every: int) -> Iterator[Told]:
    """Each so manieth frame of the rendered clip; nothing is told of heads, and of one signal only."""
    yield from _told(clip_sets(folder, every), lambda _: "clip", lambda _: None, whole_signals=False)


def _told(
    sets: Sequence[AnySet],
    condition: Callable[[str], str],
    heads: Callable[[str], Scene | None],
    *,
    whole_signals: bool,
) -> Iterator[Told]:
    street = next(one for one in sets if isinstance(one, BoxSet))
    signals: dict[str, list[Thing]] = {}
    plates: dict[str, tuple[PlateTruth, ...]] = {}
    for data in sets:
        if isinstance(data, SignalSet):
            for lit in data.scenes():
                if lit.head is not None:
                    signals.setdefault(lit.picture.name, []).append(Thing(lit.state, lit.head))
        elif isinstance(data, PlateSet):
            plates |= {one.picture.name: one.plates for one in data.scenes()}
    for scene in street.scenes():
        name = scene.picture.name
        yield Told(
            name=name,
            condition=condition(name),
            image=scene.picture.load(),
            street=scene,
            heads=heads(name),
            signals=tuple(signals.get(name, ())),
            plates=plates.get(name, ()),
            kinds=frozenset(street.kinds) & frozenset(VEHICLE_CLASSES),
            whole_signals=whole_signals,
        )


def cases_of(told: Told, seen: Seen) -> list[Case]:
    """Hold what was seen in one picture against what is known of it."""
    found: dict[Subject, list[Verdict]] = {
        "vehicles": _vehicles(told, seen),
        "riders": _riders(told, seen),
        "signals": _signals(told, seen),
        "plates": judge_plates(told.plates, seen.plates),
    }
    ridden = [Box(*row["box"]) for row in seen.objects if row["class"] == "motorbike"]
    cases = []
    for subject in SUBJECTS:
        for one in found[subject]:
            lost = subject == "riders" and one.how == "missed" and one.truth
            note = "no motorbike" if lost and not _inside(lost.box, ridden) else ""
            detail = told.details.get(one.truth.box, "") if one.truth else ""
            cases.append(Case(subject, told.name, told.condition, one, detail, note))
    return cases


def _vehicles(told: Told, seen: Seen) -> list[Verdict]:
    things = [one for one in told.street.things if one.kind in told.kinds]
    claims = [one for one in _claims(seen, "class") if one.kind in told.kinds]
    return judge(things, claims, told.street.not_judged, _VEHICLE_OVERLAP)


def _riders(told: Told, seen: Seen) -> list[Verdict]:
    if told.heads is None:
        return []
    claims = _claims(seen, "helmet", "head")
    return judge(told.heads.things, claims, told.heads.not_judged, _SMALL_OVERLAP)


def _signals(told: Told, seen: Seen) -> list[Verdict]:
    height, width = told.image.shape[:2]
    others = [one.box for one in told.street.things if one.kind == SIGNAL]
    excused = [*told.street.not_judged, *others] if told.whole_signals else [Box(0, 0, width, height)]
    return judge(told.signals, _claims(seen, "state", SIGNAL), excused, _SMALL_OVERLAP)


def _claims(seen: Seen, word: str, kind: str | None = None) -> list[Claim]:
    return [
        Claim(str(row[word]), Box(*row["box"]), float(row["confidence"]))
        for row in seen.objects
        if kind in {row["class"], None} and not row.get("whole_picture")
    ]


def _inside(head: Box, motorbikes: Sequence[Box]) -> bool:
    return any(head.intersection(box.expanded(0.08)) >= 0.5 * head.area for box in motorbikes)


def open_sight(files: ModelSet) -> Callable[[Image], Seen]:
    """Open the shipped eyes: a function that says of a picture what the product says.

    Raises:
        ModelError: a file is missing, damaged or another model.
    """
    looker = open_looker(files, engine="onnxruntime")
    vehicles = VehicleDetector(files.vehicles.path, engine="onnxruntime")
    reader = PlateReader(files.plate_finder.path, files.plate_reader.path, engine="onnxruntime")

    def see(image: Image) -> Seen:
        looks = plates_in_picture(image, vehicles, reader)
        guesses = [PlateGuess(one.read.text, one.read.box, one.accepted) for one in looks]
        return Seen(looker.objects(image), guesses)

    return see


def title(subject: Subject, cases: Sequence[Case], shown: int) -> str:
    """What stands over a sheet: how many fail of how many, and how many are shown."""
    there, good, failed = asked(cases), right(cases), sum(one.failed for one in cases)
    what = {"vehicles": "road users", "riders": "heads", "signals": "signal heads", "plates": "plates"}
    beside = failed - (there - good)
    more = f", and {beside} boxes more than there should be" if beside else ""
    some = "all shown" if shown == failed else f"{shown} shown"
    return (
        f"{there - good} of {there} {what[subject]} not right{more}; {some}, worst first. "
        "Green: the truth. Red: found."
    )


def worst_first(cases: Sequence[Case]) -> list[Case]:
    """The failed ones, worst first; equal ones in the order of their pictures and places."""
    failed = [one for one in cases if one.failed]
    return sorted(failed, key=lambda one: (-one.badness, one.picture, one.boxes[0].x, one.boxes[0].y))


def write_sheets(folder: Path, cases: Sequence[Case], images: dict[str, Image]) -> list[Path]:
    """Write a sheet for each subject in which something failed; an old one without failures goes."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for subject in SUBJECTS:
        mine = [one for one in cases if one.subject == subject]
        shown = chosen(worst_first(mine))
        path = folder / f"failures_{subject}.jpg"
        if not shown:
            path.unlink(missing_ok=True)
            continue
        path.write_bytes(as_jpeg(sheet(title(subject, mine, len(shown)), shown, images)))
        written.append(path)
    return written


def main(arguments: Sequence[str] | None = None) -> int:
    """Look, count, draw; 1 when a model, picture or page is missing."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "pictures", help="folder of the sheets")
    parser.add_argument("--page", type=Path, default=ROOT / "docs" / "failures.md", help="gets the table")
    parser.add_argument("--json", action="store_true", help="print the counts as JSON")
    said = parser.parse_args(arguments)
    try:
        page = said.page.read_text(encoding="utf-8")
        with_table(page, "")
        files = default_models()
        see = open_sight(files)
        pictures = [*still_pictures(STILLS), *clip_pictures(CLIP, CLIP_EVERY)]
    except (DetectorError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    except ValueError as error:
        print(f"{said.page}: {error}", file=sys.stderr)
        return 1
    cases = [case for told in pictures for case in cases_of(told, see(told.image))]
    write_sheets(said.out, cases, {told.name: told.image for told in pictures})
    models = _names(files)
    table = as_markdown(cases, models)
    said.page.write_text(with_table(page, table), encoding="utf-8")
    rows = {"models": models, "counts": counts(cases), "heights": heights(cases), "details": details(cases)}
    print(json.dumps(rows, indent=1) if said.json else table)
    return 0


def _names(files: ModelSet) -> list[str]:
    shipped = (
        files.vehicles,
        files.kinds,
        files.plate_finder,
        files.plate_reader,
        files.heads,
        files.helmets,
    )
    return [f"{one.name} {one.version} ({one.sha256[:8]})" for one in shipped if one is not None]


if __name__ == "__main__":
    raise SystemExit(main())
