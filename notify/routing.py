"""Which channel next, when to try again, and what an answer means. Values only; chance is passed in."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Literal

from notify.message import ChannelName, Delivery, Force

Verdict = Literal["done", "retry", "unknown", "give_up"]
CHANNELS_OF: dict[Force, tuple[ChannelName, ...]] = {
    "legal": ("vneid", "letter"),
    "courtesy": ("zalo", "sms", "email"),
}
RETRY_FIRST_S = 5.0
RETRY_MOST_S = 3600.0
LEAST_TRIES = 5
_JITTER = 0.2
_DOUBLINGS = 16


def order(
    force: Force, known: Collection[ChannelName], *, preferred: Sequence[ChannelName] = ()
) -> tuple[ChannelName, ...]:
    """Channels to try, best first, of those known of the person. A legal message ends on paper.

    `preferred` is the person's own order of courtesy channels; the law's order is nobody's to change.
    """
    of_force = CHANNELS_OF[force]
    wanted = preferred if force == "courtesy" else ()
    ranked = [*(one for one in wanted if one in of_force), *(one for one in of_force if one not in wanted)]
    return tuple(one for one in dict.fromkeys(ranked) if one in known or one == "letter")


def follows(delivery: Delivery, *, force: Force, tries: int, now: datetime, give_up_at: datetime) -> Verdict:
    """What follows from the last of `tries` answers.

    A retryable failure is tried again until `give_up_at` and at least `LEAST_TRIES` times, so that a clock
    that jumps ahead ends nothing. What only an operator can mend makes a legal message wait and a courtesy
    message take another way. An unknown outcome on a channel that cannot tell repeats apart ends it there:
    the person may have it, and nobody is told twice on purpose.
    """
    if delivery.state == "accepted":
        return "done"
    if delivery.state == "unknown" and not delivery.retryable:
        return "unknown"
    if delivery.retryable or (delivery.needs_operator and force == "legal"):
        return "give_up" if tries >= LEAST_TRIES and now >= give_up_at else "retry"
    return "give_up"


def wait_s(tries: int, *, chance: float, asked_s: float = 0.0) -> float:
    """Seconds until the next try: doubling from 5 s to an hour, a fifth more or less by `chance` in [0, 1).

    Never less than `asked_s`, which the provider asked for.
    """
    plain = min(RETRY_FIRST_S * (1 << min(max(tries, 1) - 1, _DOUBLINGS)), RETRY_MOST_S)
    return max(plain * (1 + _JITTER * (2 * chance - 1)), asked_s * (1 + _JITTER * chance))
