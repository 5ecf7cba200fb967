from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from penalty.calendar import LegalCalendar
from penalty.diagram import dossier_graph
from penalty.dossier import (
    END_STATES,
    LABELS,
    OPEN_STATES,
    TABLE,
    Action,
    IllegalMoveError,
    Role,
    State,
    advance,
    allowed,
    opening_deadlines,
)
from penalty.guards import Facts

CALENDAR = LegalCalendar.load()
TODAY = date(2026, 11, 23)
LATER = date(2027, 1, 1)
BEFORE = date(2026, 11, 1)
GOOD = Facts(
    today=TODAY,
    limitation_until=LATER,
    owner_known=True,
    notified=True,
    violator_identified=True,
    record_signed=True,
    explanation_right=True,
    explanation_waived=True,
    decide_until=LATER,
    band_max_vnd=20_000_000,
    signing_power_vnd=22_500_000,
    due_vnd=19_000_000,
    paid_vnd=19_000_000,
    receipt_issued=True,
    decided=True,
    reason="Có căn cứ",
)
ASKED = {"remission_asked": True, "remittable_vnd": 19_000_000, "remits_vnd": 5_000_000}


@pytest.mark.parametrize("takes_points", [True, False])
def test_points_are_posted_only_where_some_are_taken(*, takes_points: bool) -> None:
    facts = replace(GOOD, takes_points=takes_points)
    step = advance(State.RECORDED, Action.DECIDE, role=Role.TEAM_CHIEF, facts=facts)
    begun = {deadline.step_id for deadline in step.due(CALENDAR, TODAY)}
    assert begun == {"D5", "E8", *(["E10"] if takes_points else [])}
    assert "E10" in step.meets  # this program counts points by the decision itself


def test_the_straight_way_from_look_up_to_closed() -> None:
    way = [
        (Action.SEND_NOTICE, Role.SYSTEM, State.NOTIFIED, "notice_sent"),
        (Action.MAKE_RECORD, Role.OWNER, State.RECORDED, "record_made"),
        (Action.DECIDE, Role.TEAM_CHIEF, State.DECIDED, "decision_issued"),
        (Action.DELIVER, Role.SYSTEM, State.DECIDED, "decision_delivered"),
        (Action.PAY, Role.SYSTEM, State.PAID, "fine_paid"),
        (Action.CLOSE, Role.SYSTEM, State.CLOSED, "closed"),
    ]
    state = State.OWNER_LOOKUP
    for action, role, to_state, event in way:
        step = advance(state, action, role=role, facts=GOOD)
        assert (step.from_state, step.to_state, step.event) == (state, to_state, event)
        state = step.to_state


WAITING = {"explanation_waived": False, "explain_until": LATER}
UNPAID = {"pay_until": BEFORE, "enforce_until": LATER}
REFUSED = [
    (State.OWNER_LOOKUP, Action.SEND_NOTICE, {"owner_known": False}, "owner_unknown"),
    (State.OWNER_LOOKUP, Action.SEND_NOTICE, {"limitation_until": BEFORE}, "time_barred"),
    (State.OWNER_LOOKUP, Action.SEND_NOTICE, {"limitation_until": None}, "time_barred"),
    (State.OWNER_LOOKUP, Action.LAPSE, {}, "not_time_barred"),
    (State.OWNER_LOOKUP, Action.DROP, {"reason": " "}, "reason_missing"),
    (State.NOTIFIED, Action.WARN, {"answer_until": TODAY}, "answer_time_running"),
    (State.NOTIFIED, Action.WARN, {"answer_until": BEFORE, "warned": True}, "answer_time_running"),
    (State.NOTIFIED, Action.MAKE_RECORD, {"violator_identified": False}, "violator_unknown"),
    (State.NOTIFIED, Action.MAKE_RECORD, {"record_signed": False}, "record_unsigned"),
    (State.NOTIFIED, Action.MAKE_RECORD, {"limitation_until": BEFORE}, "time_barred"),
    (State.DRIVER_NAMED, Action.MAKE_RECORD, {"age_known": False}, "driver_age_unknown"),
    (State.DRIVER_NAMED, Action.MAKE_RECORD, {"may_be_penalised": False}, "driver_under_age"),
    (State.RECORDED, Action.DECIDE, {"may_be_penalised": False}, "driver_under_age"),
    (State.DECIDED, Action.CLOSE, {"delivered_on": TODAY}, "not_fully_paid"),
    (State.DECIDED, Action.CLOSE, {"warning": True}, "not_delivered"),
    (State.RECORDED, Action.DECIDE, {"decide_until": TODAY - timedelta(days=1)}, "decision_late"),
    (State.RECORDED, Action.DECIDE, {"decide_until": None}, "decision_late"),
    (State.RECORDED, Action.DECIDE, {"limitation_until": BEFORE}, "time_barred"),
    (State.RECORDED, Action.DECIDE, WAITING, "explanation_open"),
    (State.RECORDED, Action.DECIDE, {**WAITING, "explain_until": TODAY}, "explanation_open"),
    (State.RECORDED, Action.DECIDE, {**WAITING, "explain_until": None}, "explanation_open"),
    (State.RECORDED, Action.DECIDE, {"signing_power_vnd": 15_000_000}, "no_signing_power"),
    (State.RECORDED, Action.DECIDE, {"signing_power_vnd": None}, "no_signing_power"),
    (State.RECORDED, Action.DECIDE, {"band_max_vnd": None}, "no_signing_power"),
    (State.RECORDED, Action.RECEIVE_EXPLANATION, {}, "no_explanation_right"),
    (State.RECORDED, Action.RECEIVE_EXPLANATION, {**WAITING, "explain_until": BEFORE}, "explanation_late"),
    (State.RECORDED, Action.LAPSE, {}, "not_time_barred"),
    (State.DECIDED, Action.DELIVER, {"delivered_on": TODAY}, "already_delivered"),
    (State.DECIDED, Action.DEEM_DELIVERED, {"post_returns": 2}, "post_may_try_again"),
    (State.DECIDED, Action.DEEM_DELIVERED, {"post_returns": 3, "delivered_on": TODAY}, "already_delivered"),
    (State.DECIDED, Action.MARK_OVERDUE, {"pay_until": TODAY}, "not_overdue"),
    (State.DECIDED, Action.MARK_OVERDUE, {"pay_until": BEFORE, "overdue": True}, "not_overdue"),
    (State.DECIDED, Action.PAY, {"paid_vnd": 18_999_999}, "not_fully_paid"),
    (State.DECIDED, Action.REDUCE, {}, "remission_not_asked"),
    (State.OVERDUE, Action.REDUCE, {**ASKED, "reason": ""}, "reason_missing"),
    (State.OVERDUE, Action.REDUCE, {**ASKED, "signing_power_vnd": 15_000_000}, "no_signing_power"),
    (State.DECIDED, Action.REDUCE, {**ASKED, "remits_vnd": 0}, "remission_not_a_part"),
    (State.DECIDED, Action.REDUCE, {**ASKED, "remits_vnd": 19_000_000}, "remission_not_a_part"),
    (State.ENFORCED, Action.EXEMPT, ASKED, "remission_not_whole"),
    (State.CLOSED, Action.EXEMPT, {**ASKED, "remittable_vnd": None}, "remission_not_whole"),
    (State.DECIDED, Action.PAY, {"due_vnd": None}, "not_fully_paid"),
    (State.DECIDED, Action.LAPSE, {"enforce_until": TODAY}, "not_time_barred"),
    (State.DECIDED, Action.ANNUL, {"reason": ""}, "reason_missing"),
    (State.PAID, Action.CLOSE, {"receipt_issued": False}, "receipt_missing"),
    (State.NOTIFIED, Action.CONTEST, {"limitation_until": BEFORE}, "time_barred"),
    (State.NOTIFIED, Action.TRANSFER, {"receiver": " "}, "receiver_missing"),
    (State.TRANSFERRED, Action.RETURN, {"notified": False}, "not_notified"),
    (State.TRANSFERRED, Action.RETURN_UNNOTIFIED, {}, "was_notified"),
    (State.CONTESTED, Action.REFUSE_CONTEST, {"reason": ""}, "reason_missing"),
    (State.DRIVER_NAMED, Action.DRIVER_CONFIRMS, {"driver_heard": True}, "driver_was_heard"),
    (State.OVERDUE, Action.ENFORCE, {"reason": ""}, "reason_missing"),
    (State.OVERDUE, Action.ENFORCE, {**UNPAID, "pay_until": TODAY}, "paying_later"),
    (State.OVERDUE, Action.ENFORCE, {**UNPAID, "relief_waits": True}, "relief_waits"),
    (State.OVERDUE, Action.ENFORCE, {**UNPAID, "enforce_until": BEFORE}, "enforcement_late"),
    (State.OVERDUE, Action.ENFORCE, {**UNPAID, "signing_power_vnd": 15_000_000}, "no_signing_power"),
    (State.OVERDUE, Action.PAY, {"paid_vnd": 0}, "not_fully_paid"),
    (State.CLOSED, Action.ANNUL, {"decided": False}, "no_decision"),
    (State.ANNULLED, Action.REFUND, {}, "not_refunded"),
    (State.ANNULLED, Action.REFUND, {"refunded_vnd": 18_999_999}, "not_refunded"),
    (State.ANNULLED, Action.REFUND, {"refunded_vnd": 5, "paid_vnd": 0}, "not_refunded"),
]


@pytest.mark.parametrize(("state", "action", "changes", "code"), REFUSED)
def test_a_guard_refuses_in_both_languages(
    state: State, action: Action, changes: dict[str, object], code: str
) -> None:
    role = max(TABLE[state, action].roles)
    with pytest.raises(IllegalMoveError) as caught:
        advance(state, action, role=role, facts=replace(GOOD, **changes))  # type: ignore[arg-type]
    assert caught.value.code == code
    assert caught.value.message_vi
    assert caught.value.message_en
    assert (caught.value.state, caught.value.action) == (state, action)


ACCEPTED = [
    (State.OWNER_LOOKUP, Action.LAPSE, {"limitation_until": BEFORE}, State.LAPSED),
    (State.NOTIFIED, Action.WARN, {"answer_until": BEFORE}, State.NOTIFIED),
    (State.RECORDED, Action.RECEIVE_EXPLANATION, WAITING, State.EXPLAINED),
    (State.EXPLAINED, Action.DECIDE, {**WAITING, "explanation_received": True}, State.DECIDED),
    (State.EXPLAINED, Action.LAPSE, {"decide_until": BEFORE}, State.LAPSED),
    (State.NOTIFIED, Action.CONTEST, {}, State.CONTESTED),
    (State.CONTESTED, Action.REFUSE_CONTEST, {}, State.NOTIFIED),
    (State.CONTESTED, Action.FIND_OTHER_OWNER, {}, State.OWNER_LOOKUP),
    (State.CONTESTED, Action.DROP, {}, State.REJECTED),
    (State.NOTIFIED, Action.NAME_DRIVER, {}, State.DRIVER_NAMED),
    (State.DRIVER_NAMED, Action.MAKE_RECORD, {}, State.RECORDED),
    (State.DRIVER_NAMED, Action.DRIVER_CONFIRMS, {}, State.DRIVER_NAMED),
    (State.DRIVER_NAMED, Action.DRIVER_DENIES, {}, State.NOTIFIED),
    (State.NOTIFIED, Action.TRANSFER, {"receiver": "Công an phường"}, State.TRANSFERRED),
    (State.TRANSFERRED, Action.RETURN, {}, State.NOTIFIED),
    (State.TRANSFERRED, Action.RETURN_UNNOTIFIED, {"notified": False}, State.OWNER_LOOKUP),
    (State.TRANSFERRED, Action.SETTLE_ELSEWHERE, {}, State.CLOSED),
    (State.TRANSFERRED, Action.LAPSE, {"limitation_until": BEFORE}, State.LAPSED),
    (State.OVERDUE, Action.PAY, {}, State.PAID),
    (State.OVERDUE, Action.ENFORCE, {**UNPAID, "enforce_until": TODAY}, State.ENFORCED),
    (State.ENFORCED, Action.PAY, {}, State.PAID),
    (State.ENFORCED, Action.ANNUL, {}, State.ANNULLED),
    (State.ANNULLED, Action.REFUND, {"refunded_vnd": 19_000_000}, State.REFUNDED),
    (State.RECORDED, Action.DECIDE, {**WAITING, "explain_until": BEFORE}, State.DECIDED),
    (State.RECORDED, Action.DECIDE, {**WAITING, "explanation_received": True}, State.DECIDED),
    (State.RECORDED, Action.DECIDE, {"explanation_right": False}, State.DECIDED),
    (State.RECORDED, Action.DECIDE, {"decide_until": TODAY, "limitation_until": TODAY}, State.DECIDED),
    (State.RECORDED, Action.LAPSE, {"decide_until": BEFORE}, State.LAPSED),
    (State.RECORDED, Action.LAPSE, {"limitation_until": BEFORE}, State.LAPSED),
    (State.DECIDED, Action.MARK_OVERDUE, {"pay_until": BEFORE}, State.OVERDUE),
    (State.DECIDED, Action.LAPSE, {"enforce_until": BEFORE}, State.LAPSED),
    (State.DECIDED, Action.DEEM_DELIVERED, {"post_returns": 3}, State.DECIDED),
    (State.CLOSED, Action.ANNUL, {}, State.ANNULLED),
    (State.DECIDED, Action.CLOSE, {"warning": True, "delivered_on": TODAY}, State.CLOSED),
]


@pytest.mark.parametrize(("state", "action", "changes", "to_state"), ACCEPTED)
def test_a_guard_lets_pass(state: State, action: Action, changes: dict[str, object], to_state: State) -> None:
    role = max(TABLE[state, action].roles)
    facts = replace(GOOD, **changes)  # type: ignore[arg-type]
    assert advance(state, action, role=role, facts=facts).to_state is to_state


def test_the_warning_is_lifted_in_the_move_that_closes_a_case() -> None:
    closing = [edge for edge in TABLE.values() if any(rule.step_id == "A3" for rule in edge.starts)]
    assert closing
    assert all("A3" in edge.meets for edge in closing)


def test_what_another_unit_settled_is_asked_of_nobody_here() -> None:
    step = advance(State.TRANSFERRED, Action.SETTLE_ELSEWHERE, role=Role.SYSTEM, facts=GOOD)
    assert {"A1", "A2"} <= set(step.ends)


def test_what_is_not_in_the_table_cannot_happen() -> None:
    for state in State:
        for action in Action:
            if (state, action) in TABLE:
                continue
            with pytest.raises(IllegalMoveError) as caught:
                advance(state, action, role=Role.SYSTEM, facts=GOOD)
            assert caught.value.code == "no_such_move"


def test_each_move_is_for_its_roles_only() -> None:
    for (state, action), edge in TABLE.items():
        for role in set(Role) - edge.roles:
            with pytest.raises(IllegalMoveError) as caught:
                advance(state, action, role=role, facts=GOOD)
            assert caught.value.code == "role_not_allowed"


def test_neither_the_system_nor_the_owner_decides() -> None:
    for state in (State.RECORDED, State.EXPLAINED):
        assert TABLE[state, Action.DECIDE].roles == {Role.OFFICER, Role.TEAM_CHIEF}


def test_the_clocks_of_the_record_depend_on_the_right_to_explain() -> None:
    waived = advance(State.NOTIFIED, Action.MAKE_RECORD, role=Role.OWNER, facts=GOOD)
    explaining = replace(GOOD, explanation_waived=False)
    asked = advance(State.NOTIFIED, Action.MAKE_RECORD, role=Role.OWNER, facts=explaining)
    assert [rule.step_id for rule in waived.deadlines] == ["D1"]
    assert [rule.step_id for rule in asked.deadlines] == ["D1", "C1", "C2"]


@pytest.mark.parametrize(("action", "way"), [(Action.DELIVER, "D6"), (Action.DEEM_DELIVERED, "D7")])
def test_payment_time_starts_when_delivery_is_deemed(action: Action, way: str) -> None:
    step = advance(State.DECIDED, action, role=Role.SYSTEM, facts=replace(GOOD, post_returns=3))
    due = {deadline.step_id: deadline for deadline in step.due(CALENDAR, TODAY)}
    assert due.keys() == {way, "E1", "G1", "G7"}
    assert due[way].due_on == date(2026, 11, 27)  # three working days, 24/11 is a holiday
    assert due["E1"].start_on == date(2026, 11, 27)
    assert due["E1"].due_on == date(2026, 12, 7)
    assert due["G1"].start_on == date(2026, 11, 27)


def test_an_explanation_moves_the_decision_to_a_month_from_the_record() -> None:
    facts = replace(GOOD, explanation_waived=False, explain_until=LATER)
    step = advance(State.RECORDED, Action.RECEIVE_EXPLANATION, role=Role.OWNER, facts=facts)
    (month,) = step.due(CALENDAR, TODAY + timedelta(days=4), recorded_on=TODAY)
    assert (month.step_id, month.due_on) == ("D3", date(2026, 12, 23))
    with pytest.raises(ValueError, match="recorded_on: step D3"):
        step.due(CALENDAR, TODAY)


def test_the_recording_starts_the_notice_and_the_limitation() -> None:
    notice, limitation = opening_deadlines(CALENDAR, date(2026, 11, 20))
    assert (notice.step_id, notice.due_on) == ("A1", date(2026, 11, 30))
    assert (limitation.step_id, limitation.raw_due_on) == ("A4", date(2027, 11, 20))


def test_every_end_can_be_reached_and_every_open_state_left() -> None:
    reached, todo = {State.OWNER_LOOKUP}, [State.OWNER_LOOKUP]
    while todo:
        state = todo.pop()
        for action in allowed(state):
            to_state = TABLE[state, action].to_state
            if to_state not in reached:
                reached.add(to_state)
                todo.append(to_state)
    assert reached == set(State)
    assert set(State) == OPEN_STATES | END_STATES
    for state in OPEN_STATES:
        assert any(TABLE[state, action].to_state is not state for action in allowed(state))


def test_every_state_has_a_name_and_the_picture_shows_every_edge() -> None:
    assert set(LABELS) == set(State)
    picture = dossier_graph()
    assert picture.startswith("stateDiagram-v2\n")
    for (state, action), edge in TABLE.items():
        assert f"{state} --> {edge.to_state}: {action} [" in picture
