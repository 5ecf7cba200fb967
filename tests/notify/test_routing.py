from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notify.message import ChannelName, Delivery
from notify.routing import Attempt, next_step, order

ACCEPTED = Delivery("accepted")
REFUSED = Delivery("failed", code="no_account")
BUSY = Delivery("failed", code="http_503", retryable=True)
LOST = Delivery("unknown", code="no_answer")
LOST_SAFE = Delivery("unknown", code="no_answer", retryable=True)
OUTCOMES = [ACCEPTED, REFUSED, BUSY, LOST, LOST_SAFE]


@pytest.mark.parametrize(
    ("force", "phone", "number", "channels"),
    [
        ("legal", True, True, ("vneid", "letter")),
        ("legal", True, False, ("letter",)),
        ("courtesy", True, True, ("zalo", "sms")),
        ("courtesy", False, True, ()),
    ],
)
def test_the_order(force: str, phone: bool, number: bool, channels: tuple[str, ...]) -> None:
    assert order(force, has_phone=phone, has_id_number=number) == channels  # type: ignore[arg-type]


TWO: tuple[ChannelName, ...] = ("zalo", "sms")
CASES: list[tuple[list[tuple[ChannelName, Delivery]], str, str | None]] = [
    ([], "send", "zalo"),
    ([("zalo", ACCEPTED)], "done", None),
    ([("zalo", REFUSED)], "send", "sms"),
    ([("zalo", BUSY)], "retry", "zalo"),
    ([("zalo", BUSY)] * 4, "retry", "zalo"),
    ([("zalo", BUSY)] * 5, "send", "sms"),
    ([("zalo", LOST)], "done", None),
    ([("zalo", LOST_SAFE)], "retry", "zalo"),
    ([("zalo", REFUSED), ("sms", BUSY)], "retry", "sms"),
    ([("zalo", REFUSED), ("sms", REFUSED)], "give_up", None),
    ([("zalo", REFUSED), ("sms", ACCEPTED)], "done", None),
    ([("vneid", REFUSED)], "give_up", None),
]


@pytest.mark.parametrize(("past", "verdict", "channel"), CASES)
def test_what_follows(past: list[tuple[ChannelName, Delivery]], verdict: str, channel: str | None) -> None:
    found = next_step(TWO, [Attempt(name, delivery) for name, delivery in past])
    assert (found.verdict, found.channel) == (verdict, channel)
    assert found.why


def test_nobody_to_tell() -> None:
    assert next_step((), []).verdict == "give_up"


@given(st.lists(st.sampled_from(OUTCOMES), min_size=30, max_size=30))
def test_it_always_ends_and_never_writes_after_success(outcomes: list[Delivery]) -> None:
    attempts: list[Attempt] = []
    for outcome in outcomes:
        step = next_step(TWO, attempts)
        if step.channel is None:
            break
        assert all(attempt.delivery.state != "accepted" for attempt in attempts)
        attempts.append(Attempt(step.channel, outcome))
    assert len(attempts) <= 10
    assert next_step(TWO, attempts).channel is None
