"""Zalo, SMS and the VNeID box, and what the citizen's phone shows."""

from __future__ import annotations

import base64
import hashlib

import pytest


@pytest.fixture
def people(sandbox):
    return [r["owner"] for r in sandbox.control()["registrations"]]


@pytest.fixture
def post(sandbox):
    def send(channel, path, body, **headers):
        given = sandbox.at[channel]
        token = given.get("access_token") or given["api_key"]
        default = {"access_token": token} if channel == "zalo" else {"Authorization": f"Bearer {token}"}
        return sandbox.client.post(given["url"] + path, json=body, headers=default | headers)

    return send


@pytest.fixture
def inbox(sandbox):
    def read(**who):
        url = sandbox.at["inbox"]["url"]
        return sandbox.client.get(url, params=who, headers={"Accept": "application/json"}).json()["messages"]

    return read


def zalo(phone, **change):
    return {
        "phone": phone,
        "template_id": "1",
        "template_data": {"plate": "61X1-***.83"},
        "tracking_id": "t",
    } | change


def sms(phone, text="Thu"):
    return {"to": phone, "sender": "CSGT", "text": text, "encoding": "gsm7", "parts": 1, "tracking_id": "t"}


def box(id_number, message_id="m-1", content=b"%PDF-1.7 sample"):
    file = {
        "name": "thông báo.pdf",
        "media_type": "application/pdf",
        "sha256": hashlib.sha256(content).hexdigest(),
        "content_b64": base64.b64encode(content).decode(),
    }
    return {
        "message_id": message_id,
        "id_number": id_number,
        "subject": "Thông báo <b>",
        "body": "Mã tra cứu 1234",
        "attachments": [file],
    }


def abroad(phone):
    return "84" + phone[1:]


def test_zalo_reaches_who_uses_it_and_says_so_of_who_does_not(post, people, inbox):
    errors = {}
    for person in people:
        answer = post("zalo", "/message/template", zalo(abroad(person["phone"])))
        assert answer.status_code == 200
        errors[person["phone"]] = answer.json()["error"]

    assert set(errors.values()) == {0, -118}
    for phone, error in errors.items():
        got = [entry for entry in inbox(phone=phone) if entry["channel"] == "zalo"]
        assert len(got) == (1 if error == 0 else 0)


@pytest.mark.parametrize(
    ("body", "headers", "error"),
    [
        (zalo("0900000001"), {}, -108),
        (zalo("84900000002", template_data={}), {}, -132),
        (zalo("84900000002"), {"access_token": "wrong"}, -124),
    ],
)
def test_zalo_refuses_with_its_own_codes(post, body, headers, error):
    assert post("zalo", "/message/template", body, **headers).json()["error"] == error


def test_zalo_tokens_expire(post, sandbox):
    sandbox.faults(zalo_token_expired=True)

    assert post("zalo", "/message/template", zalo("84900000002")).json()["error"] == -216


def test_sms_arrives(post, people, inbox):
    answer = post("sms", "/sms/send", sms(abroad(people[0]["phone"]), "Co thong bao moi"))

    assert answer.json()["status"] == "accepted"
    assert inbox(phone=people[0]["phone"])[-1]["content"]["text"] == "Co thong bao moi"


def test_the_box_keeps_the_document_and_takes_the_same_message_once(post, people, inbox, sandbox):
    person = people[1]
    first = post("vneid", "/v1/messages", box(person["id_number"]))
    again = post("vneid", "/v1/messages", box(person["id_number"]))

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    messages = [entry for entry in inbox(id_number=person["id_number"]) if entry["channel"] == "vneid"]
    assert len(messages) == 1
    href = messages[0]["content"]["attachments"][0]["href"]
    file = sandbox.client.get(sandbox.at["vneid"]["url"] + href)
    assert file.content == b"%PDF-1.7 sample"
    assert file.headers["content-type"] == "application/pdf"


def test_the_box_refuses_a_stranger_a_bad_key_and_a_changed_file(post, people):
    changed = box(people[0]["id_number"], "m-2")
    changed["attachments"][0]["sha256"] = "0" * 64

    assert post("vneid", "/v1/messages", box("000000999999", "m-3")).json()["code"] == "no_account"
    assert post("vneid", "/v1/messages", box(people[0]["id_number"]), Authorization="x").status_code == 401
    assert post("vneid", "/v1/messages", changed).status_code == 422


@pytest.mark.parametrize(
    ("channel", "request_"),
    [
        ("zalo", ("/message/template", zalo("84900000002"))),
        ("sms", ("/sms/send", sms("84900000002"))),
        ("vneid", ("/v1/messages", box("000000000001"))),
    ],
)
def test_each_channel_can_be_down(post, sandbox, channel, request_):
    sandbox.faults(**{f"{channel}_down": True})

    assert post(channel, *request_).status_code == 503


@pytest.mark.parametrize(("lang", "words"), [("vi", "Hộp thư"), ("en", "Box")])
def test_the_phone_is_a_page_in_both_languages_and_shows_text_as_text(post, people, sandbox, lang, words):
    person = people[2]
    post("vneid", "/v1/messages", box(person["id_number"], f"m-page-{lang}"))
    page = sandbox.client.get(sandbox.at["inbox"]["url"], params={"phone": person["phone"], "lang": lang})

    assert words in page.text
    assert person["name"] in page.text
    assert "Thông báo &lt;b&gt;" in page.text
    assert person["name"] in sandbox.client.get(sandbox.at["inbox"]["url"]).text
