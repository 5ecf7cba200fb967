"""`Idempotency-Key` on a route (IETF draft-ietf-httpapi-idempotency-key-header).

A router of `OnceRoute` and, as the last parameter of a route, so that everything else was checked before,
`StaffOnce` or `CompanyOnce`. What is refused is not kept: nothing was done, and the key may be used again.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import Depends, Header, Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from backend.accounts.guards import CurrentSession
from backend.database import SessionDep, utc_now
from backend.fleets.keys import WebhooksKey
from backend.idempotency import service
from backend.idempotency.service import Answer, Asked
from backend.owners.service import vault_of
from backend.owners.vault import Vault
from backend.services import Services, ServicesDep

HEADER: Final = "Idempotency-Key"
REPLAYED: Final = "Idempotency-Replayed"
_KEPT_HEADERS: Final = ("content-type", "content-language", "etag", "location")
KeyHeader = Annotated[
    str | None,
    Header(
        alias=HEADER,
        description="A key of this request alone, e.g. a UUID. Sent again within 24 hours with the same"
        " content it is answered as the first time and done no second time.",
    ),
]


@dataclass(frozen=True)
class _Claim:
    session: Session
    vault: Vault
    asked: Asked


class _AnsweredError(Exception):
    """Not done again: this was its answer."""

    def __init__(self, answer: Answer) -> None:
        super().__init__("answered before")
        self.answer = answer


class OnceRoute(APIRoute):
    """Keeps the answer of a request that named itself before its transaction ends, or gives the kept one.

    The body of a route that looks at no key is read as that route reads it: piece by piece, or not at all.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        inner = super().get_route_handler()
        if not _looks_at_key(self.dependant):
            return inner

        async def handler(request: Request) -> Response:
            if HEADER not in request.headers:
                return await inner(request)
            request.state.once_body = await request.body()
            try:
                response = await inner(request)
            except _AnsweredError as before:
                return _replayed(before.answer)
            claim: _Claim | None = getattr(request.state, "once", None)
            if claim is not None:
                await run_in_threadpool(_keep, claim, response)
            return response

        return handler


def _looks_at_key(dependant: Dependant) -> bool:
    return any(one.call in {_staff, _company} or _looks_at_key(one) for one in dependant.dependencies)


def _keep(claim: _Claim, response: Response) -> None:
    headers = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
    answer = Answer(response.status_code, headers, bytes(response.body))
    service.keep(claim.session, claim.vault, claim.asked, answer, utc_now())


def _replayed(answer: Answer) -> Response:
    return Response(answer.body or None, answer.status, headers={**answer.headers, REPLAYED: "true"})


def _claim(
    request: Request, services: Services, session: Session, principal: str, header: str | None
) -> None:
    if header is None:
        return
    address = f"{request.url.path}?{request.url.query}"
    printed = service.fingerprint(request.method, address, request.state.once_body)
    asked = Asked(principal, service.parse_key(header), printed)
    vault = vault_of(services)
    answer = service.claim(session, vault, asked, utc_now())
    if answer is not None:
        raise _AnsweredError(answer)
    request.state.once = _Claim(session, vault, asked)


def _staff(
    request: Request,
    services: ServicesDep,
    session: SessionDep,
    current: CurrentSession,
    key: KeyHeader = None,
) -> None:
    _claim(request, services, session, f"account/{current[0].id}", key)


def _company(
    request: Request, services: ServicesDep, session: SessionDep, caller: WebhooksKey, key: KeyHeader = None
) -> None:
    _claim(request, services, session, f"company/{caller.company_id}/{caller.key_id}", key)


StaffOnce = Annotated[None, Depends(_staff)]
CompanyOnce = Annotated[None, Depends(_company)]
