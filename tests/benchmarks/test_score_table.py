"""The comparison that lets no score fall: that it fails when it should, and only then."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.score_table import Score, merged, read_scores, worse, write_scores

CAR = Score("clip: car ap50", "clip", 0.9, 0.85, 0.95, 100, 0.02, "higher", {"vehicles": "0123456789ab"})
WRONG = replace(CAR, name="clip: plates wrong", value=0.0, n=60, tolerance=0.0, better="lower", n_free=True)
FIELD = replace(CAR, name="field: car ap50", source="field")


@pytest.mark.parametrize(
    ("now", "words"),
    [
        pytest.param([CAR, WRONG], "", id="as before"),
        pytest.param([replace(CAR, value=0.95), WRONG], "", id="better"),
        pytest.param([replace(CAR, value=0.88), WRONG], "", id="worse within the tolerance"),
        pytest.param(
            [replace(CAR, value=0.8799), WRONG], "clip: car ap50: 0.8799, worse than 0.9000", id="worse"
        ),
        pytest.param(
            [CAR, replace(WRONG, value=0.01)], "clip: plates wrong: 0.0100, worse", id="lower is better"
        ),
        pytest.param([WRONG], "clip: car ap50: no longer measured", id="gone"),
        pytest.param([replace(CAR, value=None), WRONG], "now it cannot be told", id="not told"),
        pytest.param([replace(CAR, n=99), WRONG], "measured on 99 things only, before on 100", id="on fewer"),
        pytest.param([replace(CAR, n=101), replace(WRONG, n=50)], "", id="on more; on as many as it accepts"),
        pytest.param(
            [CAR, WRONG, replace(CAR, name="clip: bus ap50")], "clip: bus ap50: measured, but", id="new"
        ),
    ],
)
def test_what_is_worse(now: list[Score], words: str) -> None:
    found = worse([CAR, WRONG, FIELD], now)
    assert len(found) == bool(words)
    assert not words or words in found[0]


def test_what_is_not_here_is_not_held_against_anybody() -> None:
    assert worse([CAR, WRONG, FIELD], [FIELD]) == []
    assert worse([CAR, WRONG, FIELD], []) == []


def test_what_could_not_be_told_before_may_be_told_now() -> None:
    assert worse([replace(CAR, value=None)], [CAR]) == []


values = st.floats(0, 1).map(lambda value: round(value, 4))


@given(values, values, st.sampled_from([0.0, 0.01, 0.05]), st.sampled_from(["higher", "lower"]))
def test_it_fails_exactly_when_the_loss_is_more_than_the_tolerance(
    before: float, now: float, tolerance: float, better: str
) -> None:
    old = replace(CAR, value=before, tolerance=tolerance, better=better)  # type: ignore[arg-type]
    loss = before - now if better == "higher" else now - before
    assert bool(worse([old], [replace(old, value=now)])) == (loss > tolerance + 1e-9)


def test_updating_keeps_tolerances_and_what_is_not_here() -> None:
    new = replace(CAR, value=0.95, tolerance=0.5)
    assert merged([CAR, WRONG, FIELD], [new]) == [replace(new, tolerance=0.02), FIELD]


def test_the_file_comes_back_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "scores.json"
    assert read_scores(path) == {"gate": [], "full": []}
    write_scores({"gate": [CAR, WRONG], "full": []}, {"what": "a table"}, path)
    assert read_scores(path) == {"gate": [CAR, WRONG], "full": []}
    assert sum("clip: car ap50" in line for line in path.read_text(encoding="utf-8").splitlines()) == 1
