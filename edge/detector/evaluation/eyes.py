"""The eyes to be measured: what the commands `detect` and `read-plates` run, opened when first needed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Protocol

from edge.detector.errors import ModelError
from edge.detector.evaluation.names import HELMET, NO_HELMET, PLATE, SIGNAL
from edge.detector.evaluation.plate_scores import PlateGuess
from edge.detector.evaluation.scores import UNDECIDED, UNKNOWN, Found, RiderAnswer
from edge.detector.evaluation.sets import VEHICLES
from edge.detector.heads import RiderLooker
from edge.detector.look import (
    QUARTER_SIDE_PX,
    SURE,
    PictureLooker,
    crop_verdict,
    open_kinds,
    open_riders,
    open_vehicles,
)
from edge.detector.metadata import card_of
from edge.detector.models import VehicleDetector
from edge.detector.plate_look import plates_in_picture
from edge.detector.plate_reader import PlateReader
from edge.detector.registry import ModelFile, ModelSet, default_models
from edge.detector.runtime import Engine, open_network
from edge.detector.seats import Candidate
from edge.detector.signal_heads import read_head, signals_in
from edge.detector.types import TWO_WHEELED, Box, Image

FLOOR: Final = 0.01
"""Average precision needs the doubtful guesses too: the score, 0 to 1, from which boxes are ranked."""

_EVEN: Final = 0.5
_SAME_HEAD: Final = 0.5
_NO_ARROW: Final = frozenset({"none", "unknown"})
_MEASURED: Final = frozenset({"vehicles", "kinds", "plate_finder", "plate_reader", "heads", "helmets"})


class Eyes(Protocol):
    """What is measured, whichever networks are behind it."""

    def finder(self, kinds: Sequence[str]) -> Callable[[Image], list[Found]]:
        """A function that finds things of these kinds in a picture, down to doubtful ones."""

    def plates(self, image: Image) -> list[PlateGuess]:
        """The plates in a picture, as `read-plates` prints them."""

    def signal(self, image: Image, head: Box | None) -> str:
        """The state of the head at `head` (px), or of the picture's main one; may be `unknown`."""

    def rider(self, image: Image) -> RiderAnswer:
        """What the crop of a motorbike with its riders shows."""

    def models(self) -> list[ModelFile]:
        """The model files that were used."""


@dataclass(frozen=True)
class ModelEyes:
    """The eyes on model files; `live` ones look at a picture once, at 640 px, as a camera worker does."""

    files: ModelSet
    engine: Engine = "auto"
    threads: int = 1
    live: bool = False

    def finder(self, kinds: Sequence[str]) -> Callable[[Image], list[Found]]:
        """A function that finds things of these kinds in a picture, down to doubtful ones."""
        finders: list[Callable[[Image], list[Found]]] = []
        if VEHICLES & set(kinds) or SIGNAL in kinds:
            finders.append(self._on_the_road)
        if {HELMET, NO_HELMET} & set(kinds):
            finders.append(self._heads)
        if PLATE in kinds:
            finders.append(self._plate_boxes)
        return lambda image: [one for find in finders for one in find(image)]

    def plates(self, image: Image) -> list[PlateGuess]:
        """The plates in a picture, as `read-plates` prints them."""
        return [
            PlateGuess(one.read.text, one.read.box, one.accepted)
            for one in plates_in_picture(image, self._vehicles, self._reader)
        ]

    def signal(self, image: Image, head: Box | None) -> str:
        """The state of the head at `head` (px), or of the picture's main one; may be `unknown`."""
        if head is not None:
            return read_head(image, head).state
        quarters = self._vehicles if self.live else self._closely.at_a_glance(QUARTER_SIDE_PX)
        heads = signals_in(image, quarters, closely=True, seen=self._closely.look(image))
        ranked = [
            (reading.state != UNKNOWN, reading.arrow in _NO_ARROW, score * box.area, reading.state)
            for box, score, reading in heads
        ]
        return max(ranked)[-1] if ranked else UNKNOWN

    def rider(self, image: Image) -> RiderAnswer:
        """What the crop of a motorbike with its riders shows."""
        objects = self._looker.objects(image)
        ridden = [one for one in objects if one["class"] == "motorbike" and "chance_bare" in one]
        if not ridden:
            return RiderAnswer(UNDECIDED, crop_verdict(objects))
        chance: float = max(ridden, key=_area)["chance_bare"]
        return RiderAnswer(NO_HELMET if chance >= _EVEN else HELMET, crop_verdict(objects))

    def models(self) -> list[ModelFile]:
        """The model files that were used."""
        opened = {
            "_vehicles": ("vehicles",),
            "_closely": ("vehicles",) if self.live else ("vehicles", "kinds"),
            "_all_road": ("vehicles", "kinds"),
            "_reader": ("plate_finder", "plate_reader"),
            "_riders": ("heads", "helmets"),
        }
        names = {kind for attribute, kinds in opened.items() if attribute in vars(self) for kind in kinds}
        return [file for name in sorted(names) if (file := getattr(self.files, name)) is not None]

    @cached_property
    def _vehicles(self) -> VehicleDetector:
        return VehicleDetector(self.files.vehicles.path, threads=self.threads, engine=self.engine)

    @cached_property
    def _closely(self) -> VehicleDetector:
        return self._vehicles if self.live else self._still(SURE)

    @cached_property
    def _all_road(self) -> VehicleDetector:
        if not self.live:
            return self._still(FLOOR)
        return VehicleDetector(
            self.files.vehicles.path,
            threads=self.threads,
            confidence=FLOOR,
            kinds=open_kinds(self.files, threads=self.threads, engine=self.engine),
            engine=self.engine,
        )

    def _still(self, confidence: float) -> VehicleDetector:
        return open_vehicles(self.files, least=confidence, threads=self.threads, engine=self.engine)

    @cached_property
    def _reader(self) -> PlateReader:
        finder, reader = self.files.plate_finder.path, self.files.plate_reader.path
        return PlateReader(finder, reader, threads=self.threads, engine=self.engine)

    @cached_property
    def _riders(self) -> RiderLooker:
        riders = open_riders(self.files, threads=self.threads, closely=not self.live, engine=self.engine)
        if riders is None:
            raise ModelError(
                "no model for heads, so helmets cannot be measured",
                where="heads.onnx",
                remedy="Put it beside the other models, or name it with --model.",
            )
        return riders

    @cached_property
    def _looker(self) -> PictureLooker:
        return PictureLooker(self._closely, self._riders)

    def _on_the_road(self, image: Image) -> list[Found]:
        sight = self._all_road.look(image)
        signals = [Found(SIGNAL, box, score) for box, score in sight.signals]
        return [Found(one.kind, one.box, one.confidence) for one in sight.road_users] + signals

    def _heads(self, image: Image) -> list[Found]:
        """Heads on every two-wheeler, or in the whole picture where none shows (the crop of one)."""
        height, width = image.shape[:2]
        ridden = [one.box for one in self._closely.detect(image) if one.kind in TWO_WHEELED]
        heads = [
            head for box in ridden or [Box(0, 0, width, height)] for head in self._riders.find(image, box)
        ]
        return [
            found
            for head in distinct(heads)
            for found in (
                Found(NO_HELMET, head.box, head.score * head.chance_bare),
                Found(HELMET, head.box, head.score * (1 - head.chance_bare)),
            )
        ]

    def _plate_boxes(self, image: Image) -> list[Found]:
        return [
            Found(PLATE, one.read.box, one.read.confidence)
            for one in plates_in_picture(image, self._vehicles, self._reader)
        ]


def open_eyes(
    model: Path | None, *, engine: Engine = "auto", threads: int = 1, live: bool = False
) -> ModelEyes:
    """The shipped eyes; those of a folder of models; or the shipped ones with one file in its fellow's place.

    `live`: they look once at each picture, as a camera worker does, not as closely as `detect` at stills.

    Raises:
        ModelError: a file is missing, damaged or no model of ours.
    """
    if model is None or model.is_dir():
        return ModelEyes(default_models(model), engine, threads, live)
    card = card_of(open_network(model, threads=threads, engine=engine).metadata, kind=None, path=model)
    shipped = default_models()
    if card.name not in _MEASURED:
        raise ModelError(
            f"it calls itself '{card.name}', which nothing here measures",
            where=str(model),
            remedy=f"Give one of {', '.join(sorted(_MEASURED))}.",
        )
    sha256 = hashlib.sha256(model.read_bytes()).hexdigest()
    mine: dict[str, Any] = {card.name: ModelFile(card.name, card.version, model, sha256)}
    return ModelEyes(replace(shipped, **mine), engine, threads, live)


def distinct(heads: Sequence[Candidate]) -> list[Candidate]:
    """Each head once, the surest look at it: riders side by side show in each other's crops."""
    kept: list[Candidate] = []
    for head in sorted(heads, key=lambda one: -one.score):
        if all(head.box.iou(other.box) < _SAME_HEAD for other in kept):
            kept.append(head)
    return kept


def _area(row: dict[str, Any]) -> float:
    width, height = row["box"][2:]
    return float(width * height)
