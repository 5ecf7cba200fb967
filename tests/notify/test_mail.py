"""E-mails as bytes, and what SMTP's answers mean."""

from __future__ import annotations

import email
from datetime import UTC, datetime
from email.policy import default

import pytest

from notify.channels.email import read
from notify.mail import Sender, SmtpAnswer, build, checked_address

SENDER = Sender("Phòng CSGT", "khong-tra-loi@phatnguoi.example")
AT = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


def built(text="Chào bạn.\n\nBạn có giấy tờ mới <b>."):
    return build(
        sender=SENDER, recipient="ten@vidu.example", subject="Giấy tờ mới", text=text, tracking_id="t1", at=AT
    )


def test_plain_and_html_say_the_same():
    mail = email.message_from_bytes(built().content, policy=default)
    assert mail["Subject"] == "Giấy tờ mới"
    assert mail["From"].addresses[0].addr_spec == SENDER.address
    assert mail["Message-ID"] == "<t1@phatnguoi.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    plain = mail.get_body(("plain",)).get_content()
    page = mail.get_body(("html",)).get_content()
    assert "Bạn có giấy tờ mới <b>." in plain
    assert "<p>Bạn có giấy tờ mới &lt;b&gt;.</p>" in page
    assert "href" not in page


def test_no_relay_has_to_change_the_bytes_it_signs():
    """DKIM breaks where a relay recodes: pure ASCII, CRLF, lines under 998 and no bare line ends."""
    content = built("Đường rất dài " * 200).content
    content.decode("ascii")
    assert content.replace(b"\r\n", b"").count(b"\n") == 0
    assert max(len(line) for line in content.split(b"\r\n")) <= 120


def test_the_same_message_is_the_same_bytes_but_for_its_boundary():
    first, second = (email.message_from_bytes(built().content, policy=default) for _ in range(2))
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Date"] == second["Date"]


@pytest.mark.parametrize(
    "wrong",
    ["", "ten", "ten@", "@vidu.example", "ten@vidu", "Tên <t@vidu.example>", "a b@vidu.example",
     "a@vidu.example\r\nBcc: x@y.example", "a@vidu.example,b@vidu.example", "tên@vidu.example"],
)  # fmt: skip
def test_addresses_that_are_none(wrong):
    with pytest.raises(ValueError, match="expected an address") as caught:
        checked_address(wrong)
    assert str(caught.value) == "email: expected an address such as ten@vidu.example"


def test_an_address_keeps_its_name_and_lowers_its_domain():
    assert checked_address(" Ten.Mau@ViDu.Example ") == "Ten.Mau@vidu.example"


@pytest.mark.parametrize(
    ("answer", "state", "code", "retryable", "operator"),
    [
        (SmtpAnswer("taken"), "accepted", "", False, False),
        (SmtpAnswer("later", 450, "Greylisted"), "failed", "450", True, False),
        (SmtpAnswer("not_sent", text="OSError"), "failed", "not_sent", True, False),
        (SmtpAnswer("no_answer"), "unknown", "no_answer", False, False),
        (SmtpAnswer("refused", 550, "No such user"), "failed", "hard_bounce", False, False),
        (SmtpAnswer("refused", 535, "Bad password"), "failed", "535", False, True),
        (SmtpAnswer("refused", 554, "Spam"), "failed", "554", False, False),
    ],
)
def test_answers(answer, state, code, retryable, operator):
    found = read(answer, "t1")
    assert (found.state, found.code, found.retryable, found.needs_operator) == (
        state,
        code,
        retryable,
        operator,
    )
