"""What people give the commands by mistake: one clear line each, the rest done, the exit status says so."""

import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image as Pillow
from typer.testing import CliRunner

from edge.detector.cli import app
from edge.detector.registry import default_models

RUN = CliRunner()
GREY = np.full((90, 160, 3), 100, np.uint8)


def jpeg(**how: object) -> bytes:
    file = io.BytesIO()
    Pillow.fromarray(GREY).save(file, "JPEG", **how)
    return file.getvalue()


def on_its_side() -> bytes:
    exif = Pillow.Exif()
    exif[0x0112] = 6
    return jpeg(exif=exif)


def cmyk() -> bytes:
    file = io.BytesIO()
    Pillow.fromarray(GREY).convert("CMYK").save(file, "JPEG")
    return file.getvalue()


def png(image: np.ndarray) -> bytes:
    return cv2.imencode(".png", image)[1].tobytes()


GOOD: dict[str, Callable[[], bytes]] = {
    "grey.png": lambda: png(GREY[:, :, 0]),
    "sixteen_bits.png": lambda: png(GREY.astype(np.uint16) * 257),
    "alpha.png": lambda: png(np.dstack([GREY, np.full((90, 160), 128, np.uint8)])),
    "cmyk.jpg": cmyk,
    "on_its_side.jpg": on_its_side,
    "a_strip.png": lambda: png(np.full((8, 3000, 3), 90, np.uint8)),
    "huge.jpg": lambda: bytes(cv2.imencode(".jpg", np.full((6000, 8000, 3), 90, np.uint8))[1]),
}
BAD: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty.jpg": (lambda: b"", "the file is empty"),
    "truncated.jpg": (lambda: jpeg()[:-40], "cut off"),
    "half.png": (lambda: png(GREY)[:-40], "cut off"),
    "one_pixel.png": (lambda: png(GREY[:1, :1]), "1 x 1 px is too small"),
    "text.jpg": (lambda: b"not a picture\n", "not a picture that can be decoded"),
    "dark_sixteen_bits.png": (lambda: png(GREY.astype(np.uint16)), "16-bit"),
}


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pictures")
    for name, make in GOOD.items():
        (folder / name).write_bytes(make())
    for name, (make, _) in BAD.items():
        (folder / name).write_bytes(make())
    (folder / "folder.jpg").mkdir()
    return folder


@pytest.mark.parametrize(("command", "key"), [("detect", "objects"), ("read-plates", "plates")])
def test_pictures(pictures: Path, command: str, key: str, capfd: pytest.CaptureFixture[str]) -> None:
    expected = {
        **{name: words for name, (_, words) in BAD.items()},
        "folder.jpg": "a folder",
        "none.jpg": "No such",
    }
    good = [name for name in GOOD if command == "detect" or name != "huge.jpg"]
    names = [*expected, *good]  # the bad ones first: they must not stop the rest
    result = RUN.invoke(app, [command, "--json", *(str(pictures / name) for name in names)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code == 1
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [Path(row["image"]).name for row in rows] == good
    assert all(isinstance(row[key], list) for row in rows)
    complaints = result.stderr.splitlines()
    assert len(complaints) == len(expected)
    for (name, words), line in zip(expected.items(), complaints, strict=True):
        assert words in line
        assert str(pictures / name) in line
    assert capfd.readouterr().err == ""  # libraries keep quiet


@pytest.mark.slow
def test_plates_are_looked_for_in_a_huge_picture(pictures: Path) -> None:
    result = RUN.invoke(app, ["read-plates", str(pictures / "huge.jpg")])
    assert (result.exit_code, result.stderr) == (0, "")


@pytest.mark.parametrize("command", ["detect", "read-plates"])
def test_whole_pictures_are_no_failure(pictures: Path, command: str) -> None:
    """That each kind is done and nothing is said of it, the test above sees beside the broken ones."""
    result = RUN.invoke(app, [command, str(pictures / "grey.png"), str(pictures / "cmyk.jpg")])
    assert (result.exit_code, result.stderr) == (0, "")


def no_model(folder: Path) -> None:
    for name in ("vehicles", "plate_finder", "plate_reader", "heads", "helmets"):
        (folder / f"{name}.onnx").write_text("weights?", encoding="utf-8")


def models_swapped(folder: Path) -> None:
    files = default_models()
    shutil.copy(files.plate_reader.path, folder / "vehicles.onnx")
    shutil.copy(files.plate_finder.path, folder / "plate_finder.onnx")
    shutil.copy(files.vehicles.path, folder / "plate_reader.onnx")


def cut_off(folder: Path) -> None:
    for name in ("vehicles", "plate_finder", "plate_reader"):
        data = getattr(default_models(), name).path.read_bytes()
        (folder / f"{name}.onnx").write_bytes(data[: len(data) // 2])


@pytest.mark.parametrize(
    ("make", "words"),
    [
        pytest.param(lambda folder: None, "model file not found", id="an empty folder"),
        pytest.param(no_model, "cannot load the network", id="text"),
        pytest.param(cut_off, "cannot load the network", id="half a file"),
        pytest.param(models_swapped, "this is the model 'plate_reader', not 'vehicles'", id="another model"),
        pytest.param(
            lambda folder: (folder / "vehicles.onnx").mkdir(), "model file not found", id="a folder"
        ),
        pytest.param(
            lambda folder: (folder / "vehicles.onnx").touch(), "cannot load the network", id="empty"
        ),
    ],
)
@pytest.mark.parametrize("command", ["detect", "read-plates", "evaluate"])
def test_weights_that_are_none(
    command: str,
    make: Callable[[Path], object],
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "a.png").write_bytes(png(GREY))
    (tmp_path / "set" / "a.txt").write_text("0 0.5 0.5 1 1\n", encoding="utf-8")
    (tmp_path / "set" / "classes.txt").write_text("car\n", encoding="utf-8")
    (tmp_path / "models").mkdir()
    make(tmp_path / "models")
    what = tmp_path / "set" if command == "evaluate" else tmp_path / "set" / "a.png"
    monkeypatch.setenv("PHATNGUOI_MODELS", str(tmp_path / "models"))
    result = RUN.invoke(app, [command, str(what)])
    assert result.exit_code == 1
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    assert words in line
    assert str(tmp_path / "models" / "vehicles.onnx") in line
    if command == "evaluate":
        monkeypatch.delenv("PHATNGUOI_MODELS")
        told = RUN.invoke(app, [command, str(what), "--models", str(tmp_path / "models")])
        assert (told.exit_code, told.stderr) == (1, result.stderr)


def test_a_data_set_of_broken_pictures(tmp_path: Path, pictures: Path) -> None:
    for name in BAD:
        shutil.copy(pictures / name, tmp_path / name)
        (tmp_path / name).with_suffix(".txt").write_text("0 0.5 0.5 1 1\n", encoding="utf-8")
    shutil.copy(pictures / "cmyk.jpg", tmp_path / "cmyk.jpg")
    result = RUN.invoke(app, ["evaluate", str(tmp_path), "--names", "car", "--json"])
    assert result.exit_code == 1
    told = json.loads(result.stdout)["sets"][0]
    assert (told["pictures"], told["unreadable"]) == (1, len(BAD))
    assert len(result.stderr.splitlines()) == len(BAD)
