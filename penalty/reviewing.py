"""The way of a report before there is a dossier: (state, action) -> state. One officer holds it at a time.

Sources: Decree 61/2026 Art. 14 (the result of a device is written down and signed by a person), Circular
73/2024 Art. 23-24. A report enters at `review` once its signature, hashes and clock were found right
(`reported`); confirming it opens the dossier, in the same transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class ReviewState(StrEnum):
    REVIEW = "review"
    CLAIMED = "claimed"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"


class ReviewAction(StrEnum):
    """`EXPIRE`: whoever held it did not come back in time, so the next may take it."""

    CLAIM = "claim"
    EXPIRE = "expire"
    RELEASE = "release"
    CORRECT = "correct"
    CONFIRM = "confirm"
    REJECT = "reject"


DECIDED: Final = frozenset({ReviewState.CONFIRMED, ReviewState.REJECTED})

_S, _A = ReviewState, ReviewAction
TABLE: Final[Mapping[tuple[ReviewState, ReviewAction], ReviewState]] = MappingProxyType(
    {
        (_S.REVIEW, _A.CLAIM): _S.CLAIMED,
        (_S.CLAIMED, _A.EXPIRE): _S.REVIEW,
        (_S.CLAIMED, _A.RELEASE): _S.REVIEW,
        (_S.CLAIMED, _A.CORRECT): _S.CLAIMED,
        (_S.CLAIMED, _A.CONFIRM): _S.CONFIRMED,
        (_S.CLAIMED, _A.REJECT): _S.REJECTED,
    }
)


class IllegalReviewError(ValueError):
    """A step that the table does not know in this state."""


def reached(state: ReviewState, action: ReviewAction) -> ReviewState:
    """Where a report stands after a step. Raises IllegalReviewError."""
    to_state = TABLE.get((state, action))
    if to_state is None:
        raise IllegalReviewError(f"a report that is {state!s} cannot be met with {action!s}")
    return to_state


def to_mermaid() -> str:
    """The table as a Mermaid state diagram."""
    lines = ["stateDiagram-v2", f"    [*] --> {_S.REVIEW}: reported [camera box]"]
    lines += [f"    {state} --> {to_state}: {action}" for (state, action), to_state in TABLE.items()]
    ends = {_S.CONFIRMED: "opens the dossier at owner_lookup", _S.REJECTED: "with a reason code"}
    lines += [f"    {state} --> [*]: {said}" for state, said in ends.items()]
    return "\n".join(lines) + "\n"
