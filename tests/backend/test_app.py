"""What holds for every answer of the backend."""

from __future__ import annotations

import logging

import pytest
from fastapi import APIRouter
from fastapi.testclient import TestClient
from sqlalchemy import text

from backend.database import SessionDep, new_id
from backend.errors import field_errors
from backend.headers import content_security_policy
from backend.messages.settings import newest_courtesy
from backend.settings import DEMO_SECRET, Settings, UnsafeSettingsError, production_faults, require_safe

probe = APIRouter()


@probe.post("/v1/probe/late-refusal", status_code=201)
def late_refusal(session: SessionDep) -> dict[str, str]:
    """Says 201, but its transaction cannot be committed."""
    session.execute(text("CREATE TEMP TABLE one (n int UNIQUE DEFERRABLE INITIALLY DEFERRED)"))
    session.execute(text("INSERT INTO one VALUES (1), (1)"))
    return {"status": "stored"}


@probe.get("/v1/probe/broken")
def broken() -> None:
    raise ZeroDivisionError("inside")


@probe.get("/probe/broken")
def broken_page() -> None:
    raise ZeroDivisionError("inside")


@probe.get("/v1/probe/number")
def number(value: int, session: SessionDep) -> None:
    session.execute(text("SELECT CAST(:value AS int)"), {"value": value})


@probe.get("/v1/probe/words")
def words(value: str, session: SessionDep) -> None:
    session.execute(text("SELECT CAST(:value AS text)"), {"value": value})


@pytest.fixture
def probed(app):
    app.include_router(probe)
    return TestClient(app, raise_server_exceptions=False)


def test_nothing_is_said_before_it_is_committed(probed):
    answer = probed.post("/v1/probe/late-refusal")

    assert answer.status_code == 500
    assert answer.json()["code"] == "internal_error"


def test_an_unexpected_error_says_nothing_of_the_inside(probed, caplog):
    with caplog.at_level(logging.ERROR):
        answer = probed.get("/v1/probe/broken")
        page = probed.get("/probe/broken")

    assert answer.headers["content-type"] == "application/problem+json"
    assert "inside" not in answer.text
    assert page.status_code == 500
    assert "Hệ thống gặp lỗi" in page.text
    assert 'href="/probe/broken">Thử lại</a>' in page.text
    assert "ZeroDivisionError" in caplog.text


def test_what_the_database_cannot_hold_is_the_callers_fault(probed):
    for query in ("number?value=99999999999", "words?value=a%00b"):
        answer = probed.get(f"/v1/probe/{query}")
        assert (answer.status_code, answer.json()["code"]) == (422, "value_unstorable"), query


def test_unknown_addresses(client):
    assert client.get("/v1/nothing").json()["code"] == "http_404"
    page = client.get("/khong-co-trang-nay")
    assert page.status_code == 404
    assert "Không tìm thấy trang này" in page.text
    assert client.delete("/v1/violations").json()["code"] == "http_405"


def test_headers_that_protect(client):
    answer = client.get("/dang-nhap")

    policy = answer.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert client.get("/static/site.css").headers["x-content-type-options"] == "nosniff"


def test_the_payment_form_may_lead_to_the_offered_gateways_only(settings):
    found = content_security_policy(
        settings.model_copy(
            update={
                "vnpay_url": "https://pay.vnpay.vn/vpcpay.html",
                "momo_url": "https://payment.momo.vn",
                "payment_methods": ("vietqr", "vnpay", "momo"),
            }
        )
    )
    assert "form-action 'self' https://pay.vnpay.vn https://payment.momo.vn;" in found + ";"


def test_the_api_describes_itself(client):
    document = client.get("/v1/openapi.json").json()

    assert {"/v1/violations", "/v1/review/next", "/v1/devices"} <= set(document["paths"])
    body = document["paths"]["/v1/violations"]["post"]["requestBody"]["content"]["application/json"]
    assert "signature" in body["schema"]["properties"]


def test_field_paths():
    errors = [
        {"loc": ("body", "files", 0, "size"), "msg": "m"},
        {"loc": ("files", 1), "msg": "m"},
        {"loc": ("body",), "msg": "m"},
        {"loc": (), "msg": "m"},
        {"loc": ("query", "limit"), "msg": "m"},
    ]
    assert [error.field for error in field_errors(errors)] == [
        "files[0].size",
        "files[1]",
        "body",
        "body",
        "limit",
    ]
    assert field_errors([{"loc": ("a",), "msg": "m"}], root="payload")[0].field == "payload.a"


def test_ids_are_ordered_by_time_and_are_version_7():
    ids = [new_id() for _ in range(50)]
    assert {value.version for value in ids} == {7}
    assert len(set(ids)) == 50
    assert [value.int >> 80 for value in ids] == sorted(value.int >> 80 for value in ids)


SECRETS = (
    "secret_key",
    "s3_secret_key",
    "vnpay_hash_secret",
    "momo_secret",
    "portal_secret",
    "zalo_app_secret",
    "zalo_refresh_token",
    "zalo_oa_secret",
    "sms_token",
    "sms_webhook_secret",
    "vneid_token",
    "vneid_webhook_secret",
    "bounce_webhook_secret",
)
ADDRESSES = (
    "registry_url",
    "population_url",
    "vnpay_url",
    "vnpay_query_url",
    "momo_url",
    "portal_url",
    "zalo_url",
    "zalo_oauth_url",
    "sms_url",
    "vneid_url",
    "eid_issuer",
)


def production(**changes):
    """Settings of a real deployment, each as it should be but for `changes`."""
    secrets = dict.fromkeys(SECRETS, "a-secret-of-our-own-0123456789abcdef")
    addresses = dict.fromkeys(ADDRESSES, "https://gateway.example")
    values = {
        "environment": "production",
        "zalo_templates": dict.fromkeys(newest_courtesy(), "301"),
        "counter_terminal_id": "KBNN-POS-07",
        "smtp_host": "relay.phatnguoi.vn",
        "smtp_tls": "starttls",
        "email_from": "khong-tra-loi@phatnguoi.vn",
        "public_url": "https://phatnguoi.example",
        "database_url": "postgresql://app:pw@db/app",
        "s3_endpoint": "s3.example",
        "evidence_lock_days": 400,
        "second_factor_roles": ("administrator",),
        "paper_p12_file": "/etc/phatnguoi/authority.p12",
        "paper_tsa_url": "https://tsa.example",
        "oidc_key_file": "/etc/phatnguoi/oidc.pem",
    }
    return Settings(**{**values, **secrets, **addresses, **changes})


def test_a_production_with_its_own_values_may_start():
    assert production_faults(production()) == []
    require_safe(production())


def test_what_is_not_offered_need_not_be_set():
    assert production_faults(production(eid_issuer="", oidc_key_file=None)) == []
    assert production_faults(production(eid_client_secret="given by the issuer", oidc_key_file=None)) == []
    momo = {"momo_secret": DEMO_SECRET, "momo_url": "http://127.0.0.1:8104"}
    assert production_faults(production(payment_methods=("vnpay", "vietqr"), **momo)) == []
    assert len(production_faults(production(payment_methods=("momo",), **momo))) == 2


@pytest.mark.parametrize(
    ("changes", "setting"),
    [
        ({"secret_key": DEMO_SECRET}, "SECRET_KEY"),
        ({"vnpay_hash_secret": ""}, "VNPAY_HASH_SECRET"),
        ({"registry_url": "http://127.0.0.1:8101"}, "REGISTRY_URL"),
        ({"zalo_url": "http://localhost:8103"}, "ZALO_URL"),
        ({"zalo_templates": {}}, "ZALO_TEMPLATES: no id that Zalo approved for answer_by/1"),
        ({"sms_webhook_secret": DEMO_SECRET}, "SMS_WEBHOOK_SECRET"),
        ({"smtp_host": "127.0.0.1"}, "SMTP_HOST"),
        ({"smtp_tls": "none"}, "SMTP_TLS"),
        ({"email_from": "x@phatnguoi.example"}, "EMAIL_FROM"),
        ({"post_url": "http://127.0.0.1:8103"}, "POST_URL"),
        ({"post_url": "https://post.example"}, "POST_TOKEN"),
        ({"public_url": "http://phatnguoi.example"}, "PUBLIC_URL"),
        ({"evidence_lock_days": 0}, "EVIDENCE_LOCK_DAYS"),
        ({"eid_issuer": "http://127.0.0.1:8106"}, "EID_ISSUER"),
        ({"eid_issuer": "http://eid.example"}, "EID_ISSUER"),
        ({"oidc_key_file": None}, "OIDC_KEY_FILE"),
        ({"second_factor_roles": ("officer",)}, "SECOND_FACTOR_ROLES"),
        ({"staff_local_sign_in": False}, "STAFF_OIDC_ISSUER"),
    ],
)
def test_production_refuses_demo_values_and_names_the_setting(changes, setting):
    with pytest.raises(UnsafeSettingsError, match=setting):
        require_safe(production(**changes))


def test_the_demo_starts_with_demo_values(settings):
    assert production_faults(settings) == []
