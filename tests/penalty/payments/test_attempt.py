from __future__ import annotations

import itertools

import pytest

from penalty.payments.attempt import (
    GRAPH,
    UNDECIDED,
    AttemptEvent,
    AttemptState,
    IllegalEventError,
    after,
    event_of,
    to_mermaid,
)
from penalty.payments.values import Outcome

S, E = AttemptState, AttemptEvent


@pytest.mark.parametrize(
    ("way", "end"),
    [
        ((E.PAID_A_DEBT,), S.PAID),
        ((E.TIMED_OUT, E.PAID_A_DEBT), S.PAID),
        ((E.TIMED_OUT, E.PAID_NO_DEBT, E.GAVE_BACK), S.REFUNDED),
        ((E.HELD, E.PAID_A_DEBT), S.PAID),
        ((E.HELD, E.FAILED), S.FAILED),
        ((E.PAID_A_DEBT, E.DEBT_FELL_AWAY, E.GAVE_BACK), S.REFUNDED),
    ],
)
def test_ways_that_happen(way: tuple[AttemptEvent, ...], end: AttemptState) -> None:
    state = S.STARTED
    for event in way:
        state = after(state, event)
    assert state is end


def test_every_state_is_reached_and_money_never_vanishes() -> None:
    reached = {S.STARTED} | set(GRAPH.values())
    assert reached == set(S)
    for event in E:
        for state in (S.FAILED, S.REFUNDED):
            with pytest.raises(IllegalEventError, match=f"payment {state}"):
                after(state, event)
    assert {target for (state, _), target in GRAPH.items() if state is S.PAID} == {S.SURPLUS}


@pytest.mark.parametrize(
    ("state", "outcome", "owed"), list(itertools.product(sorted(UNDECIDED), Outcome, (True, False)))
)
def test_whatever_a_provider_says_of_an_open_attempt_has_an_edge(
    state: AttemptState, outcome: Outcome, owed: bool
) -> None:
    event = event_of(outcome, owed=owed)
    if outcome is Outcome.PENDING or (state, outcome) == (S.HELD, Outcome.HELD):
        assert event in {None, E.HELD}
    else:
        assert event is not None
        assert after(state, event)


def test_the_graph_is_drawn_from_the_table() -> None:
    assert to_mermaid().count("-->") == len(GRAPH) + 1
