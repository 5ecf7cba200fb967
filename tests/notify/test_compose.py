from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import notify
from notify.compose import Template, find, load, parse
from notify.guard import ForbiddenContentError
from notify.message import Attachment
from notify.sms import size, without_accents

PDF = Attachment("TB-2026-000123.pdf", "application/pdf", b"%PDF-1.7 test")
VALUES: dict[str, Any] = {
    "unit": "CSGT TP.HCM",
    "plate": "51A-1**.*5",
    "number": "TB-2026-000123",
    "sent_on": date(2026, 11, 23),
    "due_on": date(2026, 12, 14),
    "paid_on": date(2026, 12, 1),
    "answer_by": date(2026, 12, 14),
    "delivered_on": date(2026, 11, 27),
    "pay_by": date(2026, 12, 7),
    "phone": "0900 000 999",
    "secret": "K7QM-2XTR-9WPD",
    "title": "Giấy đôn đốc",
    "title_en": "Reminder",
}


def named(template: Template) -> str:
    return f"{template.id}/{template.version}"


COURTESY = [template for template in load() if template.force == "courtesy"]
LEGAL = [template for template in load() if template.force == "legal"]


def made(template: Template, lang: Any = "vi", channel: Any = None, **changes: Any) -> notify.Message:
    values = {name: VALUES[name] for name in template.fields}
    return notify.compose(
        template.id,
        {**values, **changes},
        lang=lang,
        version=template.version,
        channel=channel,
        attachments=(PDF,) if template.force == "legal" else (),
        secrets=(VALUES["secret"],),
    )


@pytest.mark.parametrize("lang", ["vi", "en", "vi+en"])
@pytest.mark.parametrize("template", load(), ids=named)
def test_every_template_composes_in_every_language(template: Template, lang: str) -> None:
    message = made(template, lang)
    assert message.template == f"{template.id}/{template.version}"
    assert "{" not in message.body + message.subject
    for value in message.fields.values():
        assert value in message.body + message.subject


@pytest.mark.parametrize("plate", ["61D-1**.*5", "59-K1 2**.*9", "51D-***.45", "29-MD1 1**.*5"])
@pytest.mark.parametrize("template", COURTESY, ids=named)
def test_a_plate_is_never_taken_for_a_sum_of_money(template: Template, plate: str) -> None:
    assert plate in made(template, plate=plate).body


def test_a_refusal_can_be_raised_through_a_context_manager() -> None:
    """As a transaction does it: a frozen error could not take its traceback there."""

    @contextmanager
    def transaction() -> Iterator[None]:
        yield

    with pytest.raises(ForbiddenContentError, match="amount: 500"), transaction():
        raise ForbiddenContentError("amount", "500")


@pytest.mark.parametrize("template", COURTESY, ids=named)
def test_a_courtesy_message_fits_two_plain_sms(template: Template) -> None:
    measured = size(without_accents(made(template).body))
    assert (measured.encoding, measured.parts <= 2) == ("gsm7", True)


@pytest.mark.parametrize("template", COURTESY, ids=named)
def test_a_courtesy_message_has_no_money_no_link_no_secret(template: Template) -> None:
    body = made(template).body.lower()
    assert not re.search(r"http|www|\.vn|đồng|vnđ|k7qm", body)


@pytest.mark.parametrize("template", LEGAL, ids=named)
def test_legal_delivery_needs_the_document(template: Template) -> None:
    values = {name: VALUES[name] for name in template.fields}
    with pytest.raises(notify.TemplateError, match="needs the signed document"):
        notify.compose(template.id, values)


def test_only_the_legal_notice_carries_the_secret() -> None:
    with_secret = [template.id for template in load() if VALUES["secret"] in made(template).body]
    assert with_secret == ["notice_delivery"]


def test_a_courtesy_message_carries_no_files() -> None:
    template = COURTESY[0]
    values = {name: VALUES[name] for name in template.fields}
    with pytest.raises(notify.TemplateError, match="carries no files"):
        notify.compose(template.id, values, attachments=(PDF,))


@pytest.mark.parametrize(
    ("unit", "finding"),
    [
        ("CSGT https://fake.example", "link"),
        ("CSGT phatnguoi.vn", "link"),
        ("CSGT phat-nguoi . top", "link"),
        ("Nộp 19.000.000", "amount"),
        ("Nộp 500k", "amount"),
        ("Nộp 4 triệu", "amount"),
        ("Nộp 5.000.000 đồng", "amount"),
        ("Phi 200000 dong", "amount"),
        ("STK 0071 0001 2345 678", "account"),
        ("Goi 0274.3822.123", "account"),
        ("Mã tra cứu là K7", "secret"),
        ("OTP: 1234", "secret"),
        ("k7qm 2xtr 9wpd", "secret"),
    ],
)
def test_what_slips_in_by_a_value_is_found(unit: str, finding: str) -> None:
    with pytest.raises(ForbiddenContentError) as caught:
        made(COURTESY[0], unit=unit)
    assert caught.value.finding == finding
    assert "K7QM" not in str(caught.value)


@pytest.mark.parametrize("unit", ["CSGT TP.HCM", "PC08 Công an TP. Hồ Chí Minh", "Đội CSGT số 4"])
def test_ordinary_names_of_units_pass(unit: str) -> None:
    assert unit in made(COURTESY[0], unit=unit).body


def test_a_legal_message_has_no_link_either() -> None:
    with pytest.raises(ForbiddenContentError, match="link"):
        made(find("notice_delivery"), unit="http://x.vn")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"sent_on": "23/11/2026"}, "notice_sent.sent_on: expected a date"),
        ({"plate": "51A-123.45"}, "notice_sent.plate: expected a masked plate"),
        ({"number": "123456789"}, "notice_sent.number: expected a document number"),
        ({"number": 5}, "notice_sent.number"),
        ({"unit": ""}, "notice_sent.unit: expected one line"),
        ({"unit": "x" * 81}, "notice_sent.unit"),
        ({"unit": "a\nb"}, "notice_sent.unit"),
        ({"extra": "x"}, "fields missing or not wanted: extra"),
    ],
)
def test_values_must_fit_their_fields(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(notify.TemplateError, match=says):
        made(find("notice_sent"), **changes)


def test_a_missing_field_is_named() -> None:
    with pytest.raises(notify.TemplateError, match="not wanted: number, plate, sent_on, unit"):
        notify.compose("notice_sent", {})


def test_unknown_templates_and_versions_are_named() -> None:
    with pytest.raises(notify.TemplateError, match="nothing: no such template"):
        notify.find("nothing")
    with pytest.raises(notify.TemplateError, match="notice_sent/99"):
        notify.find("notice_sent", 99)


ONE = """
[[template]]
id = "x"
version = 1
force = "courtesy"
fields = { unit = "text" }
vi = "{unit}"
en = "{unit}"
"""


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('vi = "{unit}"', 'vi = "{units}"', "text and fields differ"),
        ('vi = "{unit}"', "", "'vi' is missing"),
        ('vi = "{unit}"', 'vi = "{unit} www.x.vn"', "link"),
        ('"text"', '"number2"', "unknown kind 'number2'"),
        ('"text"', '"secret"', "has no secret"),
        ('"courtesy"', '"friendly"', "force must be one of legal, courtesy"),
        ('en = "{unit}"', 'en = "{unit}"\nsubject_vi = "{who}"', "undeclared field"),
    ],
)
def test_a_malformed_template_is_refused_on_load(old: str, new: str, says: str) -> None:
    assert parse(ONE)
    with pytest.raises((notify.TemplateError, ForbiddenContentError), match=says):
        parse(ONE.replace(old, new, 1))


def test_a_version_is_written_once_and_the_newest_is_used() -> None:
    with pytest.raises(notify.TemplateError, match="x/1: is there twice"):
        parse(ONE + ONE)
    assert [one.version for one in parse(ONE + ONE.replace("version = 1", "version = 2"))] == [1, 2]


@given(st.text(min_size=1, max_size=60).filter(lambda text: "\n" not in text and text.strip()))
def test_no_value_smuggles_money_or_links(unit: str) -> None:
    """Whatever is accepted carries nothing that looks like an address or an amount in dong."""
    try:
        body = made(COURTESY[0], unit=f"{unit} 100.000 đ").body
    except (ForbiddenContentError, notify.TemplateError):
        return
    raise AssertionError(body)
