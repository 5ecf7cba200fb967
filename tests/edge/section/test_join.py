"""Two cameras, one vehicle: who is joined, who is too fast, who is left in peace."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from edge.cli import app
from edge.section.join import RoadSection, findings
from edge.section.passages import Passage
from edge.section.passing import gate_crossing
from tests.edge import road_kit as kit

START = datetime(2026, 3, 1, 1, 0, tzinfo=UTC)
ROAD = RoadSection.model_validate(
    {
        "id": "ql13-km8",
        "entry_camera": "cam-a",
        "exit_camera": "cam-b",
        "distance_m": 2000,
        "distance_error_m": 1,
        "limit_kmh": 80,
        "tolerance": [{"valid_from": "2026-02-01", "kmh": 3}],
    }
)


def passage(s: float | None, plate: str = "61A12345", **more: object) -> Passage:
    at = None if s is None else START + timedelta(seconds=s)
    given_ = {
        "camera_id": "cam-b",
        "section_id": "ql13-km8",
        "plate": plate,
        "kind": "car",
        "track": 1,
        "t_s": s or 0.0,
    }
    return Passage.model_validate(given_ | {"error_s": 0.02, "at": at, "clock_uncertainty_s": 0.05} | more)


def said(entries: list[Passage], exits: list[Passage]) -> list[str]:
    return [one.act or one.code for one in findings(ROAD, entries, exits)]


def drive_s(kmh: float) -> float:
    return 7200 / kmh


@pytest.mark.parametrize(
    ("what", "entries", "exits", "expected"),
    [
        ("at the limit", [passage(0)], [passage(drive_s(80))], []),
        ("4 over", [passage(0)], [passage(drive_s(84))], []),
        ("7 over, less 3 of tolerance", [passage(0)], [passage(drive_s(87))], ["within_uncertainty"]),
        ("10 over", [passage(0)], [passage(drive_s(90))], ["speed_5_10"]),
        ("20 over", [passage(0)], [passage(drive_s(100))], ["speed_10_20"]),
        (
            "on a motorbike",
            [passage(0, kind="motorbike")],
            [passage(drive_s(110), kind="motorbike")],
            ["speed_over_20"],
        ),
        ("another plate", [passage(0, "61A99999")], [passage(drive_s(120))], []),
        ("the other way round", [passage(100)], [passage(0)], []),
        ("a car in, a truck out", [passage(0)], [passage(drive_s(120), kind="truck")], ["kinds_differ"]),
        ("in twice within a minute", [passage(0), passage(40)], [passage(40 + drive_s(120))], ["seen_twice"]),
        ("in yesterday and today", [passage(-86_400), passage(0)], [passage(drive_s(100))], ["speed_10_20"]),
        ("no clock", [passage(None)], [passage(50)], ["no_clock"]),
        ("clocks of 10 s", [passage(0, clock_uncertainty_s=10)], [passage(drive_s(120))], ["too_uncertain"]),
        ("faster than can be", [passage(0)], [passage(10)], ["too_short_time"]),
        ("before the tolerance was law", [passage(-6e6)], [passage(-6e6 + drive_s(87))], ["speed_5_10"]),
    ],
)
def test_table(what: str, entries: list[Passage], exits: list[Passage], expected: list[str]) -> None:
    assert said(entries, exits) == expected, what


@given(kmh=st.floats(20, 84.9), off_a=st.floats(-0.05, 0.05), off_b=st.floats(-0.05, 0.05))
def test_nobody_who_kept_the_limit_is_accused_by_clocks_within_their_bounds(
    kmh: float, off_a: float, off_b: float
) -> None:
    assert all(one.act is None for one in findings(ROAD, [passage(off_a)], [passage(drive_s(kmh) + off_b)]))


GATED = kit.road(section_gate={"section_id": "ql13-km8", "line_px": [kit.ground(-4, 30), kit.ground(4, 30)]})


@settings(deadline=None, max_examples=40)
@given(kmh=st.floats(25, 110), start_s=st.floats(0, 0.08), noise_px=st.sampled_from([0.0, 1.0]))
def test_a_crossing_is_told_between_pictures(kmh: float, start_s: float, noise_px: float) -> None:
    motion = kit.cruise(kmh, 4.0)
    track = kit.sighted(motion, kit.frames(12, 12.5, start_s), noise_px=noise_px)
    crossing = gate_crossing(track, GATED)
    assert crossing is not None
    true_s = 4.0 + 3.6 * (30 - kit.LINE_M) / kmh
    assert abs(crossing.t_s - true_s) < max(4 * crossing.error_s, 2e-3)
    assert crossing.error_s < 0.12


@pytest.mark.parametrize(
    ("what", "track"),
    [
        ("only seen before the gate", kit.sighted(kit.through((0, 14), (2, 29)), kit.frames(2, 12.5))),
        ("stands on the gate", kit.sighted(lambda _: 30.0, kit.frames(3, 12.5))),
        ("drives beside it", kit.sighted(kit.cruise(50, 4.0), kit.frames(12, 12.5), x_m=9.0)),
        ("comes the other way", kit.sighted(lambda t: 60 - 12 * t, kit.frames(4, 12.5))),
    ],
)
def test_who_was_not_seen_on_both_sides_has_no_crossing(what: str, track: object) -> None:
    assert gate_crossing(track, GATED) is None, what  # type: ignore[arg-type]


def test_a_camera_without_a_gate_has_no_crossings() -> None:
    assert gate_crossing(kit.sighted(kit.cruise(50, 4.0), kit.frames(12, 12.5)), kit.road()) is None


SECTION = """
id = "ql13-km8"
entry_camera = "cam-a"
exit_camera = "cam-b"
distance_m = 2000.0
distance_error_m = 1.0
limit_kmh = 80
"""


def run(
    tmp_path: Path, entries: list[Passage], exits: list[Passage], section: str = SECTION
) -> tuple[int, str]:
    for name, lines in (("a.jsonl", entries), ("b.jsonl", exits)):
        (tmp_path / name).write_text("".join(one.model_dump_json() + "\n" for one in lines))
    (tmp_path / "section.toml").write_text(section)
    names = [str(tmp_path / name) for name in ("a.jsonl", "b.jsonl")]
    options = ["--section", str(tmp_path / "section.toml"), "--out", str(tmp_path / "out")]
    result = CliRunner().invoke(app, ["average-speed", *names, *options])
    return result.exit_code, result.output


def test_the_command_joins_two_files(tmp_path: Path) -> None:
    entries = [passage(0, camera_id="cam-a"), passage(5, "61C55555", camera_id="cam-a", kind="car")]
    exits = [passage(drive_s(100)), passage(5 + drive_s(85.2), "61C55555")]
    assert run(tmp_path, entries, exits)[0] == 0
    (found,) = map(json.loads, (tmp_path / "out/section_violations.jsonl").read_text().splitlines())
    (kept,) = map(json.loads, (tmp_path / "out/section_withheld.jsonl").read_text().splitlines())
    assert (found["act"], found["plate"], found["entry"]["camera_id"]) == ("speed_10_20", "61A12345", "cam-a")
    assert found["measures"][0]["lower_95"] < 100 < found["measures"][0]["upper_95"]
    assert (kept["code"], kept["plate"]) == ("within_uncertainty", "61C55555")


@pytest.mark.parametrize(
    ("what", "entries", "section", "says"),
    [
        ("files exchanged", [passage(0, camera_id="cam-b")], SECTION, "were the two files exchanged"),
        ("a section of 10 m", [], SECTION.replace("2000.0", "10.0"), "distance_m"),
        ("no TOML", [], "id = ", "cannot be read as TOML"),
    ],
)
def test_errors_are_one_line(
    tmp_path: Path, what: str, entries: list[Passage], section: str, says: str
) -> None:
    code, output = run(tmp_path, entries, [], section)
    assert code == 1, what
    assert says in output
