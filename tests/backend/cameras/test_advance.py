"""A roll-out as a table of moments: one camera first, then the rest, and back when one falls ill."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from backend.cameras.advance import Limits, Sight, Step, advance, waves
from backend.cameras.conditions import ILL
from backend.cameras.why import Why

NOON = datetime(2026, 11, 27, 5, 0, tzinfo=UTC)
LIMITS = Limits(taken_within_s=120, watch_s=60)
OLD, NEW = "0" * 64, "1" * 64


def step(camera: str, wave: int, state: str = "waiting", *, healthy: bool = True, **times) -> Step:
    return Step(camera, wave, NEW, state, healthy, **times)


def sight(sha256: str = OLD, condition: str = "alive", refused: str | None = None) -> Sight:
    refused_why = Why(code="refused", said="camera.toml:3: road: no") if refused else None
    ill = Why(code="condition", condition=condition) if condition in ILL else None
    return Sight(sha256, refused, refused_why, ill)


def states(steps, sights, at=NOON):
    return [one.state for one in advance(steps, sights, at, LIMITS)]


def test_the_first_goes_alone():
    steps = [step("a", 1), step("b", 2), step("c", 2)]
    assert states(steps, {}) == ["offered", "waiting", "waiting"]


@pytest.mark.parametrize(
    ("seen", "after_s", "healthy", "state"),
    [
        (sight(), 119, True, "offered"),
        (sight(), 121, True, "failed"),  # it had the time
        (sight(), 9999, False, "offered"),  # it was silent before: wait for it
        (None, 121, True, "failed"),
        (sight(NEW), 5, True, "taken"),
        (sight(NEW, "moved"), 5, True, "taken"),  # looked at once it has settled
        (sight(OLD, refused=NEW), 5, True, "failed"),
        (sight(OLD, refused=NEW), 5, False, "failed"),
        (sight(OLD, refused=OLD), 5, True, "offered"),  # an older refusal
    ],
)
def test_what_was_offered(seen, after_s, healthy, state):
    offered = step("a", 1, "offered", healthy=healthy, offered_at=NOON)
    at = NOON + timedelta(seconds=after_s)
    assert states([offered], {"a": seen} if seen else {}, at)[0] == state


@pytest.mark.parametrize(
    ("condition", "after_s", "healthy", "state"),
    [
        ("alive", 59, True, "taken"),
        ("alive", 60, True, "well"),
        ("moved", 9, True, "taken"),
        ("moved", 10, True, "failed"),
        ("silent", 30, True, "failed"),
        ("dark", 60, True, "well"),
        ("moved", 1, False, "well"),  # it was ill before: the file is not to blame
    ],
)
def test_what_was_taken(condition, after_s, healthy, state):
    taken = step("a", 1, "taken", healthy=healthy, offered_at=NOON, taken_at=NOON)
    (after,) = advance([taken], {"a": sight(NEW, condition)}, NOON + timedelta(seconds=after_s), LIMITS)
    assert after.state == state
    ill = Why(code="condition", condition=condition, after_s=after_s)
    assert after.why == (ill if state == "failed" else None)


@pytest.mark.parametrize(
    ("seen", "state"),
    [(sight(OLD, refused=NEW), "failed"), (sight(NEW, refused=NEW), "well"), (sight(OLD), "well")],
)
def test_what_was_well_fails_where_it_went_back_after_all(seen, state):
    assert states([step("a", 1, "well")], {"a": seen}) == [state]


def test_the_rest_follows_when_the_first_is_well():
    steps = [step("a", 1, "well"), step("b", 2), step("c", 2)]
    assert states(steps, {}) == ["well", "offered", "offered"]


def test_nobody_follows_one_that_failed():
    steps = [step("a", 1, "offered", offered_at=NOON), step("b", 2)]
    assert states(steps, {"a": sight(OLD, refused=NEW)}) == ["failed", "waiting"]
    assert advance(steps, {"a": sight(OLD, refused=NEW)}, NOON, LIMITS)[0].why == Why(
        code="refused", said="camera.toml:3: road: no"
    )


def test_while_it_is_paused_nobody_new_is_offered_anything():
    steps = [step("a", 1, "well"), step("b", 2, "offered", offered_at=NOON), step("c", 2), step("d", 3)]
    assert [one.state for one in advance(steps, {"b": sight(NEW)}, NOON, LIMITS, paused=True)] == [
        "well",
        "taken",
        "waiting",
        "waiting",
    ]


@pytest.mark.parametrize(
    ("count", "share", "turns"),
    [
        (0, 0.25, []),
        (1, 0.25, [1]),
        (2, 0.25, [1, 2]),
        (3, 0.25, [1, 2, 3]),
        (8, 0.25, [1, 2, 2, 3, 3, 3, 3, 3]),
        (4, 1.0, [1, 2, 2, 2]),
    ],
)
def test_one_goes_first_then_a_share_then_the_rest(count, share, turns):
    assert waves(count, share) == turns
