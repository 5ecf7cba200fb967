"""What the police may do now, and why not the rest: by state, by role and by law."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from backend.dossiers.choices import ALWAYS, choices
from backend.dossiers.words import ACTION_NAMES
from penalty.dossier import TABLE, Action, Role, State
from penalty.guards import Facts

TODAY = date(2026, 11, 27)
GOOD = Facts(
    today=TODAY,
    limitation_until=TODAY + timedelta(days=300),
    decide_until=TODAY + timedelta(days=5),
    explanation_waived=True,
    band_max_vnd=6_000_000,
    signing_power_vnd=7_500_000,
    decided=True,
    pay_until=TODAY - timedelta(days=1),
    enforce_until=TODAY + timedelta(days=300),
)


def by_action(state, role=Role.OFFICER, facts=GOOD):
    return {one.action: one for one in choices(state, role, facts)}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, None),
        ({"signing_power_vnd": 0}, "no_signing_power"),
        ({"decide_until": TODAY - timedelta(days=1)}, "decision_late"),
        ({"limitation_until": TODAY - timedelta(days=1)}, "time_barred"),
        (
            {"explanation_right": True, "explanation_waived": False, "explain_until": TODAY},
            "explanation_open",
        ),
    ],
)
def test_a_decision_is_open_only_as_the_law_has_it(changes, code):
    decide = by_action(State.RECORDED, facts=replace(GOOD, **changes))[Action.DECIDE]
    assert (decide.open, decide.code) == (code is None, code)
    assert (decide.why is None) == decide.open


def test_a_move_of_another_state_names_the_states_it_belongs_to():
    decide = by_action(State.NOTIFIED)[Action.DECIDE]
    assert decide.code == "no_such_move"
    assert decide.why == (
        "Chỉ khi hồ sơ ở bước: đã lập biên bản, đã nhận giải trình.",
        "Only while the case stands at: record made, explanation received.",
    )


def test_who_is_not_of_the_police_is_told_whose_move_it_is():
    found = by_action(State.RECORDED, role=Role.ACCOUNTANT)
    assert not any(one.open for one in found.values())
    assert found[Action.DECIDE].why == ("Chỉ dành cho: cán bộ, chỉ huy.", "Only for: officers, chiefs.")


def test_an_officer_may_ask_for_what_a_chief_does():
    assert by_action(State.DECIDED)[Action.ANNUL].open
    assert by_action(State.DECIDED, facts=replace(GOOD, decided=False))[Action.ANNUL].code == "no_decision"


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("role", [Role.OFFICER, Role.TEAM_CHIEF])
def test_every_choice_is_said_with_a_reason_or_open_by_the_table(state, role):
    found = choices(state, role, GOOD)
    assert {*ALWAYS} <= {one.action for one in found} <= {*ACTION_NAMES}
    for one in found:
        assert one.open or (one.code and one.why and all(one.why)), one
        assert not one.open or (state, one.action) in TABLE
    assert [one.open for one in found] == sorted((one.open for one in found), reverse=True)
