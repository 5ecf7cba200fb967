"""The loop that trains small networks on crops."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs torch (extra `train`)")
pytest.importorskip("ultralytics", reason="training needs ultralytics (extra `train`)")

import torch

from edge.detector.engines import OnnxNetwork
from edge.detector.training import crop_loop

SIDE = 16


@dataclass(frozen=True)
class Recipe:
    epochs: int
    batch: int = 8
    learning_rate: float = 0.02
    seed: int = 3


def net() -> torch.nn.Module:
    torch.manual_seed(1)
    conv = torch.nn.Conv2d(3, 4, 3)
    return torch.nn.Sequential(conv, torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten(), torch.nn.Linear(4, 2))


def views(epoch: int) -> torch.utils.data.TensorDataset:
    """Light pictures and dark ones."""
    light = np.random.default_rng([7, epoch]).random(40).astype(np.float32)
    pictures = torch.from_numpy(light)[:, None, None, None].expand(40, 3, SIDE, SIDE).contiguous()
    return torch.utils.data.TensorDataset(pictures, torch.from_numpy((light > 0.5).astype(np.int64)))


def trained(work: Path, epochs: int, **options: object) -> Path:
    work.mkdir(exist_ok=True)
    loss = torch.nn.functional.cross_entropy
    return crop_loop.train(Recipe(epochs), net(), views, loss, work, rise_steps=2, **options)  # type: ignore[arg-type]


def test_it_learns_and_what_is_exported_says_the_same(tmp_path: Path) -> None:
    seen = crop_loop.averaged(net(), trained(tmp_path, 12))
    pictures, answers = views(99).tensors  # type: ignore[attr-defined]
    with torch.no_grad():
        logits = seen(pictures)
    assert float((logits.argmax(dim=1) == answers).float().mean()) > 0.8
    crop_loop.export(seen, tmp_path / "net.onnx", SIDE, ("crops", "said"))
    assert OnnxNetwork(tmp_path / "net.onnx")(pictures.numpy())[0] == pytest.approx(logits.numpy(), abs=1e-4)


def test_a_run_that_was_stopped_goes_on_after_its_last_epoch(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    trained(tmp_path, 3)
    with caplog.at_level("INFO"):
        trained(tmp_path, 3)
    assert caplog.messages == []
    with caplog.at_level("INFO"):
        trained(tmp_path, 4)
    assert [line.split(":")[0] for line in caplog.messages] == ["epoch 4"]


def test_what_is_frozen_before_each_step_does_not_learn(tmp_path: Path) -> None:
    asked = []
    trained(tmp_path, 2, frozen=lambda: asked.append(1))
    assert len(asked) == 2 * 5
