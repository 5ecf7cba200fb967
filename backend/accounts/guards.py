"""Who may call what: dependencies for routes."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, Request

from backend.accounts.models import Account, AccountSession, Role
from backend.accounts.refusals import not_signed_in
from backend.accounts.service import find_session, note_seen
from backend.accounts.words import ROLE_NAMES
from backend.database import SessionDep, utc_now
from backend.errors import Problem
from backend.places.scope import limit
from backend.services import Services
from penalty.calendar import vietnam_date

COOKIE = "pn_session"
CSRF_HEADER = "X-CSRF-Token"
CSRF_FIELD = "csrf_token"
_SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


def _known(request: Request, session: SessionDep) -> bool:
    """Whether a form comes from somebody signed in: nobody else's files are taken in."""
    token = request.cookies.get(COOKIE, "")
    return not _brings_form(request) or find_session(session, token, utc_now(), stage=None) is not None


def _brings_form(request: Request) -> bool:
    return request.headers.get("content-type", "").startswith(_FORMS)


async def _sent_csrf_token(request: Request, known: Annotated[bool, Depends(_known)]) -> str:
    header = request.headers.get(CSRF_HEADER, "")
    if header or not known or not _brings_form(request):
        return header
    value = (await request.form()).get(CSRF_FIELD)
    return value if isinstance(value, str) else ""


def _current(
    request: Request, session: SessionDep, sent_csrf_token: Annotated[str, Depends(_sent_csrf_token)]
) -> tuple[Account, AccountSession]:
    found = find_session(session, request.cookies.get(COOKIE, ""), utc_now())
    if found is None:
        raise not_signed_in()
    account, account_session = _checked(request, found, sent_csrf_token)
    note_seen(account_session, utc_now())
    limit(session, account, vietnam_date(utc_now()))
    return account, account_session


def _at_any_stage(
    request: Request, session: SessionDep, sent_csrf_token: Annotated[str, Depends(_sent_csrf_token)]
) -> tuple[Account, AccountSession]:
    """Also before the sign-in is complete: only the pages that complete it ask so."""
    found = find_session(session, request.cookies.get(COOKIE, ""), utc_now(), stage=None)
    if found is None:
        raise not_signed_in()
    return _checked(request, found, sent_csrf_token)


def _checked(
    request: Request, found: tuple[Account, AccountSession], sent_csrf_token: str
) -> tuple[Account, AccountSession]:
    """Refuse a changing request that another site may have caused."""
    account, account_session = found
    _remember(request, account, account_session)
    if request.method not in _SAFE_METHODS and not hmac.compare_digest(
        sent_csrf_token.encode(), account_session.csrf_token.encode()
    ):
        raise Problem(
            403,
            "csrf_token_wrong",
            "Yêu cầu không kèm mã bảo vệ đúng",
            "The request lacks the right protection token",
            "Tải lại trang rồi thử lại.",
            f"Reload the page and try again; programs send the header {CSRF_HEADER}.",
        )
    return account, account_session


def _remember(request: Request, account: Account, account_session: AccountSession) -> None:
    """What every page of this person needs."""
    request.state.csrf_token = account_session.csrf_token
    request.state.account = account


def recognise(request: Request) -> Account | None:
    """Who is signed in, read anew for a page that only says that something failed."""
    services: Services = request.app.state.services
    with services.database.unit_of_work() as session:
        found = find_session(session, request.cookies.get(COOKIE, ""), utc_now())
        session.expunge_all()
    if found is None:
        return None
    _remember(request, *found)
    return found[0]


AnyStage = Annotated[tuple[Account, AccountSession], Depends(_at_any_stage)]
CurrentSession = Annotated[tuple[Account, AccountSession], Depends(_current)]


def role_missing(*roles: Role) -> Problem:
    vi, en = (", ".join(ROLE_NAMES[role][of] for role in roles) for of in (0, 1))
    return Problem(
        403,
        "role_missing",
        "Tài khoản của bạn không có quyền làm việc này",
        "Your account may not do this",
        f"Việc này dành cho: {vi}. Cần làm việc này thì nhờ một trong những người đó, "
        "hoặc hỏi người quản trị tài khoản.",
        f"This is for: {en}. Ask one of them, or the administrator of accounts if it is your work too.",
    )


def require_role(*roles: Role) -> Callable[..., Account]:
    """A dependency: the signed-in account, holding at least one of these roles (none named: any staff).

    Raises Problem 401 `not_signed_in` (screens are sent to the sign-in page), 403 `csrf_token_wrong`
    for a changing request without its token, 403 `role_missing`.
    """

    def guard(current: CurrentSession) -> Account:
        account = current[0]
        if roles and not account.has(*roles):
            raise role_missing(*roles)
        return account

    return guard


AnyStaff = Annotated[Account, Depends(require_role())]
Officer = Annotated[Account, Depends(require_role("officer", "team_chief", "division", "commune"))]
Reviewer = Annotated[Account, Depends(require_role("officer", "team_chief"))]
Reviewing = Annotated[Account, Depends(require_role("officer", "team_chief", "division"))]
ApprovalReader = Annotated[Account, Depends(require_role("officer", "team_chief", "division", "auditor"))]
ApprovalAsker = Annotated[Account, Depends(require_role("officer", "team_chief", "division", "accountant"))]
TeamChief = Annotated[Account, Depends(require_role("team_chief", "division"))]
MoneyKeeper = Annotated[Account, Depends(require_role("accountant", "team_chief", "division"))]
MoneyReader = Annotated[Account, Depends(require_role("accountant", "team_chief", "division", "auditor"))]
CameraViewer = Annotated[Account, Depends(require_role("officer", "team_chief", "division", "operator"))]
MessageKeeper = Annotated[Account, Depends(require_role("officer", "team_chief", "division", "operator"))]
Operator = Annotated[Account, Depends(require_role("operator"))]
Auditor = Annotated[Account, Depends(require_role("auditor"))]
Clerk = Annotated[Account, Depends(require_role("clerk"))]
Administrator = Annotated[Account, Depends(require_role("administrator"))]
