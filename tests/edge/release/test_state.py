"""Which version a box runs, as a table of what can happen to it."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from edge.release.state import (
    MOST_STARTS,
    REASON_FILE,
    STATE_FILE,
    State,
    Trial,
    begun,
    change,
    confirmed,
    fallen,
    given_up,
    is_settled,
    read_state,
    refused,
    started,
)
from edge.release_reasons import Reason

NOW = "2026-11-27T05:00:00+00:00"
ORDER = "0190b2a4-0000-7000-8000-000000000001"
TRIAL = Trial("9.0.0", ORDER, selftest_s=4.5, before_fps={"cam-a": 12.5})


def test_a_version_on_trial_is_begun_and_stays_once_confirmed():
    state = started(begun(State(current="8.0.0"), TRIAL), NOW)
    assert (state.version, state.trial.starts) == ("9.0.0", 1)
    state = confirmed(state, "9.0.0", NOW)
    assert (state.version, state.previous, state.trial, state.selftest_s) == ("9.0.0", "8.0.0", None, 4.5)


def test_only_the_version_on_trial_can_confirm_itself():
    state = begun(State(current="8.0.0"), TRIAL)
    assert confirmed(state, "8.0.0", NOW) == state
    assert confirmed(State(current="8.0.0"), "8.0.0", NOW) == State(current="8.0.0")


def test_one_that_falls_ill_is_gone_back_from_and_not_tried_again_under_its_order():
    state = fallen(begun(State(current="8.0.0"), TRIAL), "it hangs", NOW, ("last line",))
    assert (state.version, state.failure.version) == ("8.0.0", "9.0.0")
    assert state.failure.log_lines == ("last line",)
    assert is_settled(state, "9.0.0", ORDER)
    assert not is_settled(state, "9.0.0", "another order")


def test_the_reason_is_kept_beside_a_state_that_an_older_launcher_can_read(tmp_path):
    reason = Reason("ended_early", exit_code=1, ran_s=2)
    change(tmp_path, lambda _: begun(State(current="8.0.0"), TRIAL))
    after = change(tmp_path, lambda now: fallen(now, reason, NOW, ("last line",)))
    assert after.failure.why == "ended with code 1 after 2 s, before it was confirmed"
    assert read_state(tmp_path) == after
    kept = json.loads((tmp_path / STATE_FILE).read_bytes())
    assert set(kept["failure"]) == {"version", "order_id", "why", "at", "log_lines"}
    change(tmp_path, lambda now: refused(now, "9.0.0", ORDER, "bad signature", NOW))
    assert read_state(tmp_path).failure.reason is None  # what is kept is another one's
    change(tmp_path, lambda now: refused(now, "9.0.0", ORDER, reason, NOW))
    for broken in (b"", b"[]", b'{"why": 1}', b"{"):
        (tmp_path / REASON_FILE).write_bytes(broken)
        assert read_state(tmp_path).failure.why == reason.words
        assert read_state(tmp_path).failure.reason is None


def test_power_cuts_do_not_let_it_try_for_ever():
    state = begun(State(), TRIAL)
    for _ in range(MOST_STARTS):
        state = started(state, NOW)
        assert state.version == "9.0.0"
    state = started(state, NOW)
    assert state.version == ""
    assert "never confirmed" in state.failure.why


def test_a_confirmed_one_that_cannot_be_kept_running_makes_way_for_the_one_before():
    state = given_up(State(current="9.0.0", previous="8.0.0", order_id=ORDER), "it ends at once", NOW)
    assert (state.version, state.previous, state.failure.version) == ("8.0.0", None, "9.0.0")
    assert given_up(state, "this too", NOW).version == ""


def test_what_was_refused_leaves_the_running_one_alone():
    state = refused(State(current="8.0.0", previous=""), "9.0.0", ORDER, "bad signature", NOW)
    assert (state.version, state.previous) == ("8.0.0", "")
    assert is_settled(state, "9.0.0", ORDER)


@given(st.lists(st.sampled_from(["begin", "start", "confirm", "fall", "give up", "refuse"]), max_size=20))
def test_only_a_version_that_confirmed_itself_runs_for_good(what):
    state, well = State(), {""}
    for number, one in enumerate(what):
        if one == "begin" and state.trial is None:
            state = begun(state, Trial(f"9.0.{number}", ORDER))
        elif one == "start":
            state = started(state, NOW)
        elif one == "confirm" and state.trial is not None:
            well.add(state.trial.version)
            state = confirmed(state, state.trial.version, NOW)
        elif one == "fall":
            state = fallen(state, "ill", NOW)
        elif one == "give up" and state.trial is None:
            state = given_up(state, "ill", NOW)
        elif one == "refuse":
            state = refused(state, "9.9.9", ORDER, "no", NOW)
        assert state.current in well
        assert state.trial is None or state.trial.starts <= MOST_STARTS


def test_it_is_kept_whole(tmp_path):
    ill = fallen(begun(State("8.0.0", "7.0.0", order_id=ORDER), TRIAL), "ill", NOW, ("a", "b"))
    for state in (State(), begun(ill, TRIAL), ill, confirmed(begun(ill, TRIAL), "9.0.0", NOW)):
        change(tmp_path, lambda _before, state=state: state)
        assert read_state(tmp_path) == state


def test_what_cannot_be_read_is_the_first_of_all(tmp_path):
    for content in (b"", b"{", b"[]", b"null", json.dumps({"format": 99}).encode(), b'{"format": 1, "x": 2}'):
        (tmp_path / STATE_FILE).write_bytes(content)
        assert read_state(tmp_path) == State()
