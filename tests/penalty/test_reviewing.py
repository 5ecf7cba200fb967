"""The table of reports: who may do what when, and that the backend knows no other state."""

from __future__ import annotations

import itertools

import pytest
from sqlalchemy import CheckConstraint

from backend.intake.models import Violation
from penalty.reviewing import DECIDED, TABLE, IllegalReviewError, ReviewAction, ReviewState, reached


def test_what_is_not_in_the_table_cannot_happen() -> None:
    for state, action in itertools.product(ReviewState, ReviewAction):
        if (state, action) in TABLE:
            assert reached(state, action) is TABLE[state, action]
            continue
        with pytest.raises(IllegalReviewError, match=state):
            reached(state, action)


def test_nothing_decided_is_decided_again_and_nobody_decides_what_he_does_not_hold() -> None:
    assert not [state for state, _ in TABLE if state in DECIDED]
    assert {state for (state, _), to_state in TABLE.items() if to_state in DECIDED} == {ReviewState.CLAIMED}


def test_the_database_knows_these_states_and_no_other() -> None:
    (check,) = [
        str(one.sqltext)
        for one in Violation.__table__.constraints
        if isinstance(one, CheckConstraint) and "review" in str(one.sqltext)
    ]
    assert set(check.split("'")[1::2]) == set(ReviewState)
