"""The border to the network: a channel says what to send, an injected function sends it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from notify.message import Delivery

_TOO_MANY = 429
_SERVER_ERROR = 500


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One POST, of JSON or of `raw` bytes. Headers may hold tokens, so repr leaves them and the body out."""

    url: str
    headers: Mapping[str, str]
    body: Mapping[str, Any] = field(default_factory=dict)
    timeout_s: float = 10.0
    raw: bytes | None = None
    media_type: str = "application/json"

    def __repr__(self) -> str:
        return f"HttpRequest(url={self.url!r})"

    @property
    def content(self) -> bytes:
        return json.dumps(self.body, ensure_ascii=False).encode() if self.raw is None else self.raw


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """Status and raw body of the answer."""

    status: int
    content: bytes
    retry_after_s: float = 0.0

    def json(self) -> Mapping[str, Any]:
        """The body as an object; empty where it is none."""
        try:
            parsed = json.loads(self.content)
        except ValueError:
            return {}
        return parsed if isinstance(parsed, dict) else {}


class NotSentError(Exception):
    """The request never reached the provider (refused connection, no such host): the same again is safe."""


class NoAnswerError(Exception):
    """The request may have reached the provider, but no answer came (time-out, broken connection)."""


Send = Callable[[HttpRequest], HttpResponse]


def exchange(send: Send, request: HttpRequest) -> HttpResponse | Delivery:
    """The provider's answer, or the delivery result where there is none worth reading."""
    try:
        response = send(request)
    except NotSentError as error:
        return Delivery("failed", code="not_sent", detail=str(error), retryable=True)
    except NoAnswerError as error:
        return Delivery("unknown", code="no_answer", detail=str(error))
    if response.status == _TOO_MANY or response.status >= _SERVER_ERROR:
        return Delivery(
            "failed",
            code=f"http_{response.status}",
            detail="provider busy",
            retryable=True,
            retry_after_s=response.retry_after_s,
        )
    return response
