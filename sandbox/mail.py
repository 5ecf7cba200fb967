"""A mail server that greylists, bounces and goes down on request; what it takes lies in the inbox.

Addresses say what happens: `khong-co@` bounces at once, `tra-lai@` later, `day@` has a full box.
"""

from __future__ import annotations

import asyncio
import email
import socket
import time
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from sandbox.faults import Faults
from sandbox.inbox import entry
from sandbox.receipts import Receipts
from sandbox.store import Store


async def serve_mail(
    listening: socket.socket, store: Store, faults: Faults, receipts: Receipts
) -> asyncio.Server:
    """Real SMTP on this socket."""
    loop, handler = asyncio.get_running_loop(), _Handler(store, faults, receipts)
    return await loop.create_server(
        lambda: SMTP(handler, hostname="mail.sandbox.invalid", loop=loop), sock=listening
    )


class _Handler:
    """aiosmtpd's hooks, named as it wants them."""

    def __init__(self, store: Store, faults: Faults, receipts: Receipts) -> None:
        self._store, self._faults, self._receipts = store, faults, receipts
        self._seen: dict[str, float] = {}

    async def handle_MAIL(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self._faults.mail_down:
            return "421 4.3.2 Service not available"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        local = address.partition("@")[0].lower()
        if self._faults.mail_bounces or local.startswith("khong-co"):
            return "550 5.1.1 No such user here"
        if local.startswith("day"):
            return "452 4.2.2 Mailbox full"
        if self._faults.mail_greylists and not self._knocked_before(f"{envelope.mail_from} {address}"):
            return "450 4.7.1 Greylisted, try again later"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    def _knocked_before(self, who: str) -> bool:
        now = time.monotonic()
        return self._seen.setdefault(who, now) < now

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content or b""
        raw = content if isinstance(content, bytes) else content.encode()
        mail = email.message_from_bytes(raw, policy=default)
        for to in envelope.rcpt_tos:
            if to.lower().startswith("tra-lai"):
                self._receipts.bounce(bounce_report(mail, to))
                continue
            key = f"mail{self._store.count('message') + 1:012d}"
            self._store.put("message", key, entry("email", to, _content(mail, raw)))
        return "250 2.0.0 Taken"


def bounce_report(mail: EmailMessage, to: str) -> str:
    """A delivery status notification (RFC 3464): taken first, sent back later."""
    return (
        "From: MAILER-DAEMON@mail.sandbox.invalid\n"
        "Subject: Undelivered Mail Returned to Sender\n"
        "MIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="=b"\n\n'
        "--=b\nContent-Type: text/plain\n\nThis is the mail system. The address does not exist.\n"
        "--=b\nContent-Type: message/delivery-status\n\n"
        "Reporting-MTA: dns; mail.sandbox.invalid\n\n"
        f"Final-Recipient: rfc822; {to}\nAction: failed\nStatus: 5.1.1\n"
        "Diagnostic-Code: smtp; 550 5.1.1 No such user here\n\n"
        "--=b\nContent-Type: text/rfc822-headers\n\n"
        f"Message-ID: {mail['Message-ID']}\n\n--=b--\n"
    )


def _content(mail: EmailMessage, raw: bytes) -> dict[str, Any]:
    def part(kind: str) -> str:
        found = mail.get_body((kind,))
        return "" if found is None else str(found.get_content())

    return {
        "from": str(mail["From"]),
        "subject": str(mail["Subject"]),
        "message_id": str(mail["Message-ID"]),
        "text": part("plain").strip(),
        "html": part("html"),
        "raw": raw.decode("ascii", "replace"),
    }
