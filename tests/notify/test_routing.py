from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notify.message import Delivery
from notify.routing import LEAST_TRIES, RETRY_MOST_S, follows, order, wait_s

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
LATER, BEFORE = NOW + timedelta(hours=1), NOW - timedelta(hours=1)
ACCEPTED = Delivery("accepted")
REFUSED = Delivery("failed", code="no_account")
BUSY = Delivery("failed", code="http_503", retryable=True)
LOST = Delivery("unknown", code="no_answer")
LOST_SAFE = Delivery("unknown", code="no_answer", retryable=True)
BROKEN = Delivery("failed", code="unauthorized", needs_operator=True)


@pytest.mark.parametrize(
    ("force", "known", "preferred", "channels"),
    [
        ("legal", {"vneid", "letter", "zalo"}, (), ("vneid", "letter")),
        ("legal", {"zalo"}, (), ("letter",)),
        ("legal", {"vneid"}, ("letter",), ("vneid", "letter")),
        ("courtesy", {"zalo", "sms", "email", "vneid"}, (), ("zalo", "sms", "email")),
        ("courtesy", {"zalo", "sms", "email"}, ("email", "sms"), ("email", "sms", "zalo")),
        ("courtesy", {"sms"}, ("email",), ("sms",)),
        ("courtesy", {"vneid", "letter"}, (), ()),
    ],
)
def test_the_order(force, known, preferred, channels):
    assert order(force, known, preferred=preferred) == channels


@pytest.mark.parametrize(
    ("delivery", "force", "tries", "give_up_at", "verdict"),
    [
        (ACCEPTED, "courtesy", 1, LATER, "done"),
        (REFUSED, "courtesy", 1, LATER, "give_up"),
        (REFUSED, "legal", 1, LATER, "give_up"),
        (BUSY, "courtesy", 1, LATER, "retry"),
        (BUSY, "courtesy", 500, LATER, "retry"),
        (BUSY, "courtesy", LEAST_TRIES, BEFORE, "give_up"),
        (BUSY, "courtesy", LEAST_TRIES - 1, BEFORE, "retry"),
        (LOST, "courtesy", 1, LATER, "unknown"),
        (LOST_SAFE, "legal", 1, LATER, "retry"),
        (BROKEN, "legal", 1, LATER, "retry"),
        (BROKEN, "legal", LEAST_TRIES, BEFORE, "give_up"),
        (BROKEN, "courtesy", 1, LATER, "give_up"),
    ],
)
def test_what_follows(delivery, force, tries, give_up_at, verdict):
    assert follows(delivery, force=force, tries=tries, now=NOW, give_up_at=give_up_at) == verdict


@given(st.integers(1, 10_000), st.floats(0, 1, exclude_max=True), st.floats(0, 86_400))
def test_waits_are_bounded_and_keep_what_the_provider_asked_for(tries, chance, asked_s):
    wait = wait_s(tries, chance=chance, asked_s=asked_s)
    assert asked_s <= wait <= max(RETRY_MOST_S, asked_s) * 1.2
    assert wait >= 4


def test_two_days_of_trying_are_some_sixty_tries():
    waited, tries = 0.0, 0
    while waited < 2 * 86_400:
        tries += 1
        waited += wait_s(tries, chance=0.5)
    assert 50 < tries < 65
