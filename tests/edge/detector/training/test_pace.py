"""What the training loops share."""

import math
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="training needs torch (extra `train`)")

from edge.detector.training.pace import follow, resume, set_rate  # noqa: E402


@pytest.mark.parametrize(
    ("step", "share"),
    [
        pytest.param(0, 0.1 * (0.2 + 0.8), id="first step"),
        pytest.param(50, 0.2 + 0.8 / 2, id="half way"),
        pytest.param(100, 0.2, id="at the end"),
    ],
)
def test_the_rate_rises_and_falls(step: int, share: float) -> None:
    optimiser = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    set_rate(optimiser, 0.5, step, 100, rise_steps=10, floor=0.2)
    assert math.isclose(optimiser.param_groups[0]["lr"], 0.5 * share, rel_tol=1e-9)


def test_the_average_follows_more_and_more_slowly() -> None:
    net, average = torch.nn.Linear(1, 1, bias=False), torch.nn.Linear(1, 1, bias=False)
    net.weight.data.fill_(1.0)
    average.weight.data.fill_(0.0)
    follow(average, net, 0, slowest=0.9)
    assert math.isclose(float(average.weight.detach()), 0.9, rel_tol=1e-6)
    average.weight.data.fill_(0.0)
    follow(average, net, 10_000, slowest=0.9)
    assert math.isclose(float(average.weight.detach()), 0.1, rel_tol=1e-6)


def test_going_on_where_a_checkpoint_stands(tmp_path: Path) -> None:
    net, average = torch.nn.Linear(2, 1), torch.nn.Linear(2, 1)
    optimiser = torch.optim.AdamW(net.parameters())
    path = tmp_path / "last.pt"
    assert resume(path, net, average, optimiser, net_key="net", count="epoch") == 0
    saved = {"net": net.state_dict(), "average": average.state_dict(), "optimiser": optimiser.state_dict()}
    torch.save({**saved, "epoch": 3}, path)
    other = torch.nn.Linear(2, 1)
    again = torch.optim.AdamW(other.parameters())
    assert resume(path, other, average, again, net_key="net", count="epoch") == 3
    assert torch.equal(other.weight, net.weight)
