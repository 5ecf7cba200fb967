"""How a person wants to be told: his own order, language and e-mail address, and who sees it."""

from __future__ import annotations

import pytest

from backend.audit.models import AuditEntry
from backend.dossiers.models import Message
from backend.messages.models import ContactChoice

PAGE = "/ho-so/lien-lac"


def test_everybody_begins_with_zalo_then_sms(case):
    case.entered(kind="motorbike")
    page = case.owner.get(PAGE).text
    assert page.index('value="zalo" selected') < page.index('value="sms" selected')
    assert 'value="email" selected' not in page  # nobody gave an address yet
    assert case.rows(ContactChoice) == []
    assert PAGE in case.owner.get("/ho-so").text


def test_the_next_reminder_goes_the_persons_own_way(case, mailroom):
    """E-mail first and in English: the decision's reminder says so, and nothing of the case."""
    case.entered(kind="motorbike")
    form = {"first": "email", "second": "sms", "third": "", "email": "chu.xe@phatnguoi.example", "lang": "en"}
    saved = case.owner.post(PAGE, data=form)
    assert saved.status_code == 303
    assert "Đã lưu" in case.owner.get(saved.headers["location"]).text
    (row,) = case.rows(ContactChoice)
    assert b"chu.xe" not in row.email_encrypted
    (logged,) = case.rows(AuditEntry, AuditEntry.action == "contact.chosen")
    assert logged.data == {"lang": "en", "channels": ["email", "sms"]}

    case.owner.post("/ho-so/chap-nhan", data={"driver": "yes", "electronic": "yes", "no_explanation": "yes"})
    case.jobs()
    body = {"expected_version": case.dossier().version}
    assert case.chief.post(f"/v1/dossiers/{case.id}/decision", json=body).status_code == 200
    case.jobs()
    told = [row.channel for row in case.rows(Message, Message.purpose == "decision")]
    assert sorted(told) == ["email", "vneid"]
    assert mailroom.states("decision")["email"] == "sent"
    mail = case.outside.inbox(email="chu.xe@phatnguoi.example")[-1]["content"]
    assert mail["subject"].endswith("a new paper for you")
    assert case.dossier().plate_display not in str(mail)


def test_who_wants_no_reminders_gets_the_papers_only(case):
    case.entered(kind="motorbike")
    assert case.owner.post(PAGE, data={"first": "", "second": "", "third": ""}).status_code == 303
    before = len(case.rows(Message, Message.force == "courtesy"))
    case.owner.post("/ho-so/chap-nhan", data={"driver": "yes", "electronic": "yes", "no_explanation": "yes"})
    case.jobs()
    body = {"expected_version": case.dossier().version}
    case.chief.post(f"/v1/dossiers/{case.id}/decision", json=body)
    case.jobs()
    assert len(case.rows(Message, Message.force == "courtesy")) == before
    assert case.rows(Message, Message.purpose == "decision", Message.channel == "vneid")


@pytest.mark.parametrize("email", ["", "không phải", "a@b", "a b@c.example"])
def test_an_address_that_is_none_is_told_at_its_field(case, email):
    case.entered(kind="motorbike")
    refused = case.owner.post(PAGE, data={"first": "email", "email": email})
    assert refused.status_code == 422
    assert 'id="email-error"' in refused.text
    assert 'value="email" selected' in refused.text
    assert case.rows(ContactChoice) == []


def test_without_a_visit_there_is_no_page(case):
    assert case.owner.get(PAGE).status_code == 401
