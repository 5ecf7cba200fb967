"""The gateway as a merchant and a payer meet it: page, choice, call-back, return, query."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from sandbox import vnpay


@pytest.fixture
def order(sandbox, request):
    at = sandbox.at["gateway"]
    now = datetime.now(vnpay.VIETNAM)
    params = {
        "vnp_Version": "2.1.0",
        "vnp_Command": "pay",
        "vnp_TmnCode": at["tmn_code"],
        "vnp_Amount": "500000000",
        "vnp_CreateDate": f"{now:%Y%m%d%H%M%S}",
        "vnp_ExpireDate": f"{now + timedelta(minutes=15):%Y%m%d%H%M%S}",
        "vnp_CurrCode": "VND",
        "vnp_IpAddr": "127.0.0.1",
        "vnp_Locale": "vn",
        "vnp_OrderInfo": "Nop phat QD000123",
        "vnp_OrderType": "other",
        "vnp_ReturnUrl": "http://127.0.0.1:9/return?case=1",
        "vnp_TxnRef": f"T{abs(hash(request.node.nodeid))}",
    }
    return params | {"vnp_SecureHash": vnpay.sign(params, at["hash_secret"])}


@pytest.fixture
def gateway(sandbox):
    class Payer:
        url = sandbox.at["gateway"]["url"]
        secret = sandbox.at["gateway"]["hash_secret"]
        faults = staticmethod(sandbox.faults)

        def open(self, order):
            return sandbox.client.get(f"{sandbox.at['gateway']['pay_url']}?{urlencode(order)}")

        def choose(self, order, outcome):
            form = {"txn_ref": order["vnp_TxnRef"], "outcome": outcome}
            return sandbox.client.post(f"{self.url}/sandbox/pay", data=form)

        def ask(self, order, **change):
            body = {
                "vnp_RequestId": f"q{datetime.now(vnpay.VIETNAM).timestamp()}",
                "vnp_Version": "2.1.0",
                "vnp_Command": "querydr",
                "vnp_TmnCode": order["vnp_TmnCode"],
                "vnp_TxnRef": order["vnp_TxnRef"],
                "vnp_TransactionDate": order["vnp_CreateDate"],
                "vnp_CreateDate": order["vnp_CreateDate"],
                "vnp_IpAddr": "127.0.0.1",
                "vnp_OrderInfo": "query",
            } | change
            fields = vnpay.REFUND_FIELDS if body["vnp_Command"] == "refund" else vnpay.QUERY_FIELDS
            body = {"vnp_SecureHash": vnpay.sign_piped(body, fields, self.secret)} | body
            return sandbox.client.post(sandbox.at["gateway"]["query_url"], json=body).json()

    return Payer()


def query_of(answer):
    assert answer.status_code == 303, answer.text
    return dict(parse_qsl(urlsplit(answer.headers["location"]).query))


def test_the_page_shows_the_amount_and_works_without_javascript(gateway, order):
    page = gateway.open(order)

    assert page.status_code == 200
    assert "5.000.000 đồng" in page.text
    assert 'method="post"' in page.text
    assert "<script" not in page.text


def test_paying_tells_the_merchant_and_sends_the_browser_back_both_signed(gateway, order, merchant):
    gateway.open(order)
    back = query_of(gateway.choose(order, "paid"))
    told = merchant.wait_for(1)[0]

    assert back.pop("case") == "1"
    assert back == told
    assert told["vnp_SecureHash"] == vnpay.sign(told, gateway.secret)
    assert (told["vnp_ResponseCode"], told["vnp_TransactionStatus"]) == ("00", "00")
    assert told["vnp_Amount"] == "500000000"


@pytest.mark.parametrize(
    ("outcome", "codes"),
    [
        ("cancelled", ("24", "02")),
        ("no_money", ("51", "02")),
        ("wrong_otp", ("13", "02")),
        ("suspected", ("07", "07")),
    ],
)
def test_other_outcomes_have_their_codes(gateway, order, merchant, outcome, codes):
    gateway.open(order)
    gateway.choose(order, outcome)
    told = merchant.wait_for(1)[0]

    assert (told["vnp_ResponseCode"], told["vnp_TransactionStatus"]) == codes


def test_a_finished_order_cannot_be_chosen_again(gateway, order, merchant):
    gateway.open(order)
    first = query_of(gateway.choose(order, "cancelled"))
    merchant.wait_for(1)

    assert query_of(gateway.choose(order, "paid")) == first
    assert query_of(gateway.open(order)) == first
    assert len(merchant.told) == 1


def test_a_merchant_that_does_not_take_it_is_told_again_until_it_does(gateway, order, merchant):
    merchant.answers = ["99", "97", "02"]
    gateway.open(order)
    gateway.choose(order, "paid")

    assert len(merchant.wait_for(3)) == 3


def test_a_forged_order_gets_the_error_page(gateway, order):
    answer = gateway.open(order | {"vnp_Amount": "100"})

    assert answer.status_code == 400
    assert ">70<" in answer.text


@pytest.mark.parametrize(
    ("fault", "check"),
    [
        ("ipn_twice", lambda told, _: len(told) == 2 and told[0] == told[1]),
        ("ipn_wrong_amount", lambda told, _: told[0]["vnp_Amount"] == "500000100"),
        ("ipn_bad_signature", lambda told, secret: told[0]["vnp_SecureHash"] != vnpay.sign(told[0], secret)),
    ],
)
def test_the_call_back_can_go_wrong(gateway, order, merchant, fault, check):
    gateway.faults(**{fault: True})
    gateway.open(order)
    gateway.choose(order, "paid")

    assert check(merchant.wait_for(2 if fault == "ipn_twice" else 1), gateway.secret)


def test_a_lost_call_back_can_be_asked_for(gateway, order, merchant, sandbox):
    sandbox.faults(ipn_lost=True)
    gateway.open(order)
    gateway.choose(order, "paid")
    answer = gateway.ask(order)

    assert merchant.told == []
    assert (answer["vnp_ResponseCode"], answer["vnp_TransactionStatus"]) == ("00", "00")
    expected = vnpay.sign_piped(answer, vnpay.QUERY_ANSWER_FIELDS, gateway.secret)
    assert answer["vnp_SecureHash"] == expected


def test_query_errors(gateway, order):
    gateway.open(order)

    assert gateway.ask(order)["vnp_TransactionStatus"] == "01"
    assert gateway.ask(order, vnp_TxnRef="unknown")["vnp_ResponseCode"] == "91"
    assert gateway.ask(order, vnp_SecureHash="0")["vnp_ResponseCode"] == "97"
    assert gateway.ask(order, vnp_TmnCode="OTHER")["vnp_ResponseCode"] == "02"
    assert gateway.ask(order, vnp_RequestId="same")["vnp_ResponseCode"] == "00"
    assert gateway.ask(order, vnp_RequestId="same")["vnp_ResponseCode"] == "94"


def test_a_refund_needs_a_paid_order_and_no_more_than_was_paid(gateway, order, merchant):
    gateway.open(order)
    refund = {
        "vnp_Command": "refund",
        "vnp_TransactionType": "02",
        "vnp_TransactionNo": "1",
        "vnp_CreateBy": "canhsat",
        "vnp_Amount": "500000000",
    }

    assert gateway.ask(order, **refund)["vnp_ResponseCode"] == "95"
    gateway.choose(order, "paid")
    merchant.wait_for(1)
    assert gateway.ask(order, **refund | {"vnp_Amount": "500000001"})["vnp_ResponseCode"] == "03"
    answer = gateway.ask(order, **refund)
    assert (answer["vnp_ResponseCode"], answer["vnp_TransactionStatus"]) == ("00", "05")
