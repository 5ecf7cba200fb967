from __future__ import annotations

import json
from datetime import date
from typing import Any, get_args

import pytest
from typer.testing import CliRunner

from penalty import catalogue
from penalty.acts import ActRow
from penalty.calendar import LegalCalendar
from penalty.cli import app
from penalty.legal_steps import LegalStep
from penalty.tables import Confidence

RUN = CliRunner()


def run_json(*arguments: str) -> Any:
    result = RUN.invoke(app, [*arguments, "--json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


def test_assess_as_json() -> None:
    found = run_json("assess", "--act", "red_light", "--vehicle", "car", "--date", "2026-11-23")
    assert (found["code"], found["fine_vnd"], found["points"]) == ("CAR-6-9-b", 19_000_000, 4)
    assert found["explanation_right"] is True


def test_assess_for_people() -> None:
    result = RUN.invoke(app, ["assess", "--act", "red_light", "--vehicle", "car", "--date", "2026-11-23"])
    assert "19.000.000 đồng (Mười chín triệu đồng)" in result.output
    assert "read-primary" in result.output


def test_assess_counts_circumstances_and_organisations() -> None:
    base = ["assess", "--act", "red_light", "--vehicle", "car", "--date", "2026-11-23"]
    assert run_json(*base, "--mitigating", "2")["fine_vnd"] == 18_000_000
    assert run_json(*base, "--organisation")["fine_vnd"] == 38_000_000


KINDS_OF_CLASS = {"any": "car"}


@pytest.mark.parametrize("row", catalogue.load().rows, ids=lambda row: f"{row.code}-{row.valid_from}")
def test_every_act_prints_value_rule_article_and_confidence(row: ActRow) -> None:
    kind = KINDS_OF_CLASS.get(row.vehicle_class, row.vehicle_class)
    arguments = ["assess", "--act", row.act, "--vehicle", kind, "--date", row.valid_from.isoformat()]
    arguments += ["--points", str(row.points[0])] if len(row.points) > 1 else []
    found = run_json(*arguments)
    assert (found["min_vnd"], found["max_vnd"]) == (row.min_vnd, row.max_vnd)
    assert found["fine_vnd"] * 2 == row.min_vnd + row.max_vnd
    assert found["amount_reason_vi"] or row.max_vnd == 0
    assert f"Điều {row.article} " in found["legal_ref"]
    assert f"Article {row.article} " in found["legal_ref_en"]
    assert found["confidence"] in get_args(Confidence)
    assert found["source"]
    assert found["who_may_sign"][0]["max_vnd"] >= row.max_vnd


@pytest.mark.parametrize(
    "step",
    [version for versions in LegalCalendar.load().steps.values() for version in versions],
    ids=lambda step: f"{step.step_id}-{step.valid_from}",
)
def test_every_step_prints_value_rule_article_and_confidence(step: LegalStep) -> None:
    start = max(step.valid_from, date(2026, 1, 5)) if step.valid_to is None else step.valid_from
    arguments = ["deadlines", "--step", step.step_id, "--from", f"{start.isoformat()}T09:30", "--json"]
    result = RUN.invoke(app, arguments)
    if step.length is None:
        assert result.exit_code == 2
        assert "no period" in result.output
        return
    (found,) = json.loads(result.output)
    assert found["due_on"]
    assert found["article_vi"] in found["rule_vi"]
    assert found["article"] in found["rule_en"]
    assert (found["article"], found["length"]) == (step.article, step.length)
    assert found["confidence"] in get_args(Confidence)


def test_one_deadline_and_all_of_them() -> None:
    (one,) = run_json("deadlines", "--step", "D1", "--from", "2026-11-23")
    assert (one["due_on"], one["unit"]) == ("2026-12-03", "working_day")
    every = {row["step_id"] for row in run_json("deadlines", "--from", "2026-11-23")}
    assert "H2" not in every
    with_hours = run_json("deadlines", "--from", "2026-11-23T09:30")
    assert {row["step_id"] for row in with_hours} == every | {"H2"}
    result = RUN.invoke(app, ["deadlines", "--step", "D1", "--from", "2026-11-23"])
    assert result.output.startswith("D1   03/12/2026  Ra quyết định xử phạt: 7 ngày làm việc")


def test_show_lists_the_acts_and_the_graph() -> None:
    rows = run_json("show", "--vehicle", "bicycle", "--date", "2026-11-23")
    assert "red_light" in {row["act"] for row in rows}
    result = RUN.invoke(app, ["show", "--vehicle", "bicycle", "--date", "2026-11-23"])
    assert "150.000 - 250.000" in result.output
    assert RUN.invoke(app, ["show", "--graph"]).output.startswith("stateDiagram-v2")


@pytest.mark.parametrize(
    "arguments",
    [
        ["assess", "--act", "flying", "--vehicle", "car", "--date", "2026-11-23"],
        ["assess", "--act", "red_light", "--vehicle", "car", "--date", "23/11/2026"],
        ["assess", "--act", "red_light", "--vehicle", "car", "--date", "2026-11-23", "--mitigating", "1"],
        ["deadlines", "--step", "Z9", "--from", "2026-11-23"],
        ["deadlines", "--step", "H2", "--from", "2026-11-23"],
        ["deadlines", "--from", "2026-11-23T99:00"],
        ["deadlines", "--step", "D1"],
        ["show", "--vehicle", "car"],
        ["show", "--vehicle", "boat", "--date", "2026-11-23"],
    ],
)
def test_wrong_input_is_a_usage_error_not_a_traceback(arguments: list[str]) -> None:
    result = RUN.invoke(app, arguments)
    assert result.exit_code == 2
    assert "Traceback" not in result.output


def test_an_old_start_goes_by_the_old_law_and_shows_the_new() -> None:
    (found,) = run_json("deadlines", "--step", "B1", "--from", "2026-02-13T17:30")
    assert (found["due_on"], found["article"]) == ("2026-02-25", "Decree 135/2021 Art.15")
    assert found["otherwise_on"] == "2026-02-16"
    (newer,) = found["other_versions"]
    assert (newer["due_on"], newer["valid_from"]) == ("2026-02-27", "2026-04-01")
    text = RUN.invoke(app, ["deadlines", "--step", "B1", "--from", "2026-02-13"]).output
    assert "theo quy định từ 01/04/2026: 27/02/2026" in text


def test_the_law_of_two_days_compared() -> None:
    found = run_json("diff", "--from", "2026-03-01", "--to", "2026-11-27")
    assert {"B1", "G2"} <= {row["name"] for row in found if row["kind"] == "changed"}
    text = RUN.invoke(app, ["diff", "--from", "2026-03-31", "--to", "2026-04-01"]).output
    assert "length: 3 -> 5" in text
    assert RUN.invoke(app, ["diff", "--from", "2026-04-01", "--to", "2026-03-31"]).exit_code == 2
