"""Zalo's tokens (OAuth v4): an access token for about a day, a refresh token that is used up by its use."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlencode

from notify.channels.http import HttpRequest, HttpResponse, NoAnswerError, NotSentError, Send

_USED_UP = frozenset({-14020, -14014})
_DEFAULT_LIFE_S = 90_000.0


@dataclass(frozen=True, slots=True)
class Tokens:
    """Both are new: keep both in one write, the old ones are worth nothing."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    life_s: float


class TokenError(Exception):
    """No new tokens. `lost`: the refresh token is used up or unknown, only a person can authorise again."""

    def __init__(self, code: str, *, lost: bool) -> None:
        super().__init__(f"zalo token: {code}")
        self.code, self.lost = code, lost


def refresh(send: Send, url: str, *, app_id: str, app_secret: str, refresh_token: str) -> Tokens:
    """Exchange a refresh token. Raises TokenError.

    A broken connection may have used the token up all the same; the next try then says so.
    """
    form = {"app_id": app_id, "grant_type": "refresh_token", "refresh_token": refresh_token}
    request = HttpRequest(
        url,
        {"secret_key": app_secret},
        raw=urlencode(form).encode(),
        media_type="application/x-www-form-urlencoded",
    )
    try:
        answer = send(request)
    except (NotSentError, NoAnswerError) as error:
        raise TokenError(type(error).__name__, lost=False) from error
    return _read(answer)


def _read(answer: HttpResponse) -> Tokens:
    body = answer.json()
    access, fresh = body.get("access_token"), body.get("refresh_token")
    if isinstance(access, str) and access and isinstance(fresh, str) and fresh:
        return Tokens(access, fresh, _life(body.get("expires_in")))
    error = body.get("error")
    code = str(error) if isinstance(error, int) else f"http_{answer.status}"
    raise TokenError(code, lost=error in _USED_UP)


def _life(given: object) -> float:
    """Zalo writes the seconds as text."""
    try:
        return max(0.0, float(str(given)))
    except ValueError:
        return _DEFAULT_LIFE_S
