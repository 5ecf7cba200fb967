"""What the head showed, flicker left out."""

from __future__ import annotations

import pytest

from edge.rules.signal_history import SignalHistory


def history(*readings: tuple[float, str]) -> SignalHistory:
    made = SignalHistory()
    for t_s, state in readings:
        made.add(t_s, state)  # type: ignore[arg-type]
    return made


def every(fps: float, *phases: tuple[str, float, float]) -> SignalHistory:
    return history(
        *(
            (index / fps, next(state for state, start, end in phases if start <= index / fps < end))
            for index in range(int(phases[-1][2] * fps))
        )
    )


def states(made: SignalHistory) -> list[str]:
    return [phase.state for phase in made.phases]


@pytest.mark.parametrize("fps", [6, 12.5, 30])
def test_a_change_is_known_to_one_picture(fps: float) -> None:
    made = every(fps, ("green", 0, 3), ("amber", 3, 6), ("red", 6, 9))
    assert states(made) == ["green", "amber", "red"]
    red = made.phases[-1]
    assert red.before_s < 6 <= red.first_s
    assert red.first_s - red.before_s == pytest.approx(1 / fps)
    assert made.phase_at((red.before_s + red.first_s) / 2) is None
    assert made.phase_at(7).state == "red"
    assert made.phase_at(2).state == "green"


@pytest.mark.parametrize(
    ("what", "middle", "expected"),
    [
        ("one picture of another colour", ("green", 3.0, 3.05), ["red"]),
        ("a dark blink", ("dark", 3.0, 3.5), ["red"]),
        ("hidden for less than a second", ("unknown", 3.0, 3.8), ["red"]),
        ("hidden for long", ("unknown", 3.0, 5.0), ["red", "unknown", "red"]),
        ("really green in between", ("green", 3.0, 4.0), ["red", "green", "red"]),
    ],
)
def test_flicker(what: str, middle: tuple[str, float, float], expected: list[str]) -> None:
    made = every(12.5, ("red", 0, middle[1]), middle, ("red", middle[2], 8))
    assert states(made) == expected, what


def test_an_unsettled_change_proves_nothing_yet() -> None:
    made = history(*((index * 0.08, "red") for index in range(20)), (1.6, "green"))
    assert made.state == "red"
    assert made.phase_at(1.6) is None
    assert made.phase_at(1.52).state == "red"


def test_a_hole_in_the_stream_is_not_bridged() -> None:
    made = history((0, "red"), (0.1, "red"), (5.0, "red"), (5.1, "red"))
    assert states(made) == ["red", "red"]
    assert made.phase_at(2.5) is None


def test_time_goes_forward() -> None:
    with pytest.raises(ValueError, match="not later"):
        history((1.0, "red"), (1.0, "red"))


def test_memory_is_bounded() -> None:
    made = SignalHistory()
    for index in range(20_000):
        made.add(index * 0.2, "red" if index // 5 % 2 else "green")
    assert len(made.phases) <= 200
