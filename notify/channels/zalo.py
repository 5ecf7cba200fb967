"""Zalo template messages (ZBS). Courtesy only: they have no legal force."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from notify.channels.http import HttpRequest, HttpResponse, Send, exchange
from notify.message import Delivery, Message, Recipient
from notify.phones import try_normalise

_OK = 200
_UNAUTHORISED = 401
_TOKEN_CODES = frozenset({-216, -124})
# The meanings of -14020, -216, -124, -224 and -1241 stand in domain/notifications_privacy.md; the others are
# from memory of the maker's list and to be confirmed there. A wrong one costs one channel, never a message.
_OURS: Mapping[int | None, str] = {-144: "quota", -147: "quota", -139: "opt_out", -141: "opt_out"}
_AT_NIGHT = -133
_NIGHT_S = 3600.0
_OPERATOR_CODES: Mapping[int | None, str] = {
    -137: "the account's balance is used up",
    -146: "the template was switched off for its quality",
    -14020: "refresh token was used already: authorise the account again",
    -224: "the account's package does not allow template messages",
    -1241: "app proof is missing or wrong",
}


@dataclass(frozen=True, slots=True)
class ZaloChannel:
    """`template_ids` maps our template name and version (`notice_sent/1`) to the id Zalo approved."""

    base_url: str
    access_token: str = field(repr=False)
    template_ids: Mapping[str, str]
    send: Send = field(repr=False)
    name: Literal["zalo"] = "zalo"

    def deliver(self, message: Message, recipient: Recipient, *, tracking_id: str) -> Delivery:
        """See `Channel.deliver`. An expired token is retryable: refresh it first (`code` is `token`)."""
        if message.force != "courtesy":
            raise ValueError("zalo: legal delivery does not go this way")
        if recipient.phone is None:
            return Delivery("failed", code="no_phone", detail="no phone number is known")
        template_id = self.template_ids.get(message.template)
        if template_id is None:
            return Delivery(
                "failed",
                code="no_template",
                detail=f"{message.template} is not approved at Zalo",
                needs_operator=True,
            )
        to = try_normalise(recipient.phone)
        if to is None:
            return Delivery("failed", code="bad_phone", detail="the phone number is none")
        request = HttpRequest(
            url=f"{self.base_url.rstrip('/')}/message/template",
            headers={"access_token": self.access_token},
            body={
                "phone": to,
                "template_id": template_id,
                "template_data": dict(message.fields),
                "tracking_id": tracking_id,
            },
        )
        answer = exchange(self.send, request)
        return answer if isinstance(answer, Delivery) else _read(answer)


def _read(answer: HttpResponse) -> Delivery:
    body = answer.json()
    given = body.get("error")
    error = given if isinstance(given, int) else None
    if answer.status == _OK and error == 0:
        return Delivery("accepted", provider_id=_message_id(body))
    if answer.status == _UNAUTHORISED or error in _TOKEN_CODES:
        return Delivery("failed", code="token", detail="access token refused", retryable=True)
    return _refused(error, answer.status, str(body.get("message", "")))


def _refused(error: int | None, status: int, detail: str) -> Delivery:
    if error in _OPERATOR_CODES:
        return Delivery("failed", code=str(error), detail=_OPERATOR_CODES[error], needs_operator=True)
    if error == _AT_NIGHT:
        return Delivery("failed", code="at_night", detail=detail, retryable=True, retry_after_s=_NIGHT_S)
    # Unknown errors are never resent blindly: the next channel takes over.
    code = str(error) if error is not None else f"http_{status}"
    return Delivery("failed", code=_OURS.get(error, code), detail=detail)


def _message_id(body: Mapping[str, Any]) -> str | None:
    data = body.get("data")
    found = data.get("msg_id") if isinstance(data, dict) else None
    return None if found is None else str(found)
