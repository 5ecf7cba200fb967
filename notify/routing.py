"""Which channel next: the order for each kind of message, and what an answer means for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from notify.message import ChannelName, Delivery, Force

Verdict = Literal["send", "retry", "done", "give_up"]
_ORDER: dict[Force, tuple[ChannelName, ...]] = {"legal": ("vneid", "letter"), "courtesy": ("zalo", "sms")}


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try on one channel and how it ended."""

    channel: ChannelName
    delivery: Delivery


@dataclass(frozen=True, slots=True)
class NextStep:
    """What to do now. `channel` is None when done or given up."""

    verdict: Verdict
    channel: ChannelName | None
    why: str


def order(force: Force, *, has_phone: bool, has_id_number: bool) -> tuple[ChannelName, ...]:
    """Channels to try, best first, by what is known of the person. A legal message ends on paper."""
    usable: dict[ChannelName, bool] = {
        "vneid": has_id_number,
        "zalo": has_phone,
        "sms": has_phone,
        "letter": True,
    }
    return tuple(channel for channel in _ORDER[force] if usable[channel])


def next_step(
    channels: Sequence[ChannelName], attempts: Sequence[Attempt], *, tries_each: int = 5
) -> NextStep:
    """What follows from the attempts so far.

    Accepted ends it. A retryable failure is tried again on the same channel up to `tries_each`; a permanent
    one moves on to the next channel. An unknown outcome on a channel that cannot tell repeats apart ends a
    courtesy message there: the person may have it, and nobody is told twice on purpose.
    """
    if not channels:
        return NextStep("give_up", None, "no channel is known for this person")
    if not attempts:
        return NextStep("send", channels[0], "first attempt")
    last = attempts[-1]
    if last.delivery.state == "accepted":
        return NextStep("done", None, f"accepted by {last.channel}")
    if last.delivery.state == "unknown" and not last.delivery.retryable:
        return NextStep("done", None, f"{last.channel} gave no answer; it may have been delivered")
    return _after_failure(list(channels), attempts, tries_each)


def _after_failure(channels: list[ChannelName], attempts: Sequence[Attempt], tries_each: int) -> NextStep:
    last = attempts[-1]
    tries = sum(attempt.channel == last.channel for attempt in attempts)
    if last.delivery.retryable and tries < tries_each:
        return NextStep("retry", last.channel, last.delivery.code)
    later = channels[channels.index(last.channel) + 1 :] if last.channel in channels else []
    if later:
        return NextStep("send", later[0], f"{last.channel} failed: {last.delivery.code}")
    return NextStep("give_up", None, f"{last.channel} failed: {last.delivery.code}; no channel is left")
