"""Calls to outside systems: one HTTP client that all jobs share, and one way to hand over an e-mail."""

from __future__ import annotations

import asyncio
import re
from functools import lru_cache, partial

import aiosmtplib
import httpx2

from backend.apart import apart
from backend.database import utc_now
from backend.settings import Settings
from notify.channels import EmailChannel, HttpRequest, HttpResponse, NoAnswerError, NotSentError
from notify.mail import Envelope, Sender, SendMail, SmtpAnswer

_PERMANENT = 500
_MAIL_TIMEOUT_S = 20.0


@lru_cache(maxsize=1)
def client() -> httpx2.Client:
    """Safe to use from many threads; each call names its own time-out."""
    return httpx2.Client(follow_redirects=False)


def http_send(request: HttpRequest) -> HttpResponse:
    """POST the request. One that was never connected is safe to repeat; one that broke may have arrived."""
    headers = {**request.headers, "Content-Type": request.media_type}
    try:
        answer = client().post(
            request.url, content=request.content, headers=headers, timeout=request.timeout_s
        )
    except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
        raise NotSentError(type(error).__name__) from error
    except httpx2.HTTPError as error:
        raise NoAnswerError(type(error).__name__) from error
    asked = answer.headers.get("Retry-After", "")
    return HttpResponse(
        answer.status_code, answer.content, float(asked) if re.fullmatch(r"[0-9]{1,6}", asked) else 0.0
    )


def email_channel(settings: Settings, send: SendMail | None = None) -> EmailChannel:
    """E-mail through the relay of the settings."""
    sender = Sender(settings.authority_name, settings.email_from)
    return EmailChannel(sender, send or partial(mail_send, settings), utc_now)


def mail_send(settings: Settings, envelope: Envelope) -> SmtpAnswer:
    """Hand one e-mail to the relay. Never raises for what a mail server does."""
    return apart(lambda: asyncio.run(_mail_send(settings, envelope)))


async def _mail_send(settings: Settings, envelope: Envelope) -> SmtpAnswer:
    password = settings.smtp_password.get_secret_value()
    try:
        await aiosmtplib.send(
            envelope.content,
            sender=envelope.sender,
            recipients=[envelope.recipient],
            hostname=settings.smtp_host,
            port=settings.smtp_port,
            use_tls=settings.smtp_tls == "tls",
            start_tls=settings.smtp_tls == "starttls",
            username=settings.smtp_user or None,
            password=password or None,
            timeout=_MAIL_TIMEOUT_S,
        )
    except aiosmtplib.SMTPRecipientsRefused as error:
        refused = error.recipients[0]
        return _refused(refused.code, refused.message)
    except aiosmtplib.SMTPConnectResponseError as error:
        return SmtpAnswer("not_sent", error.code, _told(error.message))
    except aiosmtplib.SMTPResponseException as error:
        return _refused(error.code, error.message)
    except (aiosmtplib.SMTPConnectError, aiosmtplib.SMTPNotSupported, OSError) as error:
        return SmtpAnswer("not_sent", text=type(error).__name__)
    except aiosmtplib.SMTPException as error:
        return SmtpAnswer("no_answer", text=type(error).__name__)
    return SmtpAnswer("taken")


def _refused(code: int, text: str) -> SmtpAnswer:
    return SmtpAnswer("refused" if code >= _PERMANENT else "later", code, _told(text))


def _told(text: str) -> str:
    """What the server said without the address that it may repeat."""
    return " ".join(word for word in text.split() if "@" not in word)[:200]
