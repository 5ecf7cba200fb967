"""What lies at a path; every set is made here."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from edge.detector.errors import DataError
from edge.detector.evaluation.recognise import Choice, Recognised, parse_names, recognise
from edge.detector.evaluation.sets import AnySet, BoxSet, PlateSet, RiderSet, SignalSet
from edge.detector.types import Box
from tests.edge.detector.evaluation.kit import store

NOTHING = Choice({})


def yolo(folder: Path, rows: dict[str, str], names: str | None = None) -> Path:
    for name, text in rows.items():
        store(folder / f"{name}.jpg")
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    if names is not None:
        (folder / "classes.txt").write_text(names, encoding="utf-8")
    return folder


def table(folder: Path, name: str, text: str, pictures: str) -> Path:
    for picture in text.splitlines()[1:]:
        store(folder / pictures / picture.split(",")[0])
    path = folder / f"{name}.csv"
    path.write_text(text, encoding="utf-8")
    return path


def only(found: Recognised) -> AnySet:
    (one,) = found.sets
    return one


def truths(data: AnySet) -> list[object]:
    if isinstance(data, BoxSet):
        return [[(thing.kind, thing.box) for thing in scene.things] for scene in data.scenes()]
    if isinstance(data, PlateSet):
        return [[(plate.text, plate.box) for plate in scene.plates] for scene in data.scenes()]
    if isinstance(data, SignalSet):
        return [(scene.state, scene.head) for scene in data.scenes()]
    return [scene.kind for scene in data.scenes()]


def read_all(path: Path) -> None:
    for data in recognise(path, NOTHING).sets:
        truths(data)


def test_a_folder_of_pictures_and_boxes(tmp_path: Path) -> None:
    yolo(
        tmp_path / "cam", {"a": "0 0.5 0.5 0.2 0.4\n2 0.1 0.1 0.1 0.1\n", "b": ""}, "xe máy\nelephant\nÔ tô\n"
    )
    found = recognise(tmp_path / "cam", NOTHING)
    data = only(found)
    assert isinstance(data, BoxSet)
    assert data.kinds == ("motorbike", "car")
    first, second = truths(data)
    assert [kind for kind, _ in first] == ["motorbike", "car"]
    assert first[0][1] == Box(0.4, 0.3, 0.2, 0.4)
    assert second == []
    assert "elephant" in found.notes[0]


def test_names_given_by_hand_win(tmp_path: Path) -> None:
    yolo(tmp_path / "cam", {"a": "0 0.5 0.5 0.2 0.4\n7 0.5 0.5 0.2 0.4\n"}, "bike\n")
    found = recognise(tmp_path / "cam", Choice({0: "motorbike"}))
    assert [[kind for kind, _ in rows] for rows in truths(only(found))] == [["motorbike"]]
    assert "[7]" in found.notes[0]


@pytest.mark.parametrize(
    ("layout", "text"),
    [
        ("images/val", "val: images/val\n"),
        ("val", "path: .\nval: val\n"),
        ("valid/images", "val: ../valid/images\n"),
        ("test/images", "val: nowhere\ntest: test/images\n"),
        ("images", "val: [list.txt]\n"),
    ],
)
def test_a_data_yaml(layout: str, text: str, tmp_path: Path) -> None:
    folder = tmp_path / layout
    store(folder / "a.jpg")
    labels = tmp_path / layout.replace("images", "labels") / "a.txt"
    labels.parent.mkdir(parents=True, exist_ok=True)
    labels.write_text("1 0.5 0.5 0.5 0.5\n", encoding="utf-8")
    (tmp_path / "list.txt").write_text(f"./{layout}/a.jpg\n", encoding="utf-8")
    (tmp_path / "data.yaml").write_text(f"{text}names: [no helmet, with_helmet]\n", encoding="utf-8")
    for path in (tmp_path, tmp_path / "data.yaml"):
        data = only(recognise(path, NOTHING))
        assert isinstance(data, BoxSet)
        assert data.kinds == ("no_helmet", "helmet")
        assert truths(data) == [[("helmet", Box(0.25, 0.25, 0.5, 0.5))]]


def test_the_part_asked_for(tmp_path: Path) -> None:
    for part in ("train", "val"):
        yolo(tmp_path / part, {part: "0 0.5 0.5 0.5 0.5"})
    text = "train: train\nval: val\nnames: [car]\n"
    (tmp_path / "data.yaml").write_text(text, encoding="utf-8")
    data = only(recognise(tmp_path, Choice({}, "train")))
    assert [scene.picture.name for scene in data.scenes()] == [str(tmp_path / "train" / "train.jpg")]
    with pytest.raises(DataError, match="no picture in its part test"):
        recognise(tmp_path, Choice({}, "test"))


def test_states_of_labelled_signals_are_measured_too(tmp_path: Path) -> None:
    yolo(tmp_path / "lights", {"a": "0 0.5 0.5 0.2 0.4\n1 0.2 0.2 0.2 0.2\n"}, "red light\ntraffic light\n")
    boxes, states = recognise(tmp_path / "lights", NOTHING).sets
    assert [[kind for kind, _ in rows] for rows in truths(boxes)] == [["signal", "signal"]]
    assert truths(states) == [("red", Box(0.4, 0.3, 0.2, 0.4))]


PLATES = "image,text\na.jpg,59-L1|234.56\nb.jpg,29A12345\n"


@pytest.mark.parametrize("path", ["crops.csv", "crops", "."])
def test_plates_by_their_table(path: str, tmp_path: Path) -> None:
    table(tmp_path, "crops", PLATES, "crops")
    data = only(recognise(tmp_path / path, NOTHING))
    assert isinstance(data, PlateSet)
    assert truths(data) == [[("59L123456", None)], [("29A12345", None)]]


def test_plates_with_boxes_and_several_in_a_picture(tmp_path: Path) -> None:
    table(tmp_path, "scenes", "image,text\na.jpg,59L12345\na.jpg,29A12345\n", "scenes")
    rows = "0 0.25 0.5 0.5 1\n0 0.75 0.5 0.5 1\n"
    (tmp_path / "scenes" / "a.txt").write_text(rows, encoding="utf-8")
    data = only(recognise(tmp_path / "scenes.csv", NOTHING))
    assert truths(data) == [[("59L12345", Box(0, 0, 0.5, 1)), ("29A12345", Box(0.5, 0, 0.5, 1))]]


def test_signals_by_their_table(tmp_path: Path) -> None:
    text = "image,main_light,x,y,w,h\na.jpg,red,10,20,30,40\nb.jpg,yellow,,,,\n"
    path = table(tmp_path, "state", text, "frames")  # the only folder beside it that has the pictures
    assert truths(only(recognise(path, NOTHING))) == [("red", Box(10, 20, 30, 40)), ("amber", None)]


@pytest.mark.parametrize(
    ("folders", "kinds"),
    [
        (("helmet", "no_helmet"), ["helmet", "no_helmet"]),
        (("Without Helmet", "With Helmet"), ["helmet", "no_helmet"]),
    ],
)
def test_rider_crops_by_their_folders(folders: tuple[str, str], kinds: list[str], tmp_path: Path) -> None:
    for folder in folders:
        store(tmp_path / folder / "a.jpg")
    data = only(recognise(tmp_path, NOTHING))
    assert isinstance(data, RiderSet)
    assert sorted(truths(data)) == kinds


def test_signal_heads_by_their_folders(tmp_path: Path) -> None:
    for folder in ("red", "green", "off"):
        store(tmp_path / folder / "a.jpg")
    assert sorted(state for state, _ in truths(only(recognise(tmp_path, NOTHING)))) == [
        "dark",
        "green",
        "red",
    ]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        pytest.param(lambda path: None, "there is no such data set", id="missing"),
        pytest.param(lambda path: path.mkdir(), "Kinds of data set", id="an empty folder"),
        pytest.param(lambda path: store(path / "a.jpg"), "Kinds of data set", id="pictures without labels"),
        pytest.param(lambda path: path.write_text("no set"), "Kinds of data set", id="some file"),
        pytest.param(
            lambda path: yolo(path, {"a": "0 0.5 0.5 1 1"}), "no class that is known", id="no names"
        ),
        pytest.param(
            lambda path: yolo(path, {"a": "0 0.5 0.5 1 1"}, "zebra"), "zebra", id="only strange names"
        ),
        pytest.param(
            lambda path: yolo(path, {"a": "0 312 200 40 40"}, "car"), "in shares of the picture", id="pixels"
        ),
        pytest.param(
            lambda path: yolo(path, {"a": "car 0.1 0.1 0.1 0.1"}, "car"), "a.txt:1", id="a name for a number"
        ),
        pytest.param(
            lambda path: (
                table(path, "t", "image,text\na.jpg,X\n", "t").with_suffix("").joinpath("a.jpg").unlink()
            ),
            "none of its pictures",
            id="no pictures",
        ),
        pytest.param(
            lambda path: table(path, "t", "image,main_light\na.jpg,mauve\n", "t"),
            "mauve",
            id="a state of no signal",
        ),
    ],
)
def test_what_is_wrong_is_said(make: Callable[[Path], object], words: str, tmp_path: Path) -> None:
    path = tmp_path / "set"
    make(path)
    with pytest.raises(DataError) as caught:
        read_all(path)
    assert words in str(caught.value)
    assert "set" in str(caught.value)


def test_a_clip_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "truth.json").write_text("[]", encoding="utf-8")
    with pytest.raises(DataError, match="not the truth of a rendered clip"):
        recognise(tmp_path, NOTHING)
    truth = {"video": {"file": "x.mp4", "fps": 10}, "vehicles": []}
    (tmp_path / "truth.json").write_text(json.dumps(truth), encoding="utf-8")
    with pytest.raises(DataError, match=r"x\.mp4"):
        recognise(tmp_path, NOTHING)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", {}),
        ("0=motorbike,1=car", {0: "motorbike", 1: "car"}),
        (" 3 = xe máy ", {3: "xe máy"}),
        ("motorbike,car", {0: "motorbike", 1: "car"}),
    ],
)
def test_names_on_the_command_line(text: str, names: dict[int, str]) -> None:
    assert parse_names(text) == names


@pytest.mark.parametrize("text", ["0=zebra", "a=car", "zebra"])
def test_names_of_nothing(text: str) -> None:
    with pytest.raises(DataError, match="names no class of ours"):
        parse_names(text)
