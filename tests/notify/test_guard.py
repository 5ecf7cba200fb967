"""What may be said where: every template, on every channel that carries it, in every language.

The table is domain/notifications_privacy.md: courtesy messages carry no link, amount, account or secret; a
phone may read a masked plate and a number; an e-mail says nothing of the case; nobody is named anywhere.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

import notify
from notify.compose import Template, load, parse
from notify.guard import SAYABLE, ForbiddenContentError
from notify.message import Attachment
from notify.routing import CHANNELS_OF
from notify.sms import size, without_accents

PDF = Attachment("TB-2026-000123.pdf", "application/pdf", b"%PDF-1.7 test")
SECRET = "K7QM-2XTR-9WPD"
CASE: dict[str, Any] = {
    "plate": "61D-1**.*5",
    "number": "TB-2026-000123",
    "sent_on": date(2026, 11, 23),
    "due_on": date(2026, 12, 14),
    "paid_on": date(2026, 12, 1),
    "answer_by": date(2026, 12, 15),
    "delivered_on": date(2026, 11, 27),
    "pay_by": date(2026, 12, 7),
    "phone": "0900 000 999",
    "secret": SECRET,
    "title": "Giấy đôn đốc",
    "title_en": "Reminder",
}
ELECTRONIC = {"legal": ("vneid",), "courtesy": CHANNELS_OF["courtesy"]}
SAID = [
    pytest.param(template, channel, lang, id=f"{template.id}/{template.version}-{channel}-{lang}")
    for template in load()
    for channel in ELECTRONIC[template.force]
    for lang in ("vi", "en", "vi+en")
    if channel != "email" or template.email is not None
]
NEWEST = {one.id: one for one in sorted(load(), key=lambda one: one.version)}
COURTESY = [one for one in NEWEST.values() if one.force == "courtesy"]


def text_of(template: Template, channel: Any, lang: Any) -> str:
    values = {name: CASE.get(name, "CSGT TP.HCM") for name in template.fields}
    message = notify.compose(
        template.id,
        values,
        lang=lang,
        version=template.version,
        channel=channel,
        attachments=(PDF,) if template.force == "legal" else (),
        secrets=(SECRET,),
    )
    return f"{message.subject}\n{message.body}"


@pytest.mark.parametrize(("template", "channel", "lang"), SAID)
def test_no_link_no_money_no_secret_anywhere_but_in_the_box(template, channel, lang):
    text = text_of(template, channel, lang)
    plain = without_accents(text.replace(CASE["plate"], "#")).lower()
    assert not re.search(r"http|www|\.vn\b|\.com|href", plain)
    assert not re.search(r"\d[\d.,]*\s*(?:dong|vnd|trieu)\b|₫", plain)
    if template.id != "notice_delivery":
        assert "k7qm" not in plain.replace("-", "")


@pytest.mark.parametrize(("template", "channel", "lang"), [one for one in SAID if one.values[1] == "email"])
def test_an_email_says_nothing_of_the_case(template, channel, lang):
    text = text_of(template, channel, lang)
    for name, value in CASE.items():
        said = f"{value:%d/%m/%Y}" if isinstance(value, date) else str(value)
        assert said not in text, name
    assert not re.search(r"\d", text.replace("CSGT TP.HCM", ""))
    assert not re.search(r"vi pham|xu phat|bien so|plate|violation|penalty", without_accents(text).lower())


@pytest.mark.parametrize("template", COURTESY, ids=lambda one: one.id)
@pytest.mark.parametrize("channel", CHANNELS_OF["courtesy"])
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_what_is_sent_today_says_how_to_check_that_it_is_genuine(template, channel, lang):
    text = text_of(template, channel, lang)
    assert "VNeID" in text
    assert re.search(r"không (?:gửi đường dẫn|có đường dẫn)|never send links|has no link", text)
    assert re.search(r"không đòi chuyển tiền|never ask for money", text)


@pytest.mark.parametrize("template", COURTESY, ids=lambda one: one.id)
def test_fields_of_a_courtesy_message_are_those_that_may_be_said(template):
    for channel in ("zalo", "sms"):
        assert set(template.fields) <= SAYABLE[channel]


@pytest.mark.parametrize("template", COURTESY, ids=lambda one: one.id)
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_what_is_sent_today_fits_two_plain_sms_and_zalos_four_hundred(template, lang):
    text = text_of(template, "sms", lang).strip()
    assert size(without_accents(text)).encoding == "gsm7"
    assert size(without_accents(text)).parts <= 2, len(text)
    assert len(text) <= 400


def test_every_courtesy_message_can_go_by_email():
    assert all(one.email is not None for one in COURTESY)


@pytest.mark.parametrize("field", ["plate", "number", "sent_on"])
def test_a_template_whose_email_tells_of_the_case_is_refused(field):
    kind = {"plate": "masked_plate", "number": "number", "sent_on": "date"}[field]
    text = f"""
[[template]]
id = "x"
version = 1
force = "courtesy"
fields = {{ unit = "text", {field} = "{kind}" }}
vi = "{{unit}} {{{field}}}"
en = "{{unit}} {{{field}}}"
[template.email]
subject_vi = "a"
subject_en = "a"
vi = "{{{field}}}"
en = "a"
"""
    with pytest.raises(notify.TemplateError, match="nothing of the case"):
        parse(text)


def test_a_message_without_an_email_text_does_not_go_by_email():
    old = next(one for one in load() if one.id == "notice_sent" and one.version == 1)
    with pytest.raises(notify.TemplateError, match="does not go by e-mail"):
        text_of(old, "email", "vi")


@pytest.mark.parametrize("unit", ["a@b.vn", "bit.ly/x", "CSGT phatnguoi . site", "www . vidu"])
def test_more_addresses_that_slip_in(unit):
    with pytest.raises(ForbiddenContentError):
        notify.compose("pay_by", {"unit": unit, **{k: CASE[k] for k in ("plate", "number", "due_on")}})
