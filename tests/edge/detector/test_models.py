"""The shipped weights: they load, say what they are, and behave on small drawn pictures."""

import hashlib
from pathlib import Path

import numpy as np
import pytest

from edge.detector.errors import ImageError, ModelError
from edge.detector.images import read_image
from edge.detector.metadata import METADATA_KEY, ModelCard, card_of
from edge.detector.models import VehicleDetector
from edge.detector.plate_reader import PlateReader
from edge.detector.registry import default_models
from edge.detector.runtime import OnnxNetwork, open_network
from edge.detector.selftest import PICTURE
from edge.detector.training.recipe import RECIPES, recipe_sha256
from edge.detector.types import VEHICLE_CLASSES, Box
from edge.detector.view import View, both_ways

MODELS = default_models()
SMALL_ENOUGH_BYTES = 25_000_000


@pytest.fixture(scope="module")
def detector() -> VehicleDetector:
    return VehicleDetector(MODELS.vehicles.path, engine="onnxruntime")


@pytest.fixture(scope="module")
def reader() -> PlateReader:
    return PlateReader(MODELS.plate_finder.path, MODELS.plate_reader.path, engine="onnxruntime")


def noise(height: int, width: int) -> np.ndarray:
    return np.random.default_rng(3).integers(0, 255, (height, width, 3)).astype(np.uint8)


def test_the_shipped_files_are_known_and_small() -> None:
    files = [MODELS.vehicles, MODELS.plate_finder, MODELS.plate_reader]
    assert sum(file.path.stat().st_size for file in files) < SMALL_ENOUGH_BYTES
    for file in files:
        assert file.sha256 == hashlib.sha256(file.path.read_bytes()).hexdigest()
        assert file.version


def test_the_vehicle_classes_are_ours(detector: VehicleDetector) -> None:
    assert set(VEHICLE_CLASSES) <= set(detector.card.classes)


@pytest.mark.parametrize("shape", [(384, 640), (480, 640), (1280, 720), (33, 1000), (1, 1)])
def test_detections_lie_in_the_picture_and_repeat(detector: VehicleDetector, shape: tuple[int, int]) -> None:
    picture = noise(*shape)
    first, second = detector.detect(picture), detector.detect(picture)
    assert first == second
    for found in first:
        assert found.kind in VEHICLE_CLASSES
        assert 0.35 <= found.confidence <= 1
        assert found.box == found.box.clipped(shape[1], shape[0])


def test_an_empty_road_has_nobody_on_it(detector: VehicleDetector) -> None:
    assert detector.detect(np.full((384, 640, 3), 110, np.uint8)) == []


@pytest.mark.parametrize(
    "vehicle",
    [Box(10, 10, 100, 100), Box(-50, -50, 100, 100), Box(900, 900, 50, 50), Box(0, 0, 0, 0), Box(5, 5, 3, 3)],
)
def test_no_plate_on_a_grey_wall_whatever_the_box(reader: PlateReader, vehicle: Box) -> None:
    assert reader.read(np.full((200, 300, 3), 90, np.uint8), vehicle) is None


@pytest.mark.parametrize(
    "picture",
    [np.zeros((20, 20), np.uint8), np.zeros((20, 20, 3), np.float32), np.zeros((0, 0, 3), np.uint8)],
)
def test_wrong_arrays_are_refused_with_a_reason(
    detector: VehicleDetector, reader: PlateReader, picture: np.ndarray
) -> None:
    with pytest.raises(ImageError, match="expected H x W x 3 bytes"):
        detector.detect(picture)
    with pytest.raises(ImageError, match="expected H x W x 3 bytes"):
        reader.read(picture, Box(0, 0, 10, 10))


def test_a_missing_model_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="PHATNGUOI_MODELS"):
        VehicleDetector(tmp_path / "vehicles.onnx")


def test_a_damaged_model_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "vehicles.onnx"
    broken.write_bytes(MODELS.vehicles.path.read_bytes()[:5000])
    with pytest.raises(ModelError, match="cannot load the network"):
        open_network(broken)


def test_the_wrong_model_in_a_place_is_noticed() -> None:
    with pytest.raises(ModelError, match="this is the model 'plate_reader'"):
        VehicleDetector(MODELS.plate_reader.path)


@pytest.mark.parametrize(
    "stored", ["", "{", '{"name": "vehicles"}', '{"name": "vehicles", "classes": [], "x": 1}']
)
def test_a_broken_card_is_refused(stored: str) -> None:
    with pytest.raises(ModelError, match="does not say what it is"):
        card_of({METADATA_KEY: stored}, kind="vehicles", path=Path("some.onnx"))


def test_a_card_survives_its_text() -> None:
    card = ModelCard("vehicles", "1", ("car",), temperature=1.5, thresholds={"score": 0.3})
    assert card_of({METADATA_KEY: card.to_json()}, kind="vehicles", path=Path("some.onnx")) == card


def test_the_folder_can_be_chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for file in (MODELS.vehicles, MODELS.plate_finder, MODELS.plate_reader):
        (tmp_path / file.path.name).symlink_to(file.path)
    monkeypatch.setenv("PHATNGUOI_MODELS", str(tmp_path))
    assert default_models().vehicles.path.parent == tmp_path
    assert default_models(vehicles=MODELS.vehicles.path).vehicles.path == MODELS.vehicles.path
    monkeypatch.setenv("PHATNGUOI_MODELS", str(tmp_path / "nowhere"))
    with pytest.raises(ModelError, match="model file not found"):
        default_models()


def test_both_engines_agree() -> None:
    pytest.importorskip("openvino", reason="OpenVINO is an optional extra")
    batch = np.random.default_rng(0).random((1, 3, 64, 128), dtype=np.float32)
    ours = OnnxNetwork(MODELS.plate_reader.path)(batch)[0]
    theirs = open_network(MODELS.plate_reader.path, engine="openvino")(batch)[0]
    assert np.abs(ours - theirs).max() < 0.1


@pytest.mark.parametrize(
    ("name", "recipe"),
    [("vehicles", "vehicles_lean"), ("plate_finder", "plate_finder"), ("plate_reader", "plate_reader")],
)
def test_each_model_belongs_to_its_recipe(name: str, recipe: str) -> None:
    path = default_models().vehicles.path.parent / f"{name}.onnx"
    card = card_of(OnnxNetwork(path).metadata, kind=name, path=path)
    assert card.recipe_sha256 == recipe_sha256(RECIPES / f"{recipe}.toml")


def test_one_view_is_the_plain_look(detector: VehicleDetector) -> None:
    picture = read_image(PICTURE)
    viewed = VehicleDetector(MODELS.vehicles.path, views=[View(640)], engine="onnxruntime")
    for one, other in zip(viewed.detect(picture), detector.detect(picture), strict=True):
        assert (one.kind, one.confidence) == (other.kind, pytest.approx(other.confidence))
        assert one.box.iou(other.box) == pytest.approx(1)
    glance = viewed.at_a_glance(320)
    assert (glance.views, glance.card.long_side_px, viewed.card.long_side_px) == ((), 320, 640)


def test_both_ways_see_the_mirrored_picture_mirrored() -> None:
    picture = read_image(PICTURE)
    eyes = VehicleDetector(MODELS.vehicles.path, views=both_ways(640), engine="onnxruntime")
    mirror = View(640, mirrored=True)
    there, back = eyes.detect(picture), eyes.detect(mirror.of(picture))
    assert there
    for one, other in zip(there, back, strict=True):
        assert (one.kind, one.confidence) == (other.kind, pytest.approx(other.confidence, abs=1e-3))
        assert one.box.iou(mirror.back(other.box, picture.shape[1])) == pytest.approx(1, abs=1e-2)


def test_a_detector_may_look_at_pictures_larger_than_it_was_trained_at() -> None:
    path = default_models().vehicles.path
    usual = VehicleDetector(path, engine="onnxruntime")
    larger = VehicleDetector(path, long_side_px=960, engine="onnxruntime")
    assert (usual.card.long_side_px, larger.card.long_side_px) == (640, 960)
    picture = np.full((90, 160, 3), 100, np.uint8)
    assert usual.detect(picture) == larger.detect(picture) == []
