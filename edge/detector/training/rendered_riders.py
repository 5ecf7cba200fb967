"""Rendered motorbikes as examples for the head network: crops with every head in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from edge.detector.heads import HEAD_CLASSES
from edge.detector.training.head_data import RiderCrop, rider_samples
from edge.detector.training.manifest import Labelled, Sample
from edge.detector.training.renders import (
    Rendered,
    RenderedHead,
    RenderedRide,
    rendered_pictures,
)

_RIDE_SEEN: Final = 0.4
_HEAD_SEEN: Final = 0.25
_HARDLY_SEEN: Final = 0.12
_SMALLEST_HEAD_PX: Final = 6.0
_ALONE, _TOGETHER = "renders", "renders_many"
_HELMET, _BARE = HEAD_CLASSES.index("helmet"), HEAD_CLASSES.index("bare")


def rendered_riders(folder: Path) -> Iterator[RiderCrop]:
    """Every motorbike that is well seen in a folder of rendered pictures, heads of neighbours included.

    A head is doubtful when three quarters of it are hidden or it is smaller than can be judged; one hardly
    seen is not listed. Crops in which several of the riders' heads show are a source of their own, so that a
    recipe can show them oftener: who sits behind or before another is what a camera shows least.
    """
    for picture in rendered_pictures(folder):
        for number, ride in enumerate(picture.rides):
            if ride.kind == "motorbike" and ride.visible >= _RIDE_SEEN and _judged(ride):
                yield _crop(picture, ride, number)


def rendered_heads(folders: Sequence[Path], crops: Path) -> Iterator[Sample]:
    """The crops of `rendered_riders` of every folder, all for training.

    Each folder's are stored in a folder of their own below `crops`: they are numbered from nought in each,
    and one would otherwise take the place of another's picture, under the other's labels.
    """
    for number, folder in enumerate(folders):
        for sample in rider_samples(rendered_riders(folder), crops / f"rendered_{number}"):
            yield replace(sample, split="train")


def _crop(picture: Rendered, ride: RenderedRide, number: int) -> RiderCrop:
    heads = [*(head for one in picture.rides for head in one.heads), *picture.bystanders]
    listed = [head for head in heads if head.visible >= _HARDLY_SEEN]
    return RiderCrop(
        source=_ALONE if len(_judged(ride)) == 1 else _TOGETHER,
        picture=picture.image,
        group=f"{picture.image.stem}:{number}",
        motorbike=ride.box,
        heads=tuple(_labelled(head) for head in listed if _clear(head)),
        doubtful=tuple(head.box for head in listed if not _clear(head)),
        people=ride.people,
        verdict=_verdict(ride),
    )


def _labelled(head: RenderedHead) -> Labelled:
    return Labelled(_HELMET if head.helmet else _BARE, head.box)


def _clear(head: RenderedHead) -> bool:
    return head.visible >= _HEAD_SEEN and min(head.box.w, head.box.h) >= _SMALLEST_HEAD_PX


def _judged(ride: RenderedRide) -> list[RenderedHead]:
    return [head for head in ride.heads if _clear(head)]


def _verdict(ride: RenderedRide) -> str:
    judged = _judged(ride)
    if any(not head.helmet for head in judged):
        return "no_helmet"
    return "helmet" if len(judged) == ride.people else "unknown"
