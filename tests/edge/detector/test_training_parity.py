"""What is exported computes what was trained. Needs torch, as training does."""

# ruff: noqa: E402 - what needs torch is imported after asking for it

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="exporting needs torch (extra `train`)")
pytest.importorskip("onnx", reason="exporting needs onnx (extra `train`)")

from edge.detector.metadata import ModelCard
from edge.detector.plate_reader import PlateReader
from edge.detector.reader_output import SLOTS
from edge.detector.registry import default_models
from edge.detector.runtime import OnnxNetwork
from edge.detector.training import reader_loop
from edge.detector.training.reader_data import PlateExamples
from edge.detector.training.reader_net import CHARACTERS, ExportedReader, ReaderNet
from edge.detector.training.recipe import RECIPES, RecipeError, load_recipe
from edge.detector.training.stamp import stamp
from edge.detector.training.synthetic_plates import font_files


def test_the_exported_reader_computes_the_same(tmp_path: Path) -> None:
    torch.manual_seed(0)
    net = ReaderNet().eval()
    reader_loop.export(net, tmp_path / "raw.onnx")
    stamp(tmp_path / "raw.onnx", tmp_path / "plate_reader.onnx", ModelCard("plate_reader", "0", CHARACTERS))
    batch = np.random.default_rng(0).random((1, 3, 64, 128), dtype=np.float32)
    with torch.no_grad():
        expected = ExportedReader(net)(torch.from_numpy(batch))
    for file, closeness in (("raw.onnx", 1e-4), ("plate_reader.onnx", 2e-3)):
        for ours, theirs in zip(OnnxNetwork(tmp_path / file)(batch), expected, strict=True):
            assert np.abs(ours - theirs.numpy()).max() < closeness
    loaded = PlateReader(default_models().plate_finder.path, tmp_path / "plate_reader.onnx")
    assert loaded.reader_card.version == "0"


def test_training_goes_on_where_it_stopped(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    one = reader_loop.ReaderRecipe("plate_reader", "0", 1, 16, 8, 1e-3, 0.0, 1)
    reader_loop.train(one, [], font_files(), tmp_path)
    caplog.set_level("INFO")
    state = reader_loop.train(replace(one, rounds=2), [], font_files(), tmp_path)
    assert torch.load(state, weights_only=True)["round"] == 2
    assert not any("round 1" in message for message in caplog.messages)


def test_examples_repeat_and_fit_the_network() -> None:
    examples = PlateExamples([], font_files(), seed=3, count=4, real_share=0.0)
    first, again = examples[2], examples[2]
    assert torch.equal(first.image, again.image)
    assert first.characters.shape == (SLOTS,)
    out = ReaderNet().eval()(first.image[None])
    assert out.characters.shape == (1, SLOTS, len(CHARACTERS))
    assert out.attention.shape[1:] == first.glance.shape


@pytest.mark.parametrize("text", ["name = 1\nunknown = 2", "= broken", None])
def test_a_recipe_that_does_not_fit_says_which_keys_it_needs(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "recipe.toml"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    with pytest.raises(RecipeError, match="examples_a_round"):
        load_recipe(path, reader_loop.ReaderRecipe)


def test_the_shipped_recipes_load() -> None:
    assert load_recipe(RECIPES / "plate_reader.toml", reader_loop.ReaderRecipe).name == "plate_reader"
