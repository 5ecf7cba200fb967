"""A request is as large as its address needs, and no larger."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from backend.sizes import MIB, USUAL_BYTES, RequestLimits
from tests.backend.pieces import read_of
from tests.permissions import stated

NOBODY = "00000000-0000-0000-0000-000000000007"
FILLED = {"{kind}": "complaint", "{gateway}": "vietqr", "{what}": "data"}
FORM = {"content-type": "multipart/form-data; boundary=x"}
FIELD = b'--x\r\ncontent-disposition: form-data; name="plate"; filename="a.bin"\r\n\r\n'


def pieces(size: int) -> Iterator[bytes]:
    """A body that does not say how long it is."""
    yield FIELD
    for _ in range(size // 65536 + 1):
        yield b"a" * 65536


@pytest.fixture
def nothing_on_disk(monkeypatch):
    """A form's file that would be written to disk fails the test."""
    from tempfile import SpooledTemporaryFile

    def rollover(_self):
        pytest.fail("a body was written to disk")

    monkeypatch.setattr(SpooledTemporaryFile, "rollover", rollover)


@pytest.mark.parametrize("address", ["/tra-cuu", "/kiosk", "/kiosk/ghep", "/dang-nhap", "/cua-toi/thoat"])
def test_a_form_that_never_ends_is_cut_off_and_answered_in_plain_words(client, nothing_on_disk, address):
    answer = client.post(address, content=pieces(2 * USUAL_BYTES), headers=FORM)
    assert answer.status_code == 413
    assert "Nội dung gửi lên quá lớn" in answer.text
    assert "Chưa có gì được lưu" in answer.text


def test_a_body_that_says_it_is_too_large_is_not_read(client):
    def never() -> Iterator[bytes]:
        pytest.fail("the body was asked for")
        yield b""

    headers = {**FORM, "content-length": str(USUAL_BYTES + 1)}
    assert client.post("/tra-cuu", content=never(), headers=headers).status_code == 413


@pytest.mark.parametrize(
    "address",
    [f"/quay/ho-so/{NOBODY}", f"/quay/luot/{NOBODY}/khai/data", "/doanh-nghiep", "/ho-so/y-kien/complaint"],
)
def test_files_of_somebody_who_is_not_signed_in_are_not_taken_in(client, nothing_on_disk, address):
    answer = client.post(address, content=pieces(4 * MIB), headers=FORM)
    assert answer.status_code in {303, 401}


def test_not_a_byte_is_read_of_files_from_somebody_unknown(app, settings):
    """Whoever takes files of people asks first who sends them, before anything is parsed."""
    limits, asked = RequestLimits(app, settings), 0
    for address, who in stated().items():
        path = re.sub(r"\{\w+\}", lambda match: FILLED.get(match[0], NOBODY), address.path)
        known_by_body = {"box", "provider", "authority"} & set(who.split())  # a signature is over the body
        if address.method == "POST" and limits.most_bytes(path) > USUAL_BYTES and not known_by_body:
            status, pieces_read = read_of(app, path, FORM, first=FIELD)
            assert (status in {303, 401}, pieces_read) == (True, 0), address
            asked += 1
    assert asked == 18


@pytest.mark.parametrize("told", [True, False])
def test_a_program_is_told_as_a_problem(client, told):
    body = b'{"username": "' + b"a" * USUAL_BYTES + b'"}'
    content = body if told else iter([body])
    answer = client.post("/v1/sessions", content=content, headers={"content-type": "application/json"})
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "body_too_large"


def test_addresses_that_take_files_may_send_more(app, settings):
    limits = RequestLimits(app, settings)
    assert limits.most_bytes("/ho-so/y-kien/complaint") == 33 * MIB
    assert limits.most_bytes("/ho-so/y-kien") == USUAL_BYTES
    more = [path for path, method in stated() if method != "GET" and limits.most_bytes(path) > USUAL_BYTES]
    assert more == [
        "/dieu-hanh/phan-mem",
        "/doanh-nghiep",
        "/ho-so/y-kien/{kind}",
        "/ke-toan/doi-soat",
        "/ke-toan/kho-bac",
        "/ke-toan/kho-bac/cong",
        "/ke-toan/sao-ke",
        "/ke-toan/the",
        "/quan-tri/dia-ban",
        "/quay/ho-so/{dossier_id}",
        "/quay/luot/{visit_id}/khai/{what}",
        "/v1/devices/replies",
        "/v1/fleet/lookups",
        "/v1/heartbeats",
        "/v1/payments/card/comparison",
        "/v1/payments/{gateway}/comparison",
        "/v1/payments/{gateway}/statements",
        "/v1/receipts/email",
        "/v1/receipts/zalo",
        "/v1/receipts/{channel}",
        "/v1/releases",
        "/v1/settlements/arrivals",
        "/v1/settlements/{source}/payments",
        "/v1/transfers/comparison",
        "/v1/transfers/packages",
        "/v1/violations",
    ]
