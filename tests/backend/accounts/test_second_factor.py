"""The second factor: set, asked for, never opened twice by one code; recovery; what a half sign-in opens."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from sqlalchemy import select

from backend.accounts import second_factor
from backend.accounts.models import Account, AccountSession, RecoveryCode
from backend.accounts.service import FAILURES_PER_CODE
from backend.audit.models import AuditEntry
from backend.owners.service import vault_of
from tests.backend.factories import PASSWORD, make_account

NOW = datetime(2026, 11, 27, 8, 0, 10, tzinfo=UTC)
STEP = timedelta(seconds=30)


@pytest.fixture
def account(services):
    with services.database.unit_of_work() as session:
        return make_account(session, "canhsat", "officer")


@pytest.fixture
def secret(services, account):
    """The account has its second factor set, long ago."""
    long_ago = datetime.now(UTC) - timedelta(days=1)
    with services.database.unit_of_work() as session:
        own, vault = sitting(session, account), vault_of(services)
        secret = second_factor.begin(session, own, vault)
        second_factor.confirm(session, own, vault, pyotp.TOTP(secret).at(long_ago), long_ago)
    return secret


def sitting(session, account) -> AccountSession:
    """A session of this account that is over, and lies in the past."""
    texts = {"token_hash": "0", "csrf_token": "0", "client": "192.0.2.1"}
    made = AccountSession(**texts, account_id=account.id, expires_at=NOW - timedelta(days=9))
    session.add(made)
    session.flush()
    return made


def code_now(secret: str, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(datetime.now(UTC) + steps * STEP)


def form_of(page) -> dict[str, str]:
    return {"csrf_token": re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]}


def enter(client, password=PASSWORD):
    return client.post("/dang-nhap", data={"username": "canhsat", "password": password})


class TestCodes:
    def test_of_now_and_of_a_clock_half_a_minute_off(self, services, account):
        vault = vault_of(services)
        with services.database.unit_of_work() as session:
            own = sitting(session, account)
            secret = second_factor.begin(session, own, vault)
            assert second_factor.begin(session, own, vault) == secret
            totp = pyotp.TOTP(secret)
            with pytest.raises(Exception, match="code_wrong"):
                second_factor.confirm(session, own, vault, totp.at(NOW + 2 * STEP), NOW)
            codes = second_factor.confirm(session, own, vault, totp.at(NOW + -1 * STEP), NOW)
            assert len(set(codes)) == 10

            def passes(code, at=NOW):
                return second_factor.passes(session, account.id, vault, code, at)

            assert passes(totp.at(NOW + -1 * STEP)) is None, "used when it was set"
            assert passes(totp.at(NOW + 1 * STEP)) == "totp"
            assert passes(totp.at(NOW + 1 * STEP)) is None, "a second time"
            assert passes(totp.at(NOW)) is None, "older than the last one used"
            assert (
                passes(
                    f" {totp.at(NOW + 2 * STEP)[:3]} {totp.at(NOW + 2 * STEP)[3:]}",
                    NOW + timedelta(seconds=30),
                )
                == "totp"
            )
            for nonsense in ("", "12345", "1234567", "abcdef", "１２３４５６"):
                assert passes(nonsense) is None
            with pytest.raises(Exception, match="second_factor_set"):
                second_factor.begin(session, own, vault)

    def test_for_recovery_open_once_each_and_are_kept_as_hashes(self, services, account, secret):
        vault = vault_of(services)
        with services.database.unit_of_work() as session:
            kept = session.get_one(Account, account.id)
            codes = second_factor.renew_recovery_codes(session, kept)
            stored = set(session.scalars(select(RecoveryCode.code_hash)))
            assert not stored & set(codes)
            first = codes[0]
            assert second_factor.passes(session, account.id, vault, first.lower().replace("-", " "), NOW)
            assert second_factor.passes(session, account.id, vault, first, NOW) is None
            assert second_factor.recovery_codes_left(session, kept) == 9
            second_factor.renew_recovery_codes(session, kept)
            assert second_factor.passes(session, account.id, vault, codes[1], NOW) is None
            assert kept.totp_sealed
            assert secret.encode() not in kept.totp_sealed


class TestSigningIn:
    def test_by_form_asks_for_the_code_and_opens_nothing_before(self, client, services, secret):
        answer = enter(client)
        assert answer.headers["location"] == "/dang-nhap/ma"
        assert client.get("/canh-sat").headers["location"].startswith("/dang-nhap")
        assert client.get("/tai-khoan/mat-khau").headers["location"].startswith("/dang-nhap")
        assert client.get("/v1/sessions/current").status_code == 401
        assert client.get("/dang-nhap").headers["location"] == "/dang-nhap/ma"

        half = client.cookies["pn_session"]
        form = form_of(client.get("/dang-nhap/ma"))
        wrong = client.post("/dang-nhap/ma", data={**form, "code": "000000"})
        assert wrong.status_code == 422
        assert 'role="alert"' in wrong.text
        right = client.post("/dang-nhap/ma", data={**form, "code": code_now(secret)})
        assert right.headers["location"] == "/canh-sat"
        assert client.cookies["pn_session"] != half, "a known token must not become a signed-in one"
        assert client.get("/canh-sat").status_code == 200
        with services.database.unit_of_work() as session:
            done = session.scalars(select(AuditEntry).where(AuditEntry.action == "sign_in.done")).one()
            assert done.data == {"method": "password+totp"}

    def test_by_program(self, client, secret):
        body = {"username": "canhsat", "password": PASSWORD}
        asked = client.post("/v1/sessions", json=body)
        assert (asked.status_code, asked.json()["code"]) == (401, "second_factor_needed")
        assert "pn_session" not in client.cookies
        code = code_now(secret)
        assert client.post("/v1/sessions", json={**body, "code": code}).status_code == 201
        assert client.post("/v1/sessions", json={**body, "code": code}).json()["code"] == "code_wrong"

    def test_guessing_codes_is_stopped_from_wherever_it_comes(self, client, secret):
        enter(client)
        form = form_of(client.get("/dang-nhap/ma"))
        for _ in range(FAILURES_PER_CODE):
            assert client.post("/dang-nhap/ma", data={**form, "code": "000000"}).status_code == 422
        assert client.post("/dang-nhap/ma", data={**form, "code": code_now(secret)}).status_code == 429

    @pytest.mark.parametrize("page", ["tat", "ma-du-phong"])
    def test_nor_can_codes_be_guessed_in_a_session_left_open(self, client, secret, page):
        enter(client)
        client.post("/dang-nhap/ma", data={**form_of(client.get("/dang-nhap/ma")), "code": code_now(secret)})
        form, here = form_of(client.get("/tai-khoan")), f"/tai-khoan/hai-lop/{page}"
        for _ in range(FAILURES_PER_CODE):
            assert client.post(here, data={**form, "code": "000000"}).status_code == 422
        assert client.post(here, data={**form, "code": code_now(secret, 1)}).status_code == 429

    def test_without_its_token_the_form_is_refused(self, client, secret):
        enter(client)
        assert client.post("/dang-nhap/ma", data={"code": code_now(secret)}).status_code == 403


def secret_on(page) -> str:
    return re.search(r"<code>([A-Z2-7 ]+)</code>", page.text)[1].replace(" ", "")


def test_a_secret_that_waits_is_shown_in_its_own_session_only(client, new_client, account):
    other = new_client()
    for browser in (client, other):
        enter(browser)
    page = client.get("/tai-khoan/hai-lop")
    seen = secret_on(other.get("/tai-khoan/hai-lop"))
    assert secret_on(client.get("/tai-khoan/hai-lop")) == secret_on(page) != seen
    wrong = client.post("/tai-khoan/hai-lop", data={**form_of(page), "code": code_now(seen)})
    assert wrong.status_code == 422
    right = client.post("/tai-khoan/hai-lop", data={**form_of(page), "code": code_now(secret_on(page))})
    assert right.status_code == 200


def test_a_new_password_forgets_a_secret_that_waits(client, account):
    enter(client)
    before = secret_on(client.get("/tai-khoan/hai-lop"))
    new = "bay con vit xuoi dong"
    fields = {"old_password": PASSWORD, "new_password": new, "repeated": new}
    form = form_of(client.get("/tai-khoan/mat-khau"))
    assert client.post("/tai-khoan/mat-khau", data={**form, **fields}).status_code == 303
    assert secret_on(client.get("/tai-khoan/hai-lop")) != before


def test_a_role_that_needs_it_sets_it_before_anything_else(settings, account):
    from fastapi.testclient import TestClient

    from backend.app import create_app

    app = create_app(settings.model_copy(update={"second_factor_roles": ("officer",)}))
    client = TestClient(app, follow_redirects=False)

    body = {"username": "canhsat", "password": PASSWORD}
    assert client.post("/v1/sessions", json=body).json()["code"] == "sign_in_incomplete"
    assert enter(client).headers["location"] == "/tai-khoan/hai-lop"
    page = client.get("/tai-khoan/hai-lop")
    assert "<svg" in page.text
    secret = secret_on(page)
    assert client.get("/canh-sat").status_code == 303
    wrong = client.post("/tai-khoan/hai-lop", data={**form_of(page), "code": "000000"})
    assert wrong.status_code == 422
    assert secret in wrong.text.replace(" ", "")
    done = client.post("/tai-khoan/hai-lop", data={**form_of(page), "code": code_now(secret)})
    assert len(re.findall(r"[A-Z2-7]{4}(?:-[A-Z2-7]{4}){3}", done.text)) == 10
    assert client.get("/canh-sat").status_code == 200
    app.state.services.database.close()
