"""An e-mail as bytes, plain and HTML, in a form that a signing relay (DKIM) and any reader keep whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from html import escape
from typing import Literal

_POLICY = SMTP.clone(cte_type="7bit", max_line_length=76)
_LONGEST_ADDRESS = 254


@dataclass(frozen=True, slots=True)
class Sender:
    """Who writes. `address` decides the domain that a relay signs for and that bounces come back to."""

    name: str
    address: str

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]


@dataclass(frozen=True, slots=True)
class Envelope:
    """One e-mail on its way: the two addresses that SMTP sees, and the bytes."""

    sender: str
    recipient: str = field(repr=False)
    content: bytes = field(repr=False)


Outcome = Literal["taken", "refused", "later", "not_sent", "no_answer"]


@dataclass(frozen=True, slots=True)
class SmtpAnswer:
    """What the server said; `code` is SMTP's, 0 for none.

    `later` is a 4xx (greylisting, a full box), `refused` a 5xx, `not_sent` no connection, `no_answer` a
    connection that broke after the text may have been taken.
    """

    outcome: Outcome
    code: int = 0
    text: str = ""


SendMail = Callable[[Envelope], SmtpAnswer]


def checked_address(text: str) -> str:
    """A plain `name@domain`, lower-cased in its domain. ValueError never repeats the address."""
    name, address = parseaddr(text.strip())
    local, at, domain = address.rpartition("@")
    if (
        name
        or not at
        or not local
        or "." not in domain
        or len(address) > _LONGEST_ADDRESS
        or not address.isascii()
        or address != text.strip()
        or any(letter in ' \r\n\t<>,;:"\\' for letter in address)
    ):
        raise ValueError("email: expected an address such as ten@vidu.example")
    return f"{local}@{domain.lower()}"


def message_id(tracking_id: str, domain: str) -> str:
    """`<tracking_id@domain>`: the same message keeps its id, so that bounces and repeats can be told."""
    return f"<{tracking_id}@{domain}>"


def build(
    *, sender: Sender, recipient: str, subject: str, text: str, tracking_id: str, at: datetime
) -> Envelope:
    """The e-mail whole: `text` as plain and as HTML, paragraph by paragraph, with no address to open."""
    mail = EmailMessage(policy=_POLICY)
    user, _, domain = sender.address.rpartition("@")
    mail["From"] = Address(sender.name, user, domain)
    mail["To"] = recipient
    mail["Subject"] = subject
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = message_id(tracking_id, sender.domain)
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail.set_content(text + "\n", cte="quoted-printable")
    mail.add_alternative(_html(subject, text), subtype="html", cte="quoted-printable")
    return Envelope(sender.address, recipient, mail.as_bytes())


def _html(subject: str, text: str) -> str:
    paragraphs = "\n".join(
        f"<p>{escape(part).replace(chr(10), '<br>')}</p>" for part in text.split("\n\n") if part
    )
    return (
        '<!doctype html>\n<html lang="vi"><head><meta charset="utf-8">'
        f"<title>{escape(subject)}</title></head>\n"
        '<body style="font:16px/1.5 sans-serif;color:#16202c;max-width:36em">\n'
        f"{paragraphs}\n</body></html>\n"
    )
