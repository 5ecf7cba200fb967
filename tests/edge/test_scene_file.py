"""What a camera file must say for each rule, and how it is told when it does not."""

from __future__ import annotations

from typing import get_args

import pytest
from pydantic import ValidationError

from edge.report import ACTS_OF_RULE, RuleName
from edge.rules import RULES
from edge.scene_file import CameraFile
from penalty import catalogue
from tests.edge import road_kit as kit

SQUARE = ((0, 0), (10, 0), (10, 10))
GATE = ((0, 0), (10, 0))


def zone(kind: str) -> dict[str, object]:
    return {"zones": ({"name": "z", "kind": kind, "polygon_px": SQUARE},)}


def turn(kind: str) -> dict[str, object]:
    return {"forbidden_turns": ({"name": "t", "kind": kind, "enter_px": GATE, "leave_px": GATE},)}


def lane(**own: object) -> dict[str, object]:
    return {"road": {"direction_m": (0, 1), "lanes": ({"name": "l", "polygon_px": SQUARE, **own},)}}


SOLID = {"solid_lines": ({"name": "s", "points_px": GATE},)}

ENOUGH = [
    ("wrong_way", {"road": {"direction_m": (0, 1), "one_way": True}}),
    ("wrong_way", lane(direction_m=(0, -1))),
    ("wrong_lane", lane(kinds=("motorbike",))),
    ("emergency_lane", lane(emergency=True)),
    ("lane_line", SOLID),
    ("no_entry", zone("no_entry")),
    ("illegal_turn", turn("left")),
    ("illegal_turn", turn("right")),
    ("u_turn", turn("u_turn")),
    ("stopping", zone("no_stopping")),
    ("parking", zone("no_parking")),
    ("parking", zone("no_stopping")),
    ("blocking", zone("crosswalk")),
    ("blocking", zone("junction")),
    ("helmet", {}),
]


@pytest.mark.parametrize(("rule", "section"), ENOUGH)
def test_a_file_that_says_what_the_rule_needs(rule: str, section: dict[str, object]) -> None:
    assert kit.camera_file(rules=(rule,), **section).rules == (rule,)


@pytest.mark.parametrize(
    ("rule", "section", "says"),
    [
        ("wrong_way", {}, "road.one_way"),
        ("wrong_way", lane(kinds=("car",)), "road.one_way"),
        ("wrong_lane", lane(), "kinds"),
        ("emergency_lane", lane(), "emergency = true"),
        ("lane_line", {}, "solid_lines"),
        ("no_entry", zone("no_parking"), '"no_entry"'),
        ("illegal_turn", turn("u_turn"), '"left" or "right"'),
        ("u_turn", turn("left"), '"u_turn"'),
        ("stopping", zone("no_parking"), '"no_stopping"'),
        ("parking", zone("crosswalk"), '"no_parking"'),
        ("blocking", zone("no_entry"), '"crosswalk" or "junction"'),
        ("red_light", {"signal": None}, "[signal]"),
        ("speeding", {"speed": None}, "[speed]"),
    ],
)
def test_what_a_rule_lacks_is_told(rule: str, section: dict[str, object], says: str) -> None:
    with pytest.raises(ValidationError) as told:
        kit.camera_file(rules=(rule,), **section)
    assert f"{rule} needs" in str(told.value)
    assert says in str(told.value)


@pytest.mark.parametrize(
    "road", [{"direction_m": (0, 0)}, {"direction_m": (0, 1), **lane(direction_m=(0, 0))["road"]}]
)
def test_a_direction_points_somewhere(road: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match=r"points nowhere"):
        kit.camera_file(road=road)


def test_hours_are_times_of_the_day() -> None:
    busy = zone("no_entry")
    busy["zones"][0]["hours"] = ({"since": "06:00:00", "until": "09:00:00"},)  # type: ignore[index]
    assert kit.camera_file(rules=(), **busy).zones[0].hours[0].until.hour == 9
    busy["zones"][0]["hours"] = ({"since": "25:00:00", "until": "09:00:00"},)  # type: ignore[index]
    with pytest.raises(ValidationError, match=r"zones\.0\.hours\.0\.since"):
        CameraFile.model_validate(kit.camera_file().model_dump(by_alias=True) | busy)


def test_the_contract_names_the_acts_of_every_rule() -> None:
    assert set(ACTS_OF_RULE) == set(get_args(RuleName))
    assert set(RULES) <= set(ACTS_OF_RULE)


def test_every_act_a_rule_may_name_is_in_the_catalogue() -> None:
    known = {row.act for row in catalogue.load().rows}
    assert {act for acts in ACTS_OF_RULE.values() for act in acts} <= known
