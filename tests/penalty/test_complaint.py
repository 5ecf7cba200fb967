from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penalty.calendar import LegalCalendar
from penalty.complaint import (
    ENTRIES,
    GROUND_NAMES,
    LABELS,
    TABLE,
    TO_REFUSE,
    Answer,
    ComplaintAction,
    ComplaintError,
    ComplaintState,
    Ground,
    advance,
    second_until,
    state_of_first,
    state_of_next,
    to_mermaid,
)
from penalty.submissions import SubmissionKind, answer_due

CALENDAR = LegalCalendar.load()
TODAY = date(2026, 11, 23)
S, A = ComplaintState, ComplaintAction
NO = Answer(Ground.WRONG_FACTS, justified=False, text="Hình ảnh cho thấy rõ sự việc.")
YES = Answer(Ground.WRONG_VEHICLE, justified=True, text="Xe trong ảnh khác màu với xe đăng ký.")
GROUNDS = (Ground.WRONG_FACTS, Ground.WRONG_VEHICLE)


def step(state: S, action: A, by: str, *answers: Answer, grounds: tuple[Ground, ...] = ()) -> S:
    return advance(
        state, action, by=by, calendar=CALENDAR, on=TODAY, grounds=grounds, answers=answers
    ).to_state


def test_upheld_after_each_ground_was_answered() -> None:
    accepted = step(S.FILED, A.ACCEPT, "team_chief")
    assert step(accepted, A.UPHOLD, "team_chief", NO, YES, grounds=GROUNDS) is S.UPHELD


def test_rejected_then_upheld_by_the_superior() -> None:
    rejected = step(S.ACCEPTED, A.REJECT, "team_chief", NO, grounds=(Ground.WRONG_FACTS,))
    again = step(step(rejected, A.FILE_AGAIN, "complainant"), A.ACCEPT, "superior")
    assert step(again, A.UPHOLD, "superior", YES, grounds=(Ground.WRONG_VEHICLE,)) is S.UPHELD
    with pytest.raises(ComplaintError) as told:
        step(S.SECOND_ACCEPTED, A.REJECT, "team_chief", NO, grounds=(Ground.WRONG_FACTS,))
    assert told.value.code == "role_not_allowed"


def test_a_second_complaint_has_its_own_time_and_a_last_one_is_the_last() -> None:
    until = second_until(CALENDAR, TODAY)
    assert (until.step_id, until.start_on) == ("G4", date(2026, 11, 27))  # three working days to send it
    assert until.due_on == date(2026, 12, 28)  # thirty days end on a Sunday


LAST_DAY = date(2026, 12, 28)
DAY_AFTER = LAST_DAY + timedelta(days=1)


@pytest.mark.parametrize(
    ("before", "today", "state"),
    [
        (S.REJECTED, LAST_DAY, S.SECOND_FILED),
        (S.REFUSED, LAST_DAY, S.SECOND_FILED),
        (S.REJECTED, DAY_AFTER, S.SECOND_OUT_OF_TIME),
        (S.REFUSED, DAY_AFTER, S.SECOND_OUT_OF_TIME),
        (S.LAPSED, DAY_AFTER, S.SECOND_OUT_OF_TIME),
        (S.SECOND_REJECTED, TODAY, S.REPEATED),
        (S.SECOND_REFUSED, TODAY, S.REPEATED),
        (S.NOT_ADMITTED, TODAY, S.REPEATED),
        (S.UPHELD, TODAY, S.REPEATED),
    ],
)
def test_where_another_complaint_about_the_same_decision_stands(before: S, today: date, state: S) -> None:
    assert state_of_next(before=before, today=today, until=LAST_DAY) is state


@pytest.mark.parametrize("state", sorted(TO_REFUSE))
def test_what_came_too_late_or_once_too_often_is_refused_with_a_reason(state: S) -> None:
    by = "superior" if state is S.SECOND_OUT_OF_TIME else "team_chief"
    with pytest.raises(ComplaintError) as told:
        step(state, A.REFUSE, by, grounds=GROUNDS)
    assert told.value.code == "reason_missing"
    refuse = {"by": by, "calendar": CALENDAR, "on": TODAY, "grounds": GROUNDS, "reason": "Quá thời hiệu."}
    moved = advance(state, A.REFUSE, **refuse)
    assert (moved.to_state, moved.deadlines) == (S.NOT_ADMITTED, ())
    accepting = (state, A.ACCEPT) in TABLE
    assert accepting is (state is not S.REPEATED)
    if accepting:
        assert advance(state, A.ACCEPT, **refuse).to_state in {S.ACCEPTED, S.SECOND_ACCEPTED}


@pytest.mark.parametrize(
    ("state", "action", "by", "answers", "code"),
    [
        (S.FILED, A.UPHOLD, "team_chief", (YES, NO), "no_such_move"),
        (S.UPHELD, A.WITHDRAW, "complainant", (), "no_such_move"),
        (S.FILED, A.ACCEPT, "complainant", (), "role_not_allowed"),
        (S.FILED, A.WITHDRAW, "team_chief", (), "role_not_allowed"),
        (S.ACCEPTED, A.REJECT, "team_chief", (NO,), "ground_unanswered"),
        (
            S.ACCEPTED,
            A.REJECT,
            "team_chief",
            (NO, Answer(Ground.WRONG_VEHICLE, False, " ")),
            "ground_unanswered",
        ),
        (S.ACCEPTED, A.REJECT, "team_chief", (NO, YES), "answers_contradict"),
        (
            S.ACCEPTED,
            A.UPHOLD,
            "team_chief",
            (NO, Answer(Ground.WRONG_VEHICLE, False, "Không.")),
            "answers_contradict",
        ),
    ],
)
def test_what_is_refused(state: S, action: A, by: str, answers: tuple[Answer, ...], code: str) -> None:
    with pytest.raises(ComplaintError) as told:
        step(state, action, by, *answers, grounds=GROUNDS)
    assert told.value.code == code
    assert told.value.message_vi


@pytest.mark.parametrize(
    ("until", "grounds", "code"), [(None, GROUNDS, "no_decision"), (TODAY, (), "ground_missing")]
)
def test_filing(until: date | None, grounds: tuple[Ground, ...], code: str) -> None:
    with pytest.raises(ComplaintError) as told:
        state_of_first(today=TODAY, complain_until=until, grounds=grounds)
    assert told.value.code == code


@pytest.mark.parametrize(("days", "state"), [(0, S.FILED), (30, S.FILED), (-1, S.OUT_OF_TIME)])
def test_the_last_day_counts(days: int, state: S) -> None:
    until = TODAY + timedelta(days=days)
    assert state_of_first(today=TODAY, complain_until=until, grounds=GROUNDS) is state


def test_the_clocks() -> None:
    accept_by = answer_due(SubmissionKind.COMPLAINT, TODAY, CALENDAR)
    assert (accept_by.step_id, accept_by.due_on) == ("G2", date(2026, 12, 3))  # 24/11 is a holiday
    moved = advance(S.FILED, A.ACCEPT, by="team_chief", calendar=CALENDAR, on=TODAY)
    assert [(one.step_id, one.length, one.unit) for one in moved.deadlines] == [("G3", 30, "calendar_day")]
    old = advance(S.FILED, A.ACCEPT, by="team_chief", calendar=CALENDAR, on=date(2026, 6, 1))
    assert old.deadlines[0].step_id == "G3"
    before = answer_due(SubmissionKind.COMPLAINT, date(2026, 6, 1), CALENDAR)
    assert before.due_on == date(2026, 6, 11)  # ten days before Decree 155/2026, seven working days since


def test_every_end_is_reached_and_everything_has_a_name() -> None:
    reached, todo = set(ENTRIES), [*ENTRIES]
    while todo:
        state = todo.pop()
        for (of, _), edge in TABLE.items():
            if of is state and edge.to_state not in reached:
                reached.add(edge.to_state)
                todo.append(edge.to_state)
    assert reached == set(S)
    assert set(LABELS) == set(S)
    assert set(GROUND_NAMES) == set(Ground)
    assert all(edge.starts == () or set(edge.starts) <= set(CALENDAR.steps) for edge in TABLE.values())
    assert to_mermaid().count("-->") == len(TABLE) + len(ENTRIES) + sum(
        not any(of is state for of, _ in TABLE) for state in S
    )


@given(
    st.lists(
        st.tuples(st.sampled_from(A), st.sampled_from(["team_chief", "superior", "complainant", "system"])),
        max_size=12,
    )
)
def test_nobody_judges_his_own_complaint(tries: list[tuple[A, str]]) -> None:
    state, judged_by = S.FILED, set()
    for action, by in tries:
        answers = (YES,) if action is A.UPHOLD else (NO,)
        grounds = (answers[0].ground,)
        try:
            state = step(state, action, by, *answers, grounds=grounds)
        except ComplaintError:
            continue
        if action in (A.ACCEPT, A.UPHOLD, A.REJECT, A.REFUSE):
            judged_by.add(by)
    assert judged_by <= {"team_chief", "superior"}
