"""The state graph of one attempt to pay: (state, event) -> state, one event an edge; nothing else can be."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from penalty.payments.values import Outcome


class AttemptState(StrEnum):
    """`HELD`: taken, but under suspicion. `SURPLUS`: came and is not owed, so it is owed back."""

    STARTED = "started"
    EXPIRED = "expired"
    FAILED = "failed"
    HELD = "held"
    PAID = "paid"
    SURPLUS = "refund"
    REFUNDED = "refunded"


class AttemptEvent(StrEnum):
    """What can happen to an attempt."""

    PAID_A_DEBT = "paid_a_debt"
    PAID_NO_DEBT = "paid_no_debt"
    FAILED = "failed"
    HELD = "held"
    TIMED_OUT = "timed_out"
    DEBT_FELL_AWAY = "debt_fell_away"
    GAVE_BACK = "gave_back"


class IllegalEventError(ValueError):
    """An event that cannot happen in this state."""


_S, _E = AttemptState, AttemptEvent
_WAITING: Final = (_S.STARTED, _S.EXPIRED, _S.HELD)

GRAPH: Final[Mapping[tuple[AttemptState, AttemptEvent], AttemptState]] = MappingProxyType(
    {
        **{(state, _E.PAID_A_DEBT): _S.PAID for state in _WAITING},
        **{(state, _E.PAID_NO_DEBT): _S.SURPLUS for state in _WAITING},
        **{(state, _E.FAILED): _S.FAILED for state in _WAITING},
        (_S.STARTED, _E.HELD): _S.HELD,
        (_S.EXPIRED, _E.HELD): _S.HELD,
        (_S.STARTED, _E.TIMED_OUT): _S.EXPIRED,
        (_S.PAID, _E.DEBT_FELL_AWAY): _S.SURPLUS,
        (_S.SURPLUS, _E.GAVE_BACK): _S.REFUNDED,
    }
)

UNDECIDED: Final = frozenset({_S.STARTED, _S.EXPIRED, _S.HELD})
"""States in which the provider's last word has not been heard."""


def after(state: AttemptState, event: AttemptEvent) -> AttemptState:
    """Where an attempt stands after an event. Raises IllegalEventError for one that cannot happen."""
    try:
        return GRAPH[state, event]
    except KeyError:
        raise IllegalEventError(f"payment {state}: {event} cannot happen") from None


def event_of(outcome: Outcome, *, owed: bool) -> AttemptEvent | None:
    """What an outcome means where the debt stands or not; None while the outcome is open."""
    if outcome is Outcome.PAID:
        return _E.PAID_A_DEBT if owed else _E.PAID_NO_DEBT
    if outcome is Outcome.PENDING:
        return None
    return _E.HELD if outcome is Outcome.HELD else _E.FAILED


def to_mermaid() -> str:
    """The graph as a Mermaid state diagram."""
    edges = [f"    {state} --> {target}: {event}" for (state, event), target in GRAPH.items()]
    return "\n".join(["stateDiagram-v2", f"    [*] --> {_S.STARTED}", *edges]) + "\n"
