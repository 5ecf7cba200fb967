"""What `detect` says about one picture: every object with its attributes, ready for JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Protocol

from edge.detector.heads import RiderLooker
from edge.detector.kind_look import KindLook
from edge.detector.models import Sight, VehicleDetector
from edge.detector.registry import ModelSet
from edge.detector.rider_look import Head, Helmet, RiderLook, RiderVerdict
from edge.detector.runtime import Engine
from edge.detector.signal_heads import Finder, signal_objects
from edge.detector.types import Box, Detection, Image
from edge.detector.view import both_ways

JsonObject = dict[str, Any]

_HELMET_WORDS: Final[dict[Helmet, str]] = {"helmet": "helmet", "bare": "no_helmet", "unknown": "unknown"}
_VERDICT_WORDS: Final[dict[RiderVerdict, str]] = {
    "all": "helmet",
    "some_bare": "no_helmet",
    "unknown": "unknown",
}
_CLOSE_HEAD: Final = 0.08
_FILLING: Final = 0.4
SURE: Final = 0.3
"""From this confidence on a vehicle in a still is believed in; riders are judged only on such.

What several looks say together is less often sure and less often wrong: at 0.3 it has as many false boxes as
one look at 0.35, which the camera worker asks for."""

STILL_VIEWS: Final = (*both_ways(640), *both_ways(960, 1152, longest_px=320))
"""Stills have time to be looked at several times; a camera worker looks once, at 640 px."""

QUARTER_SIDE_PX: Final = 768
"""How large the quarters of a still are looked at for far signal heads."""


class Riders(Protocol):
    """Anything that judges the riders of motorbikes."""

    def look_at_all(self, image: Image, motorbikes: Sequence[Box]) -> list[RiderLook]:
        """One look for each motorbike's box (px)."""


class PictureLooker:
    """All the eyes that a still picture needs, in one."""

    def __init__(
        self,
        vehicles: Finder,
        riders: Riders | None = None,
        signals: Callable[[Image, Sight], Sequence[Mapping[str, Any]]] | None = None,
    ) -> None:
        """Look with the vehicle network, and with those of the others that there are."""
        self._vehicles, self._riders, self._signals = vehicles, riders, signals

    def objects(self, image: Image) -> list[JsonObject]:
        """Vehicles and people (motorbikes with what their riders wear), then heads, then signals.

        A picture in which the vehicle network sees no motorbike but that shows a head from near is taken for
        the crop of one motorbike: it comes back as an object that fills it, marked `whole_picture`. Riders of
        a motorbike that takes up much of the picture are looked for all over it.

        Raises:
            ImageError: `image` is not an H x W x 3 array of bytes.
        """
        sight = self._vehicles.look(image)
        found = sight.road_users
        rows = [_vehicle(one) for one in found]
        heads: list[JsonObject] = []
        if self._riders is not None:
            ridden = [index for index, one in enumerate(found) if _is_sure_motorbike(one)]
            seats = [_filling(found[index].box, image) for index in ridden]
            looks = self._riders.look_at_all(image, seats)
            for index, look in zip(ridden, looks, strict=True):
                rows[index] |= rider_attributes(look)
                heads += [_head(head) for head in look.heads]
            if not ridden:
                rows, heads = self._whole(image, rows)
        signals = self._signals(image, sight) if self._signals else ()
        return [*rows, *heads, *(dict(one) for one in signals)]

    def _whole(self, image: Image, rows: list[JsonObject]) -> tuple[list[JsonObject], list[JsonObject]]:
        """The rows with the whole picture as a motorbike before them, if it looks like the crop of one."""
        if self._riders is None:
            return rows, []
        height, width = image.shape[:2]
        box = Box(0, 0, width, height)
        (look,) = self._riders.look_at_all(image, [box])
        if not any(head.box.h >= _CLOSE_HEAD * height for head in look.heads):
            return rows, []
        confidence = max(head.confidence for head in look.heads)
        whole = {**_object("motorbike", box, confidence), "whole_picture": True, **rider_attributes(look)}
        return [whole, *rows], [_head(head) for head in look.heads]


def open_looker(
    files: ModelSet, *, least: float = SURE, threads: int = 1, engine: Engine = "auto"
) -> PictureLooker:
    """Open the networks that `detect` uses; stills are looked at in all `STILL_VIEWS`.

    Vehicles and people are told of from the confidence `least` on.

    Raises:
        ModelError: a file is missing, damaged or another model.
    """
    vehicles = open_vehicles(files, least=least, threads=threads, engine=engine)
    quarters = vehicles.at_a_glance(QUARTER_SIDE_PX)
    riders = open_riders(files, threads=threads, closely=True, engine=engine)
    return PictureLooker(
        vehicles, riders, lambda image, seen: signal_objects(image, quarters, closely=True, seen=seen)
    )


def open_vehicles(
    files: ModelSet, *, least: float = SURE, threads: int = 1, engine: Engine = "auto"
) -> VehicleDetector:
    """Open the vehicle networks for stills: the first looks in all `STILL_VIEWS`, the other tells kinds.

    Raises:
        ModelError: a file is missing, damaged or another model.
    """
    return VehicleDetector(
        files.vehicles.path,
        threads=threads,
        confidence=least,
        views=STILL_VIEWS,
        kinds=open_kinds(files, threads=threads, engine=engine),
        engine=engine,
    )


def open_kinds(files: ModelSet, *, threads: int = 1, engine: Engine = "auto") -> KindLook | None:
    """Open the network that tells kinds of vehicles; None where there is none.

    Raises:
        ModelError: the file is damaged or another model.
    """
    return KindLook(files.kinds.path, threads=threads, engine=engine) if files.kinds else None


def open_riders(
    files: ModelSet, *, threads: int = 1, closely: bool = False, engine: Engine = "auto"
) -> RiderLooker | None:
    """Open the networks that judge riders; None where there is none for heads. `closely`: as stills allow.

    Raises:
        ModelError: a file is missing, damaged or another model.
    """
    if files.heads is None:
        return None
    second = files.helmets.path if files.helmets else None
    return RiderLooker(files.heads.path, second, threads=threads, closely=closely, engine=engine)


def rider_attributes(look: RiderLook) -> JsonObject:
    """`people` (null: not known), `helmets` (a word a head), `helmet`, and the reason of what is unknown."""
    attributes: JsonObject = {
        "people": look.people,
        "helmets": [_HELMET_WORDS[head.helmet] for head in look.heads],
        "helmet": _VERDICT_WORDS[look.helmet],
    }
    if look.chance_bare is not None:
        attributes["chance_bare"] = round(look.chance_bare, 3)
    if look.reason:
        attributes["reason"] = look.reason
    return attributes


def crop_verdict(objects: Sequence[JsonObject]) -> str:
    """What a picture of one motorbike says: `helmet`, `no_helmet` or `unknown` of its largest motorbike."""
    motorbikes = [one for one in objects if one["class"] == "motorbike" and "helmet" in one]
    if not motorbikes:
        return "unknown"
    return str(max(motorbikes, key=lambda one: one["box"][2] * one["box"][3])["helmet"])


def numbers(box: Box) -> list[float]:
    """A box as JSON has it: x, y, width, height, px."""
    return [round(side, 1) for side in (box.x, box.y, box.w, box.h)]


def _is_sure_motorbike(found: Detection) -> bool:
    return found.kind == "motorbike" and found.confidence >= SURE


def _filling(motorbike: Box, image: Image) -> Box:
    """The whole picture where a motorbike takes up much of it: its box may cut a head off."""
    height, width = image.shape[:2]
    return Box(0, 0, width, height) if motorbike.area >= _FILLING * height * width else motorbike


def _object(kind: str, box: Box, confidence: float) -> JsonObject:
    return {"class": kind, "box": numbers(box), "confidence": round(confidence, 3)}


def _vehicle(found: Detection) -> JsonObject:
    return _object(found.kind, found.box, found.confidence)


def _head(head: Head) -> JsonObject:
    return {**_object("head", head.box, head.confidence), "helmet": _HELMET_WORDS[head.helmet]}
