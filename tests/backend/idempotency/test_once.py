"""The same request twice is done once, whoever sends it when, and also at the same moment."""

from __future__ import annotations

import inspect
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from fastapi.routing import APIRoute
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.app import bare_app
from backend.approvals.models import Approval
from backend.dossiers.models import DossierEvent
from backend.errors import Problem
from backend.idempotency import jobs as idempotency_jobs
from backend.idempotency import service
from backend.idempotency.models import IdempotencyKey
from backend.idempotency.routes import CompanyOnce, OnceRoute, StaffOnce, _looks_at_key
from backend.idempotency.service import Answer, Asked
from backend.owners.vault import Vault
from backend.sizes import MIB, RequestLimits
from backend.submissions.models import Submission
from tests.backend.pieces import read_of

KEY = "8e03978e-40d5-43dd-bc93-6894a57f9324"
NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)
REASON = "Xe trong ảnh mang biển giả (thử nghiệm)"


@pytest.mark.parametrize(
    ("header", "key"),
    [
        (f'"{KEY}"', KEY),
        (KEY, KEY),
        (f"  {KEY} ", KEY),
        ("12345678", "12345678"),
        ("a" * 128, "a" * 128),
        ("1234567", None),
        ("a" * 129, None),
        ('"12345678', None),
        ("", None),
        ("with a blank", None),
        ("khóa-tiếng-việt", None),
        ('"back\\"slash"', None),
    ],
)
def test_what_is_a_key(header, key):
    if key is not None:
        assert service.parse_key(header) == key
        return
    with pytest.raises(Problem) as refused:
        service.parse_key(header)
    assert (refused.value.status, refused.value.code) == (400, "idempotency_key_invalid")


def test_it_is_looked_at_when_all_else_was_checked():
    """A route that asks for it asks last, and keeps the answer."""
    found = 0
    for route in _routes(bare_app()):
        asked = list(inspect.get_annotations(route.endpoint, eval_str=True).values())
        if any(one in (StaffOnce, CompanyOnce) for one in asked):
            found += 1
            assert asked[-2] in (StaffOnce, CompanyOnce), route.path  # the last is what it returns
            assert isinstance(route, OnceRoute), route.path
    assert found >= 20


def test_a_body_that_may_be_large_is_not_held_in_memory(services):
    """A route that looks at a key has all of it read before anybody is asked who sends it."""
    sizes = RequestLimits(None, services.settings)
    routes = [route for route in _routes(bare_app()) if isinstance(route, OnceRoute)]
    held = {route.path for route in routes if _looks_at_key(route.dependant)}
    assert len(held) >= 20
    assert {path for path in held if sizes.most_bytes(path) > MIB} == set()


def test_a_key_has_nothing_read_that_the_route_does_not_read(app):
    """Nobody else hands cases over here: 404, whatever a stranger sends."""
    headers = {"idempotency-key": KEY, "accept": "application/json"}
    assert read_of(app, "/v1/transfers/packages", headers) == (404, 0)


def _routes(of):
    for route in of.routes:
        if isinstance(route, APIRoute):
            yield route
        elif (router := getattr(route, "original_router", None)) is not None:
            yield from _routes(router)


def test_sent_twice_a_decision_is_signed_once(case):
    case.recorded(kind="motorbike")
    address = f"/v1/dossiers/{case.id}/decision"
    body = {"expected_version": case.dossier().version}
    first = case.chief.post(address, json=body, headers={"Idempotency-Key": f'"{KEY}"'})
    again = case.chief.post(address, json=body, headers={"Idempotency-Key": KEY})
    assert (first.status_code, again.status_code) == (200, 200)
    assert (again.content, again.headers["etag"]) == (first.content, first.headers["etag"])
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert [event.kind for event in case.rows(DossierEvent)].count("decision_issued") == 1
    (kept,) = case.rows(IdempotencyKey)
    assert b"decision_number" not in kept.answer_sealed

    other = case.chief.post(address, json={"expected_version": 99}, headers={"Idempotency-Key": KEY})
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    elsewhere = case.chief.post(f"/v1/dossiers/{case.id}/record", json=body, headers={"Idempotency-Key": KEY})
    assert elsewhere.json()["code"] == "idempotency_key_reused"
    somebody = case.officer.post(address, json=body, headers={"Idempotency-Key": KEY})
    assert (somebody.status_code, somebody.json()["code"]) == (412, "version_conflict")
    malformed = case.chief.post(address, json=body, headers={"Idempotency-Key": "?"})
    assert malformed.json()["code"] == "idempotency_key_invalid"


def test_without_a_key_too_an_act_is_done_once(case):
    """Of what a page asks a second time before: the repeated request finds the case moved on."""

    def twice(who, path: str, body: dict, refusal: tuple[int, str]) -> dict:
        first, again = [who.post(path, json=body) for _ in range(2)]
        assert first.status_code in {200, 202}, first.text
        assert (again.status_code, again.json()["code"]) == refusal
        return first.json()

    def version() -> dict[str, int]:
        return {"expected_version": case.dossier().version}

    case.entered(kind="motorbike")
    assert case.owner.post("/ho-so/y-kien/data", data={"text": REASON}).status_code == 303
    (said,) = case.rows(Submission)
    answer = {"accepted": False, "reason": REASON}
    twice(case.officer, f"/v1/submissions/{said.id}/answer", answer, (409, "answered_before"))
    form = {"driver": "yes", "electronic": "yes", "no_explanation": "yes"}
    assert case.owner.post("/ho-so/chap-nhan", data=form).status_code == 303
    case.jobs()
    where = f"/v1/dossiers/{case.id}"
    twice(case.chief, f"{where}/decision", version(), (412, "version_conflict"))
    case.jobs()
    annulling = {"reason": REASON, **version()}
    asked = twice(case.officer, f"{where}/annulment", annulling, (412, "version_conflict"))
    twice(case.chief, f"/v1/approvals/{asked['id']}/approval", version(), (412, "version_conflict"))


def test_what_was_refused_is_not_kept(case):
    case.recorded(kind="car")
    address = f"/v1/dossiers/{case.id}/decision"
    body = {"expected_version": case.dossier().version}
    refused = case.officer.post(address, json=body, headers={"Idempotency-Key": KEY})
    assert refused.json()["code"] == "no_signing_power"
    assert case.rows(IdempotencyKey) == []
    assert case.officer.post(address, json=body, headers={"Idempotency-Key": KEY}).status_code == 403


def test_at_the_same_moment_one_does_it_and_the_others_wait_or_hear_the_same(case):
    case.decided(kind="motorbike")
    body = {"reason": REASON, "expected_version": case.dossier().version}
    start = threading.Barrier(6)

    def send(_):
        start.wait()
        headers = {"Idempotency-Key": KEY}
        return case.officer.post(f"/v1/dossiers/{case.id}/annulment", json=body, headers=headers)

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(send, range(6)))
    done = [answer for answer in answers if answer.status_code == 202]
    waiting = [answer for answer in answers if answer.status_code == 409]
    assert len(done) + len(waiting) == 6
    assert sum("idempotency-replayed" not in answer.headers for answer in done) == 1
    assert {answer.json()["code"] for answer in waiting} <= {"request_in_flight"}
    assert all(answer.headers["retry-after"] == "1" for answer in waiting)
    (approval,) = case.rows(Approval)
    assert {answer.json()["id"] for answer in done} == {str(approval.id)}
    replayed = send_again(case, body)
    assert (replayed.status_code, replayed.json()["id"]) == (202, str(approval.id))


def send_again(case, body):
    headers = {"Idempotency-Key": KEY}
    return case.officer.post(f"/v1/dossiers/{case.id}/annulment", json=body, headers=headers)


def test_while_one_is_at_work_the_next_is_told_to_wait(services):
    vault, asked = Vault("k" * 32), Asked("account/1", KEY, b"f" * 32)
    with services.database.unit_of_work() as first:
        assert service.claim(first, vault, asked, NOW) is None
        with pytest.raises(Problem) as refused, services.database.unit_of_work() as second:
            service.claim(second, vault, asked, NOW)
        assert (refused.value.status, refused.value.code) == (409, "request_in_flight")
        with services.database.unit_of_work() as other:
            assert service.claim(other, vault, Asked("account/2", KEY, b"f" * 32), NOW) is None
    with services.database.unit_of_work() as later:
        assert service.claim(later, vault, asked, NOW) is None  # the first did nothing and kept nothing


STEP = st.tuples(
    st.sampled_from(["account/1", "account/2"]),
    st.sampled_from(["key-aaaa", "key-bbbb"]),
    st.sampled_from([b"1" * 32, b"2" * 32]),
    st.integers(0, 30),
    st.sampled_from(["done", "failed", "swept"]),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, min_size=1, max_size=12))
def test_any_order_of_requests_failures_and_sweeps(services, steps):
    """The table says what a dictionary says: one answer a key, for 24 hours, and nothing of what failed."""
    vault, now, model = Vault("k" * 32), NOW, {}
    with services.database.unit_of_work() as session:
        service.forget(session, NOW + timedelta(days=1000))
    for count, (principal, key, printed, hours, what) in enumerate(steps):
        now += timedelta(hours=hours)
        model = {one: kept for one, kept in model.items() if kept[2] > now - service.KEPT_FOR}
        asked, before = Asked(principal, key, printed), model.get((principal, key))
        try:
            with services.database.unit_of_work() as session:
                if what == "swept":
                    service.forget(session, now)
                heard = service.claim(session, vault, asked, now)
                assert heard == (before and before[1])
                assert before is None or before[0] == printed
                if heard is None:
                    answer = Answer(200, {"etag": f'"{count}"'}, b'{"vi": "\xc4\x91\xc3\xa3"}')
                    service.keep(session, vault, asked, answer, now)
                    if what == "failed":
                        fail()
                    model[(principal, key)] = (printed, answer, now)
        except Problem as refused:
            if before is None or before[0] == printed or refused.code != "idempotency_key_reused":
                raise
        except RuntimeError:
            continue


def fail():
    raise RuntimeError("the work was not done")


def test_old_keys_are_swept(services):
    vault = Vault("k" * 32)
    with services.database.unit_of_work() as session:
        for hours in (1, 25):
            asked = Asked("account/1", f"key-{hours:04}", b"f" * 32)
            service.keep(
                session, vault, asked, Answer(204, {}, b""), datetime.now(UTC) - timedelta(hours=hours)
            )
    idempotency_jobs.forget(services)
    with services.database.unit_of_work() as session:
        assert session.get(IdempotencyKey, ("account/1", "key-0001")) is not None
        assert session.get(IdempotencyKey, ("account/1", "key-0025")) is None
