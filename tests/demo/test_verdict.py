"""When a played demo counts as passed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.demo.clip import TrueViolation
from backend.demo.verdict import judge

TRUTH = (TrueViolation("red_light", "61L29754"), TrueViolation("speeding", "61X190583"))


def report(number, rule, plate, state="confirmed"):
    return {"id": f"v{number}", "rule": rule, "act": rule, "plate": plate, "state": state}


def case(number, plate, state="closed", fine=5_000_000, paid=5_000_000):
    return {
        "id": f"d{number}",
        "violation_id": f"v{number}",
        "plate": plate,
        "state": state,
        "fine_vnd": fine,
        "paid_vnd": paid,
    }


REPORTED = [report(1, "red_light", "61L29754"), report(2, "speeding", "61X190583")]
CASES = [case(1, "61L29754"), case(2, "61X190583")]


def test_all_found_nothing_else_and_every_case_closed_is_ok():
    verdict = judge(TRUTH, REPORTED, CASES)

    assert verdict.ok
    assert [violation["true"] for violation in verdict.violations] == [True, True]


@pytest.mark.parametrize(
    ("reported", "cases", "fault"),
    [
        (REPORTED[:1], CASES[:1], "missed: speeding of 61X190583"),
        ([], [], "missed: red_light of 61L29754"),
        (
            [*REPORTED, report(3, "red_light", "61A72814", "rejected")],
            CASES,
            "innocent: red_light of 61A72814",
        ),
        ([*REPORTED, report(3, "red_light", None, "rejected")], CASES, "innocent: red_light of None"),
        (
            [*REPORTED, report(3, "red_light", "61L29754", "rejected")],
            CASES,
            "reported twice: red_light of 61L29754",
        ),
        ([REPORTED[0], report(2, "red_light", "61X190583")], CASES, "missed: speeding of 61X190583"),
        (REPORTED, CASES[:1], "confirmed without a dossier: 61X190583"),
        (
            [REPORTED[0], report(2, "speeding", "61X190583", "claimed")],
            CASES,
            "not decided by an officer: 61X190583 (claimed)",
        ),
        (REPORTED, [CASES[0], case(2, "61X190583", "decided")], "dossier not closed: 61X190583 (decided)"),
        (
            REPORTED,
            [CASES[0], case(2, "61X190583", paid=1)],
            "dossier closed but not paid in full: 61X190583 (1 of 5000000 dong)",
        ),
        (
            REPORTED,
            [CASES[0], case(2, "61X190583", fine=0, paid=0)],
            "dossier closed but not paid in full: 61X190583 (0 of 0 dong)",
        ),
    ],
)
def test_each_way_to_fail_is_named(reported, cases, fault):
    verdict = judge(TRUTH, reported, cases)

    assert not verdict.ok
    assert fault in verdict.faults


events = st.lists(
    st.tuples(st.sampled_from(["red_light", "speeding"]), st.sampled_from(["A", "B", "C"])), max_size=8
)


@given(events, events)
def test_ok_exactly_where_the_reports_are_the_truth(truth, reported):
    reports = [report(n, rule, plate) for n, (rule, plate) in enumerate(reported)]
    cases = [case(n, plate) for n, (_, plate) in enumerate(reported)]
    verdict = judge([TrueViolation(*event) for event in truth], reports, cases)

    assert verdict.ok == (sorted(truth) == sorted(reported))
