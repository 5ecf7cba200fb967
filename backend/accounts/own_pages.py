"""One's own account: password, second factor, and where one is signed in."""

from __future__ import annotations

import uuid
from typing import Annotated, Any

import segno
from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse
from markupsafe import Markup
from sqlalchemy.orm import Session

from backend.accounts import people, refusals, second_factor
from backend.accounts.cookies import browser_of, next_page, set_cookie
from backend.accounts.guards import AnyStaff, AnyStage, CurrentSession
from backend.accounts.models import Account, AccountSession
from backend.accounts.service import SignedIn, check_code, promote
from backend.accounts.words import METHOD_NAMES, ROLE_NAMES, browser_name, position_names
from backend.database import SessionDep, utc_now
from backend.errors import Problem
from backend.owners.service import vault_of
from backend.places.service import gazetteer
from backend.services import Services, ServicesDep
from backend.templating import render
from penalty.calendar import vietnam_date

router = APIRouter(prefix="/tai-khoan", include_in_schema=False)
_QR_SCALE = 5


@router.get("")
def own_account(request: Request, session: SessionDep, current: CurrentSession, done: str = "") -> Response:
    """Who I am here: roles, offices and areas; second factor; my sessions."""
    account, account_session = current
    return render(
        request,
        "accounts/own.html",
        done=done if done in {"password", "factor", "removed", "ended"} else "",
        current_id=account_session.id,
        sessions=people.living_sessions(session, account, utc_now()),
        codes_left=second_factor.recovery_codes_left(session, account),
        **described(session, account),
    )


@router.get("/mat-khau")
def password_page(request: Request, current: AnyStage) -> Response:
    """Change the password; also the last step of a first sign-in."""
    _refuse_owed(current, "password")
    return _password_page(request, current)


@router.post("/mat-khau")
def change_password(  # noqa: PLR0917 -- FastAPI fills them in
    request: Request,
    services: ServicesDep,
    session: SessionDep,
    current: AnyStage,
    old_password: Annotated[str, Form(max_length=200)] = "",
    new_password: Annotated[str, Form(max_length=200)] = "",
    repeated: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Set it, and end all other sessions of this account."""
    _refuse_owed(current, "password")
    account, account_session = current
    try:
        if new_password != repeated:
            raise refusals.password_unfit(
                "Hai lần nhập không giống nhau.", "The two entries differ.", "repeated"
            )
        people.change_password(
            session, account, old=old_password, new=new_password, current=account_session, now=utc_now()
        )
    except Problem as problem:
        return _password_page(request, current, problem)
    if account_session.stage == "full":
        return RedirectResponse("/tai-khoan?done=password", status_code=303)
    return _go_on(services, session, current)


@router.get("/hai-lop")
def factor_page(request: Request, services: ServicesDep, session: SessionDep, current: AnyStage) -> Response:
    """The QR code of a new second factor."""
    _refuse_owed(current, "enrolment")
    if current[0].totp_since is not None:
        return RedirectResponse("/tai-khoan", status_code=303)
    return _factor_page(request, services, session, current)


@router.post("/hai-lop")
def set_factor(
    request: Request,
    services: ServicesDep,
    session: SessionDep,
    current: AnyStage,
    code: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """The first code sets it; the recovery codes are shown once."""
    _refuse_owed(current, "enrolment")
    account, account_session = current
    try:
        codes = second_factor.confirm(session, account_session, vault_of(services), code, utc_now())
    except Problem as problem:
        return _factor_page(request, services, session, current, problem)
    half, onward = account_session.stage != "full", "/tai-khoan?done=factor"
    signed_in: SignedIn | None = None
    if half:
        account_session.method += "+totp"
        signed_in = promote(session, services.settings, account_session, account, utc_now())
        onward = next_page(signed_in)
    response = render(request, "accounts/recovery_codes.html", codes=codes, onward=onward, section="account")
    if signed_in is not None:
        set_cookie(response, services, signed_in)
    return response


def _proven(
    request: Request,
    services: ServicesDep,
    account: AnyStaff,
    code: Annotated[str, Form(max_length=40)] = "",
) -> Account:
    """By a code of the second factor, or a Problem; wrong ones are counted as at the sign-in."""
    check_code(
        services.database,
        services.settings,
        account,
        code=code,
        browser=browser_of(request),
        now=utc_now(),
    )
    return account


Proven = Annotated[Account, Depends(_proven)]


@router.post("/hai-lop/tat")
def remove_factor(session: SessionDep, account: Proven) -> Response:
    """Forget the second factor; a last code proves that it is in the right hands."""
    second_factor.remove(session, account, by=account)
    return RedirectResponse("/tai-khoan?done=removed", status_code=303)


@router.post("/hai-lop/ma-du-phong")
def renew_codes(request: Request, session: SessionDep, account: Proven) -> Response:
    """New recovery codes instead of the old ones."""
    codes = second_factor.renew_recovery_codes(session, account)
    return render(
        request, "accounts/recovery_codes.html", codes=codes, onward="/tai-khoan", section="account"
    )


@router.post("/phien/{session_id}/ket-thuc")
def end_session(session_id: uuid.UUID, session: SessionDep, account: AnyStaff) -> Response:
    """End one of my sessions."""
    people.end_session(session, account, session_id, by=account, now=utc_now())
    return RedirectResponse("/tai-khoan?done=ended", status_code=303)


@router.post("/phien-khac/ket-thuc")
def end_others(session: SessionDep, current: CurrentSession) -> Response:
    """End all my sessions but this one."""
    people.end_sessions(session, current[0], by=current[0], now=utc_now(), but=current[1].id)
    return RedirectResponse("/tai-khoan?done=ended", status_code=303)


def described(session: Session, account: Account) -> dict[str, Any]:
    """What pages about a person show, with the names of things."""
    today = vietnam_date(utc_now())
    known = gazetteer(session)
    return {
        "person": account,
        "today": today,
        "role_names": ROLE_NAMES,
        "position_names": position_names(),
        "method_names": METHOD_NAMES,
        "browser_name": browser_name,
        "area_name": lambda code: area.name if (area := known.today(code, today)) else code,
        "power_vnd": account.signing_power_vnd(today),
        "section": "account",
    }


def _refuse_owed(current: tuple[Account, AccountSession], step: str) -> None:
    """Who owes another step than this one is sent there."""
    if current[1].stage not in {"full", step}:
        raise refusals.not_signed_in()


def _go_on(services: Services, session: Session, current: tuple[Account, AccountSession]) -> Response:
    signed_in = promote(session, services.settings, current[1], current[0], utc_now())
    response = RedirectResponse(next_page(signed_in), status_code=303)
    set_cookie(response, services, signed_in)
    return response


def _password_page(
    request: Request, current: tuple[Account, AccountSession], problem: Problem | None = None
) -> Response:
    return render(
        request,
        "accounts/password.html",
        status_code=problem.status if problem else 200,
        problem=problem,
        owed=current[1].stage == "password",
        section="account",
    )


def _factor_page(
    request: Request,
    services: Services,
    session: Session,
    current: tuple[Account, AccountSession],
    problem: Problem | None = None,
) -> Response:
    account, account_session = current
    secret = second_factor.begin(session, account_session, vault_of(services))
    qr = segno.make(second_factor.address(secret, account), error="m")
    return render(
        request,
        "accounts/factor.html",
        status_code=problem.status if problem else 200,
        problem=problem,
        owed=account_session.stage == "enrolment",
        # The picture is drawn here from the secret: nothing of it comes from outside.
        qr=Markup(qr.svg_inline(scale=_QR_SCALE, svgclass=None, lineclass=None)),  # noqa: S704
        secret=" ".join(secret[place : place + 4] for place in range(0, len(secret), 4)),
        section="account",
    )
