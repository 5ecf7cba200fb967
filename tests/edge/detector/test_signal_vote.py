"""Several looks at one head."""

import pytest

from edge.detector.signal_heads import HeadReading
from edge.detector.signal_vote import vote


def looks(states: str) -> list[HeadReading]:
    names = {"r": "red", "a": "amber", "g": "green", "d": "dark", "u": "unknown"}
    return [
        HeadReading(names[one], 0.8 if one in "rag" else 0.5 * (one == "d"), ())  # type: ignore[arg-type]
        for one in states
    ]


@pytest.mark.parametrize(
    ("seen", "state", "flashing"),
    [
        ("r", "red", False),
        ("rrrr", "red", False),
        ("rdrdrd", "red", False),
        ("uruuu", "red", False),
        ("adadad", "amber", True),
        ("aaadda", "amber", False),
        ("ddd", "dark", False),
        ("dd", "unknown", False),
        ("dduuuuuu", "unknown", False),
        ("uuuu", "unknown", False),
        ("", "unknown", False),
        ("rg", "unknown", False),
        ("rgrgrg", "unknown", False),
        ("rrrrrg", "red", False),
        ("gggaaa", "amber", False),
        ("rrrggg", "green", False),
    ],
)
def test_looks_together(seen: str, state: str, flashing: bool) -> None:
    joined = vote(looks(seen))
    assert (joined.state, joined.flashing) == (state, flashing)
    assert 0 <= joined.confidence <= 1
