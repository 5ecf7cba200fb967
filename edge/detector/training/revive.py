"""Making a shipped detector trainable again: an exported ONNX file back into an Ultralytics network.

Exporting folds each batch normalisation into the convolution before it. Here every normalisation gets the
mean and variance that its convolution puts out on real pictures, and a scale and shift that undo them: the
function stays the same and the network can be trained on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import torch
from ultralytics.nn.tasks import DetectionModel

from edge.detector.errors import ModelError
from edge.detector.images import read_image
from edge.detector.letterbox import fit_long_side, to_blob
from edge.detector.metadata import ModelCard, card_of
from edge.detector.runtime import OnnxNetwork
from edge.detector.training.onnx_file import Floats, opened, weights_of

ARCHITECTURE: Final = "yolo26n.yaml"
_SMALLEST_CLASS_WIDTH: Final = 64
"""What Ultralytics gives the class branch of a nano network at least."""


@dataclass(frozen=True, slots=True)
class Revived:
    """The .pt file made, and how far its raw output lies from the ONNX file's on the pictures.

    `box_px` is the largest difference of a box's centre or size (input px), `score` of a class score.
    """

    path: Path
    box_px: float
    score: float


def revive(exported: Path, pictures: Sequence[Path], target: Path) -> Revived:
    """Write a trainable network, as `YOLO(path)` loads it, that computes what the ONNX file does.

    Args:
        exported: a detector that our `export` made (yolo26n without its one-to-one head).
        pictures: some dozens of pictures like those the network sees; statistics are measured on them.
        target: the .pt file to write.

    Raises:
        ModelError: the file is no such network, or there are no pictures.
        ImageError: a picture cannot be read.
    """
    if not pictures:
        raise ModelError(
            "no pictures to measure the network on",
            where=str(exported),
            remedy="Give a few dozen pictures like those it will see.",
        )
    graph = opened(exported)
    card = card_of({one.key: one.value for one in graph.metadata_props}, kind=None, path=exported)
    model = _network(weights_of(graph), card, exported)
    blobs = [_blob(path, card.long_side_px) for path in pictures]
    _measure(model, blobs)
    target.parent.mkdir(parents=True, exist_ok=True)
    for parameter in model.parameters():
        parameter.requires_grad_(requires_grad=False)
    torch.save({"model": model, "train_args": {"task": "detect"}, "revived_from": card.to_json()}, target)
    return Revived(target, *_difference(model, OnnxNetwork(exported), blobs))


def _network(weights: dict[str, Floats], card: ModelCard, path: Path) -> DetectionModel:
    """An Ultralytics network with these weights; its normalisations pass everything on, plus the bias."""
    model = DetectionModel(ARCHITECTURE, ch=3, nc=_class_width(weights, path), verbose=False).float()
    head = model.model[-1]
    head.one2one_cv2 = head.one2one_cv3 = None
    for branch in head.cv3:
        branch[-1] = torch.nn.Conv2d(branch[-1].in_channels, len(card.classes), 1)
    head.nc = len(card.classes)
    head.no = head.nc + 4 * head.reg_max
    model.nc, model.yaml["nc"] = head.nc, head.nc
    model.names = dict(enumerate(card.classes))
    for name, convolution, normalisation in _convolutions(model):
        _put(convolution.weight, weights, f"{name}.weight", path)
        if normalisation is None:
            _put(convolution.bias, weights, f"{name}.bias", path)
            continue
        with torch.no_grad():
            normalisation.running_mean.zero_()
            normalisation.running_var.fill_(1 - normalisation.eps)
            normalisation.weight.fill_(1)
        _put(normalisation.bias, weights, f"{name}.bias", path)
    return model.eval()


def _class_width(weights: dict[str, Floats], path: Path) -> int:
    """How many classes the network's first ancestor had: they set the width of its class branch."""
    widths = [value.shape[0] for name, value in weights.items() if name.endswith(".cv3.0.0.1.conv.weight")]
    if len(widths) != 1 or widths[0] < _SMALLEST_CLASS_WIDTH:
        raise _other_network(path, "its class branch is not that of a nano network")
    return int(widths[0])


def _convolutions(
    model: DetectionModel,
) -> Iterator[tuple[str, torch.nn.Conv2d, torch.nn.BatchNorm2d | None]]:
    """Every convolution with its name in an export, and the normalisation after it where there is one."""
    modules = dict(model.named_modules())
    for name, module in modules.items():
        if isinstance(module, torch.nn.Conv2d):
            yield name, module, modules.get(f"{name[:-4]}bn") if name.endswith(".conv") else None


def _put(place: torch.Tensor, weights: dict[str, Floats], name: str, path: Path) -> None:
    value = weights.get(name)
    if value is None or value.shape != tuple(place.shape):
        found = "missing" if value is None else f"{value.shape} instead of {tuple(place.shape)}"
        raise _other_network(path, f"{name} is {found}")
    with torch.no_grad():
        place.copy_(torch.from_numpy(value.copy()))


def _measure(model: DetectionModel, blobs: Sequence[Floats]) -> None:
    """Give the normalisations the mean and variance of what reaches them, keeping what they put out."""
    watched = [(one, two) for _, one, two in _convolutions(model) if two is not None]
    sums = [torch.zeros(3, one.out_channels, dtype=torch.float64) for one, _ in watched]
    hooks = [
        one.register_forward_hook(lambda _module, _inputs, output, total=total: _add(total, output))
        for (one, _), total in zip(watched, sums, strict=True)
    ]
    with torch.inference_mode():
        for blob in blobs:
            model(torch.from_numpy(blob))
    for hook in hooks:
        hook.remove()
    for (_, normalisation), (count, total, squares) in zip(watched, sums, strict=True):
        mean = total / count
        variance = (squares / count - mean**2).clamp(min=0)
        with torch.no_grad():
            normalisation.bias.add_(mean)
            normalisation.running_mean.copy_(mean)
            normalisation.running_var.copy_(variance)
            normalisation.weight.copy_((variance + normalisation.eps).sqrt())


def _add(total: torch.Tensor, output: torch.Tensor) -> None:
    values = output.double()
    total[0] += values.numel() / values.shape[1]
    total[1] += values.sum(dim=(0, 2, 3))
    total[2] += values.square().sum(dim=(0, 2, 3))


def _difference(model: DetectionModel, exported: OnnxNetwork, blobs: Sequence[Floats]) -> tuple[float, float]:
    box_px = score = 0.0
    for blob in blobs:
        with torch.inference_mode():
            ours = model(torch.from_numpy(blob))[0].numpy()
        apart = np.abs(ours - exported(blob)[0])
        box_px, score = max(box_px, float(apart[:, :4].max())), max(score, float(apart[:, 4:].max()))
    return box_px, score


def _blob(path: Path, long_side_px: int) -> Floats:
    image = read_image(path)
    height, width = image.shape[:2]
    return to_blob(image, fit_long_side(width, height, long_side_px))


def _other_network(path: Path, reason: str) -> ModelError:
    return ModelError(
        f"this is not a network that can be made trainable again ({reason})",
        where=str(path),
        remedy="Start from a detector exported by `phatnguoi-edge export`, or from a .pt file.",
    )
