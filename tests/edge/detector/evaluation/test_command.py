"""What the command says, with eyes that say what they are told; and once with the real ones."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from edge.detector.cli import app
from edge.detector.evaluation import command
from edge.detector.evaluation.plate_scores import PlateGuess
from edge.detector.evaluation.recognise import Choice
from edge.detector.evaluation.scores import Found, RiderAnswer
from edge.detector.types import Box
from tests.edge.detector.evaluation.kit import FakeEyes, store

RUN = CliRunner()
WHOLE = Box(0, 0, 200, 100)


@pytest.fixture
def eyes(monkeypatch: pytest.MonkeyPatch) -> dict[int, object]:
    """What the eyes say of a picture of a shade."""
    said: dict[int, object] = {}
    monkeypatch.setattr(command, "open_eyes", lambda *_, **__: FakeEyes(said))
    return said


def told(capsys: pytest.CaptureFixture[str]) -> dict:
    return json.loads(capsys.readouterr().out)


def test_boxes(tmp_path: Path, eyes: dict[int, object], capsys: pytest.CaptureFixture[str]) -> None:
    store(tmp_path / "a.jpg", 50)
    (tmp_path / "a.txt").write_text("0 0.5 0.5 1 1\n", encoding="utf-8")
    (tmp_path / "classes.txt").write_text("car\nzebra\n", encoding="utf-8")
    eyes[50] = [Found("car", WHOLE, 0.3), Found("bus", WHOLE, 0.9)]
    assert command.evaluate(tmp_path, None, Choice({}), as_json=True) == 0
    out, err = capsys.readouterr()
    (one,) = json.loads(out)["sets"]
    assert list(one["classes"]) == ["car"]
    assert one["classes"]["car"]["ap50_95"] == {"value": 1.0, "low": 1.0, "high": 1.0, "n": 1}
    assert err.count("\n") == 1
    assert "zebra" in err


def test_plates(tmp_path: Path, eyes: dict[int, object], capsys: pytest.CaptureFixture[str]) -> None:
    store(tmp_path / "set" / "a.png", 50)
    store(tmp_path / "set" / "b.png", 60)
    (tmp_path / "set.csv").write_text("image,text\na.png,59L12345\nb.png,29A1234\n", encoding="utf-8")
    eyes[50] = [PlateGuess("59L12345", WHOLE, accepted=True)]
    eyes[60] = [PlateGuess("29A1235", WHOLE, accepted=True)]
    assert command.evaluate(tmp_path / "set.csv", None, Choice({}), as_json=True) == 0
    (one,) = told(capsys)["sets"]
    assert {name: one[name]["value"] for name in ("exact", "accepted", "wrong_among_accepted")} == {
        "exact": 0.5,
        "accepted": 1.0,
        "wrong_among_accepted": 0.5,
    }
    assert one["per_character"] == {"value": 0.9333, "low": 0.8571, "high": 1.0, "n": 15}


def test_helmets_to_read(tmp_path: Path, eyes: dict[int, object], capsys: pytest.CaptureFixture[str]) -> None:
    store(tmp_path / "helmet" / "a.png", 50)
    store(tmp_path / "no_helmet" / "b.png", 60)
    eyes[50] = RiderAnswer("helmet", "helmet")
    assert command.evaluate(tmp_path, None, Choice({}), as_json=False) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].endswith("(helmets, 2 pictures)")
    assert "balanced accuracy    0.500 (0.50 to 0.50, n 2)" in lines[1]
    assert [line.strip() for line in lines[-3:-1]] == [
        "true helmet          said helmet 1",
        "true no_helmet       said undecided 1",
    ]


def test_a_broken_picture_costs_its_line_and_the_status(
    tmp_path: Path, eyes: dict[int, object], capsys: pytest.CaptureFixture[str]
) -> None:
    store(tmp_path / "red" / "a.png", 50)
    store(tmp_path / "green" / "b.png", 60)
    (tmp_path / "green" / "c.jpg").write_bytes(b"")
    eyes |= {50: "red", 60: "unknown"}
    assert command.evaluate(tmp_path, None, Choice({}), as_json=True) == 1
    out, err = capsys.readouterr()
    (one,) = json.loads(out)["sets"]
    assert one["confusion"] == {"green": {"unknown": 1}, "red": {"red": 1}}
    assert (one["unreadable"], one["pictures"]) == (1, 2)
    (line,) = err.splitlines()
    assert "empty" in line
    assert "c.jpg" in line


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere"], "there is no such data set"),
        (["{set}", "--names", "0=zebra"], "names no class of ours"),
        (["{set}", "--model", "nowhere.onnx"], "model file not found: nowhere.onnx"),
        (["{set}", "--model", "{set}/red/a.png"], "cannot load the network"),
        (["{set}", "--model", "{set}"], "model file not found"),
        (["{set}", "--model", "{set}/x.pt"], "x.pt. "),
    ],
)
def test_what_a_person_can_mend_is_said_in_one_line(arguments: list[str], words: str, tmp_path: Path) -> None:
    store(tmp_path / "red" / "a.png")
    store(tmp_path / "green" / "a.png")
    (tmp_path / "x.pt").write_text("no weights", encoding="utf-8")
    result = RUN.invoke(app, ["evaluate", *(one.format(set=tmp_path) for one in arguments)])
    assert result.exit_code == 1
    assert words in result.stderr
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 1


def test_with_the_shipped_eyes(tmp_path: Path) -> None:
    store(tmp_path / "a.jpg", 50)
    (tmp_path / "a.txt").write_text("0 0.5 0.5 1 1\n", encoding="utf-8")
    result = RUN.invoke(app, ["evaluate", str(tmp_path), "--names", "car", "--json"])
    assert result.exit_code == 0
    told_ = json.loads(result.stdout)
    assert told_["sets"][0]["classes"]["car"]["ap50"]["value"] == 0.0
    assert list(told_["models"]) == ["kinds", "vehicles"]
    assert len(told_["models"]["vehicles"]["sha256"]) == 64
