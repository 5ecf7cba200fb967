"""A decision that the post brings back: tried three times, then it counts as delivered."""

from __future__ import annotations

from datetime import timedelta

import pytest

from backend.database import utc_now
from backend.dossiers.models import DossierDeadline, DossierEvent
from backend.messages import post
from backend.messages.models import Suppression
from tests.backend.messages.test_post import close_box, send_all


@pytest.fixture
def by_post(case):
    """A decision that can only go by post."""
    case.recorded(kind="motorbike")
    close_box(case, left=0)
    try:
        body = {"expected_version": case.dossier().version}
        assert case.chief.post(f"/v1/dossiers/{case.id}/decision", json=body).status_code == 200
        case.jobs()
    finally:
        close_box(case, left=None)
    return case


@pytest.fixture
def carry(by_post, mailroom):
    """The post takes what waits on the n-th day, with this fault, and says what became of it."""

    def take(day: int, **fault: bool) -> str:
        by_post.outside.faults(**fault)
        with by_post.services.database.unit_of_work() as session:
            at = utc_now() + timedelta(days=day)
            post.ask_for_batch(by_post.services, session, at, actor="system")
        send_all(by_post)
        by_post.outside.faults(**dict.fromkeys(fault, False))
        for receipt in mailroom.new_receipts():
            assert mailroom.post(receipt).status_code == 200
            assert mailroom.post(receipt).json()["new"] is False
        return mailroom.one("letter", "decision").state

    return take


def kept(case) -> dict[str, DossierDeadline]:
    return {row.step_id: row for row in case.rows(DossierDeadline)}


def test_with_the_third_return_it_counts_as_delivered_in_three_working_days(by_post, carry):
    case = by_post
    for day in (0, 1):
        assert carry(day, post_returns=True) == "to_post"
        assert kept(case).keys().isdisjoint({"D6", "D7", "E1", "G1"})
    assert case.rows(Suppression, Suppression.channel == "letter") == []
    assert carry(2, post_returns=True) == "returned"
    limits = kept(case)
    d7 = limits["D7"]
    assert (d7.length, d7.unit, limits["D5"].met_at is not None) == (3, "working_day", True)
    assert {limits[step].starts_on for step in ("E1", "G1", "G7")} == {d7.due_on}
    assert "D6" not in limits
    (said,) = case.rows(DossierEvent, DossierEvent.kind == "decision_deemed_delivered")
    assert said.data == {"channel": "letter", "returns": 3}
    page = case.officer.get(f"/canh-sat/ho-so/{case.id}").text
    assert "Bưu điện trả lại lần thứ ba" in page
    assert "Điều 17a.5" in page


def test_a_flooded_road_does_not_count_and_a_letter_that_arrives_ends_it(by_post, carry, mailroom):
    assert carry(0, post_returns=True) == "to_post"
    assert [carry(day, post_cannot=True) for day in (1, 2, 3)] == ["to_post"] * 3
    assert "D7" not in kept(by_post)
    assert carry(4) == "delivered"
    assert "D7" not in kept(by_post)
    assert "D6" in kept(by_post)
    assert mailroom.history(mailroom.one("letter", "decision").id).count("post_again") == 4


def test_returns_from_an_address_that_was_corrected_since_do_not_count(by_post, carry):
    case = by_post
    assert [carry(day, post_returns=True) for day in (0, 1)] == ["to_post"] * 2
    form = {"address": "Số 7 đường Mẫu Mới, phường Mẫu", "reason": "Công an phường xác nhận nơi ở mới."}
    assert case.officer.post(f"/canh-sat/ho-so/{case.id}/lien-lac", data=form).status_code == 303
    assert [carry(day, post_returns=True) for day in (2, 3)] == ["to_post"] * 2
    assert carry(4, post_returns=True) == "returned"
    assert "D7" in kept(case)
