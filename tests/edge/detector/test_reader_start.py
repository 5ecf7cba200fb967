"""A shipped reader put back into the network it came from says the same. Needs torch, as training does."""

# ruff: noqa: E402 - what needs torch is imported after asking for it

from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="training needs torch (extra `train`)")
pytest.importorskip("onnx", reason="training needs onnx (extra `train`)")

from edge.detector.errors import ModelError
from edge.detector.training import reader_loop
from edge.detector.training.reader_net import ReaderNet
from edge.detector.training.reader_start import start_from
from edge.detector.training.shrink import shrink


def trained() -> ReaderNet:
    torch.manual_seed(2)
    net = ReaderNet()
    for _ in range(3):
        net(torch.rand(8, 3, 64, 128))
    return net.eval()


@pytest.mark.parametrize("halved", [False, True])
def test_an_export_starts_a_network_that_says_the_same(tmp_path: Path, halved: bool) -> None:
    net, path = trained(), tmp_path / "reader.onnx"
    reader_loop.export(net, path)
    if halved:
        shrink(path, path)
    other, images = ReaderNet(), torch.rand(8, 3, 64, 128)
    start_from(other, path, images)
    with torch.no_grad():
        expected = net(images)
        for now in (other.eval()(images), other.train()(images)):
            for ours, theirs in zip(now, expected, strict=True):
                assert (ours - theirs).abs().max() < (0.05 if halved else 2e-3)


def test_a_file_that_is_no_reader_is_refused(tmp_path: Path) -> None:
    wrong = tmp_path / "other.onnx"
    for content in (None, b"", b"no network"):
        if content is not None:
            wrong.write_bytes(content)
        with pytest.raises(ModelError, match="cannot start from this reader"):
            start_from(ReaderNet(), wrong, torch.rand(2, 3, 64, 128))
