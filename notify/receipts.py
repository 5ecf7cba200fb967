"""What a provider says later about a message it took, and what that makes of the message.

Receipts come late, twice and in any order; `settle` gives the same end for each order.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from notify.message import ChannelName

Outcome = Literal["delivered", "read", "failed", "returned"]
OBJECTIVE = "objective"
"""The post could not, for a reason that is not the person's: says nothing about the address."""
SUPPRESSING = frozenset({"hard_bounce", "opt_out", "returned_mail"})
_RANK = {"sent": 0, "unknown": 0, "failed": 1, "returned": 1, "delivered": 2, "read": 3}


@dataclass(frozen=True, slots=True)
class Receipt:
    """One thing a provider says of one message. `event_id` is the same when it says it again.

    `tracking_id` is ours; `code` is one of `SUPPRESSING` where this address must not be used again.
    """

    channel: ChannelName
    tracking_id: str
    event_id: str
    outcome: Outcome
    at: datetime
    code: str = ""
    detail: str = ""


class ReceiptError(ValueError):
    """The signature is wrong, or the body is not a receipt; says which and never repeats the body."""


def settle(state: str, outcome: Outcome) -> str:
    """The state after a receipt. What was once delivered stays so, whatever comes late.

    Only a message that a provider has is moved; others (`waiting`, `dropped`, ...) take a receipt of an
    earlier try as it is: the person has the message.
    """
    if state not in _RANK:
        return outcome if outcome in {"delivered", "read"} else state
    return outcome if _RANK[outcome] > _RANK[state] else state
