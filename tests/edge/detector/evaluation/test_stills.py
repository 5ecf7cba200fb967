"""A folder of rendered pictures as test sets."""

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from edge.detector.errors import DataError
from edge.detector.evaluation.recognise import Choice, recognise
from edge.detector.evaluation.sets import AnySet, BoxSet
from edge.detector.evaluation.stills import is_stills, stills_sets
from edge.detector.types import Box


def head(box: list[float], hat: str, visible: float = 1.0) -> dict[str, Any]:
    return {"box_px": box, "helmet": hat == "half_helmet", "hat": hat, "visible_fraction": visible}


def thing(kind: str, box: list[float], visible: float = 1.0, **more: Any) -> dict[str, Any]:
    row: dict[str, Any] = {"class": kind, "box_px": box, "visible_fraction": visible, "plate": None}
    return row | {"people": len(more.get("heads", ())), "heads": []} | more


def signal(box: list[float], state: str, visible: float = 1.0) -> dict[str, Any]:
    return {"box_px": box, "state": state, "face": "round", "countdown": None, "visible_fraction": visible}


def plate(width: float, text: str) -> dict[str, Any]:
    return {"box_px": [0, 0, width, 20], "text": text, "layout": "two_line", "ground_colour": "white"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    cv2.imwrite(str(tmp_path / "a.jpg"), np.full((200, 300, 3), 90, np.uint8))
    row = {
        "image": "a.jpg",
        "condition": "night",
        "objects": [
            thing("car", [10, 10, 60, 60], plate=plate(40, "61A72814")),
            thing("car", [10, 10, 20, 20], plate=plate(20, "61A72815")),
            thing("bus", [100, 10, 60, 60], 0.2),
            thing(
                "motorbike",
                [200, 40, 40, 100],
                heads=[head([205, 40, 14, 14], "half_helmet"), head([220, 40, 14, 14], "cap")],
            ),
            thing("motorbike", [150, 40, 40, 100], heads=[head([155, 40, 14, 14], "half_helmet", 0.3)]),
            thing("person", [260, 40, 20, 80], heads=[head([262, 40, 14, 14], "none")]),
        ],
        "signals": [
            signal([0, 0, 10, 30], "red"),
            signal([30, 0, 5, 12], "green"),
            signal([60, 0, 9, 30], "dark", 0.4),
        ],
    }
    (tmp_path / "truth.json").write_text(json.dumps({"pictures": [row]}), encoding="utf-8")
    return tmp_path


@pytest.fixture
def sets(folder: Path) -> dict[str, AnySet]:
    return {one.name.removeprefix(folder.name).strip(): one for one in stills_sets(folder)}


def test_road_users_and_signals(sets: dict[str, AnySet]) -> None:
    data = sets[""]
    assert isinstance(data, BoxSet)
    assert data.kinds == ("motorbike", "car", "person", "signal")
    (scene,) = data.scenes()
    kinds = [one.kind for one in scene.things]
    assert kinds == ["car", "motorbike", "motorbike", "person", "signal"]
    assert Box(100, 10, 60, 60) in scene.not_judged
    assert Box(10, 10, 20, 20) in scene.not_judged
    assert Box(30, 0, 5, 12) in scene.not_judged, "too small"
    assert Box(60, 0, 9, 30) in scene.not_judged, "hidden"


def test_heads_of_riders_only(sets: dict[str, AnySet]) -> None:
    data = sets["heads"]
    assert isinstance(data, BoxSet)
    (scene,) = data.scenes()
    assert [one.kind for one in scene.things] == ["helmet", "no_helmet"]
    assert {box.x for box in scene.not_judged} == {155, 262}


def test_plates_signals_and_riders(sets: dict[str, AnySet]) -> None:
    (plates,) = sets["plates"].scenes()
    assert [one.text for one in plates.plates] == ["61A72814"]
    assert [one.state for one in sets["signals"].scenes()] == ["red"]
    (rider,) = sets["riders"].scenes()
    assert rider.kind == "no_helmet"
    assert rider.picture.load().shape == (100, 40, 3)


def test_it_is_told_from_a_clip(folder: Path) -> None:
    assert is_stills(folder)
    assert recognise(folder, Choice({})).kind == "stills"
    (folder / "truth.json").write_text('{"video": {}, "vehicles": []}', encoding="utf-8")
    assert not is_stills(folder)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda folder: (folder / "a.jpg").unlink(), "a picture is missing"),
        (lambda folder: (folder / "truth.json").write_text('{"pictures": [{}]}'), "cannot read it"),
    ],
)
def test_bad_folders(folder: Path, spoil: Any, said: str) -> None:
    spoil(folder)
    with pytest.raises(DataError, match=said):
        stills_sets(folder)
