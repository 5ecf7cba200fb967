"""What our own eyes still make out in a masked picture of the shipped clip: of others, nothing."""

from __future__ import annotations

from dataclasses import dataclass

import av
import numpy as np
import pytest

from edge.analysis_watch import open_eyes
from edge.detector.heads import RiderLooker
from edge.detector.registry import default_models
from edge.detector.types import TWO_WHEELED, Box, Detection, Image
from edge.evidence.masking import masked
from edge.evidence.ring import decode_jpeg, encode_jpeg
from edge.evidence.sights import Scenery
from edge.evidence.view import view_of
from edge.scene import load_scene
from tests.conftest import REPOSITORY

CLIP = REPOSITORY / "sample_videos/pham_ngoc_thach"
MOMENTS_S = (4.88, 7.24, 13.04, 17.36, 21.0)
_SURE = 0.5


@dataclass
class Shown:
    """One picture of the clip, whoever is in it, and its copy in which only `own` is shown."""

    image: Image
    copy: Image
    own: Detection
    others: list[Detection]


@pytest.fixture(scope="module")
def eyes():
    return open_eyes(threads=1)


@pytest.fixture(scope="module")
def pictures(eyes) -> list[Shown]:
    view = view_of(load_scene(CLIP / "camera.toml"))
    shown = []
    for image in _images():
        found = [one for one in eyes.vehicles.detect(image) if one.confidence > 0.4]
        own = max((one for one in found if one.box.y2 < 900), key=lambda one: one.box.area)
        others = [one for one in found if one is not own and one.box.iou(own.box) < 0.3]
        copy = masked(image, view, Scenery(own.box, tuple(one.box for one in others)))
        shown.append(Shown(image, decode_jpeg(encode_jpeg(copy, 88)), own, others))
    return shown


def _images() -> list[Image]:
    wanted, images = list(MOMENTS_S), []
    with av.open(str(CLIP / "pham_ngoc_thach.mp4")) as container:
        for frame in container.decode(video=0):
            if wanted and frame.time >= wanted[0]:
                images.append(np.asarray(frame.to_ndarray(format="bgr24"), np.uint8))
                wanted.pop(0)
    return images


def plates(eyes, image: Image, boxes: list[Box]) -> list[str]:
    reads = [eyes.plates.read(image, box) for box in boxes]
    return [read.text for read in reads if read is not None and read.text and read.confidence >= _SURE]


def test_no_plate_of_anybody_else_is_read_and_the_accuseds_is(eyes, pictures):
    before = [text for one in pictures for text in plates(eyes, one.image, [o.box for o in one.others])]
    after = [text for one in pictures for text in plates(eyes, one.copy, [o.box for o in one.others])]
    assert len(before) >= 4, "the clip has plates to hide"
    assert after == []
    own = [plates(eyes, one.image, [one.own.box]) for one in pictures]
    kept = [plates(eyes, one.copy, [one.own.box]) for one in pictures]
    assert sum(map(bool, own)) >= 3
    assert all(copy == read for read, copy in zip(own, kept, strict=True) if read)


def test_no_plate_is_read_though_nobody_else_was_found(eyes, pictures):
    """The detector may miss a vehicle: what it does not know is coarse all the same."""
    view = view_of(load_scene(CLIP / "camera.toml"))
    for one in pictures:
        copy = masked(one.image, view, Scenery(one.own.box, ()))
        clear = [other.box for other in one.others if other.box.intersection(one.own.box.expanded(0.1)) == 0]
        assert plates(eyes, copy, clear) == []


def test_no_head_of_another_rider_is_told(pictures):
    files = default_models(None)
    looker = RiderLooker(files.heads.path, files.helmets.path, threads=1)

    def heads(image: Image, one: Shown) -> int:
        bikes = [other.box for other in one.others if other.kind in TWO_WHEELED]
        told = [head for look in looker.look_at_all(image, bikes) for head in look.heads]
        return sum(head.helmet != "unknown" for head in told)

    assert sum(heads(one.image, one) for one in pictures) >= 3, "the clip has riders to hide"
    assert sum(heads(one.copy, one) for one in pictures) == 0
