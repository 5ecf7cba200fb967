"""No score falls: what is here is measured again and held against the table.

Parts of each set only, so that it takes about a minute of one core; `python -m benchmarks.scores --full`
measures them whole. When a score is meant to change: `python -m benchmarks.scores --update`.
"""

from pathlib import Path

import pytest

from benchmarks import scores
from benchmarks.score_table import Score, read_scores, worse
from edge.detector.evaluation.field import is_field
from edge.detector.registry import default_models

TABLE = read_scores()
FIELD = scores.field_folder()


@pytest.fixture(autouse=True)
def shipped(monkeypatch: pytest.MonkeyPatch) -> None:
    """The models of the repository, whatever the environment says."""
    monkeypatch.delenv("PHATNGUOI_MODELS", raising=False)


def check(measured: list[Score]) -> None:
    objections = worse(TABLE["gate"], measured)
    assert not objections, "\n".join(objections)


def test_the_table_tells_of_the_files_that_ship() -> None:
    files = default_models()
    shipped = {
        one.name: one.sha256[:12] for name in files.__slots__ if (one := getattr(files, name)) is not None
    }
    old = {
        f"{score.source}: {name}"
        for score in TABLE["gate"]
        for name, sha256 in score.models.items()
        if shipped.get(name) != sha256
    }
    assert not old, (
        f"measured with other files ({', '.join(sorted(old))}): python -m benchmarks.scores --update"
    )


def test_the_weights_stay_small() -> None:
    check(scores.size_scores())


def test_the_tracker() -> None:
    check(scores.tracking_scores())


def test_the_rendered_clip() -> None:
    check(scores.clip_scores("gate"))


@pytest.mark.skipif(not scores.STILLS.is_dir(), reason=f"no rendered stills at {scores.STILLS}")
def test_the_rendered_stills() -> None:
    check(scores.stills_scores("gate"))


@pytest.mark.skipif(
    not is_field(FIELD),
    reason=f"no field sets at {FIELD}: set PHATNGUOI_FIELD to the folder that holds them",
)
def test_the_field_sets() -> None:
    check(scores.field_scores("gate", FIELD))


def test_the_whole_command_says_what_is_worse(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    good = Score("clip: car ap50", "clip", 0.9, 0.8, 1.0, 10, 0.02, "higher", {})
    bad = Score("clip: car ap50", "clip", 0.7, 0.6, 0.8, 10, 0.02, "higher", {})
    monkeypatch.setattr(scores, "read_scores", lambda: {"gate": [good], "full": []})
    monkeypatch.setattr(scores, "clip_scores", lambda _: [bad])
    monkeypatch.setattr(scores, "size_scores", list)
    monkeypatch.setattr(scores, "tracking_scores", list)
    monkeypatch.setattr(scores, "STILLS", tmp_path / "none")
    assert scores.main(["--field", str(tmp_path)]) == 1
    out, err = capsys.readouterr()
    assert "clip: car ap50: 0.7000, worse than 0.9000" in out
    assert "skipped" in err
    monkeypatch.setattr(scores, "clip_scores", lambda _: [good])
    assert scores.main(["--field", str(tmp_path)]) == 0
