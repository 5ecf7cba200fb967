"""Starting the plate reader from a shipped ONNX file: its weights, put back into their network."""

from __future__ import annotations

from pathlib import Path

import onnx
import torch
from torch import Tensor, nn

from edge.detector.errors import ModelError
from edge.detector.training.onnx_file import weights_of
from edge.detector.training.reader_net import CHARACTERS, ReaderNet

_TWIN = {"Đ": "D"}
_NEW_CLASS_BIAS = 2.0


def start_from(net: ReaderNet, path: Path, images: Tensor) -> None:
    """Load the exported reader at `path` into `net`, in place.

    The export folds every batch norm into its convolution; `images` (N x 3 x height x width, 0 to 1) are
    used to measure the statistics anew, so that the network says the same in training as in use.
    Characters that the file lacks start as those they resemble.

    Raises:
        ModelError: the file holds another network.
    """
    try:
        _load(net, onnx.load(path))
    except Exception as error:  # protobuf raises classes of its own without a public base
        raise ModelError(
            f"cannot start from this reader ({error})",
            where=str(path),
            remedy="Give the folder of the file that the recipe names as its start (--start).",
        ) from error
    _measure_norms(net, images)


def _load(net: ReaderNet, model: onnx.ModelProto) -> None:
    named = weights_of(model)
    inputs = [
        (node.op_type, [name for name in node.input if name in named])
        for node in model.graph.node
        if node.op_type in {"Conv", "MatMul"}
    ]
    convolutions = [names for kind, names in inputs if kind == "Conv"]
    products = [names[0] for kind, names in inputs if kind == "MatMul" and names]
    state = {
        name.removeprefix("net."): torch.from_numpy(value)
        for name, value in named.items()
        if name.startswith("net.")
    }
    for (conv, norm), (kernel, bias) in zip(_pairs(net), convolutions, strict=True):
        _set(conv.weight, torch.from_numpy(named[kernel]))
        _set(norm.bias, torch.from_numpy(named[bias]))
    linears = [(name, module) for name, module in net.named_modules() if isinstance(module, nn.Linear)]
    in_order = iter(products)
    for name, module in linears:
        weight = state.pop(f"{name}.weight", None)
        if weight is None:
            weight = torch.from_numpy(named[next(in_order)]).T
        _set(module.weight, _grown(weight, module.weight))
        _set(module.bias, _grown(state.pop(f"{name}.bias"), module.bias))
    own = net.state_dict()
    for name, value in state.items():
        if name in own:
            own[name].copy_(value)


def _pairs(net: ReaderNet) -> list[tuple[nn.Conv2d, nn.BatchNorm2d]]:
    """Every convolution with the batch norm after it, in the order of computing."""
    modules = [module for module in net.modules() if isinstance(module, nn.Conv2d | nn.BatchNorm2d)]
    return [
        (conv, norm)
        for conv, norm in zip(modules[::2], modules[1::2], strict=True)
        if isinstance(conv, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d)
    ]


def _set(parameter: nn.Parameter | Tensor, value: Tensor) -> None:
    with torch.no_grad():
        parameter.copy_(value)


def _grown(value: Tensor, like: Tensor) -> Tensor:
    """`value` with rows for the characters that came later, copied from their likes."""
    missing = like.shape[0] - value.shape[0]
    if missing <= 0 or value.shape[0] != len(CHARACTERS) - missing:
        return value
    rows = [value[CHARACTERS.index(_TWIN[character])] for character in CHARACTERS[-missing:]]
    lowered = [row - _NEW_CLASS_BIAS if row.ndim == 0 else row for row in rows]
    return torch.cat([value, torch.stack(lowered)])


def _measure_norms(net: ReaderNet, images: Tensor) -> None:
    """Give each batch norm the mean and spread of what reaches it, changing nothing of what comes out."""
    pairs = _pairs(net)
    for _, norm in pairs:
        norm.eps = 1e-5
        _set(norm.running_mean, torch.zeros_like(norm.bias))
        _set(norm.running_var, torch.full_like(norm.bias, 1 - norm.eps))
        _set(norm.weight, torch.ones_like(norm.bias))
    seen: list[tuple[Tensor, Tensor]] = []
    hooks = [
        norm.register_forward_pre_hook(
            lambda _module, given: seen.append((given[0].mean((0, 2, 3)), given[0].var((0, 2, 3))))
        )
        for _, norm in pairs
    ]
    net.eval()
    with torch.no_grad():
        net(images)
    for hook in hooks:
        hook.remove()
    for (_, norm), (mean, spread) in zip(pairs, seen, strict=True):
        scale = torch.sqrt(spread + norm.eps)
        _set(norm.bias, norm.bias + mean)
        _set(norm.weight, scale)
        _set(norm.running_mean, mean)
        _set(norm.running_var, spread)
