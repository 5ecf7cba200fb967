"""The administrator's pages: accounts with their roles, offices and areas, and everybody's sessions."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Final, TypedDict, cast

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from backend.accounts import people, refusals
from backend.accounts.guards import Administrator
from backend.accounts.models import ROLES, WHOLE, Account, Role
from backend.accounts.own_pages import described
from backend.accounts.service import NewAccount
from backend.accounts.words import METHOD_NAMES, ROLE_NAMES, browser_name, position_names
from backend.database import SessionDep, utc_now
from backend.errors import Problem
from backend.places.service import gazetteer
from backend.services import ServicesDep
from backend.settings import Settings
from backend.templating import render
from penalty.acts import Signatory
from penalty.calendar import vietnam_date

router = APIRouter(prefix="/quan-tri", include_in_schema=False)
_ACCOUNT: Final = "/tai-khoan/{account_id}"
_TOLD: Final = (409, 412, 422)
"""Refusals that the page itself tells, beside what was typed."""


async def _form(request: Request) -> dict[str, str]:
    given = await request.form()
    roles = ",".join(str(value) for name, value in given.multi_items() if name == "role")
    return {"roles": roles, **{name: str(value).strip() for name, value in given.items()}}


TypedIn = Annotated[dict[str, str], Depends(_form)]


@dataclass(frozen=True, slots=True)
class _Work:
    """An administrator, `by`, at somebody's account."""

    request: Request
    session: Session
    person: Account
    by: Account

    def done(self, act: Callable[[], None]) -> Response:
        """Do it and show the account; what the page can tell, it tells."""
        try:
            with self.session.begin_nested():
                act()
        except Problem as problem:
            if problem.status not in _TOLD:
                raise
            self.session.refresh(self.person)
            return _page(self.request, self.session, self.person, problem)
        return RedirectResponse(f"/quan-tri/tai-khoan/{self.person.id}", status_code=303)

    def let(self, *, active: bool) -> Response:
        """Let this person sign in, or no longer."""
        return self.done(
            lambda: people.set_active(self.session, self.person, active=active, by=self.by, now=utc_now())
        )


def _work(request: Request, account_id: uuid.UUID, session: SessionDep, account: Administrator) -> _Work:
    return _Work(request, session, people.find(session, account_id), account)


Work = Annotated[_Work, Depends(_work)]


@router.get("")
def accounts_page(request: Request, session: SessionDep, _admin: Administrator) -> Response:
    """Everybody who may sign in, and who may no longer."""
    return render(
        request,
        "accounts/list.html",
        people=people.everybody(session),
        signed_in={one.account_id for one in people.living_sessions(session, None, utc_now())},
        **_names(session),
    )


@router.get("/tai-khoan/moi")
def new_account_page(request: Request, session: SessionDep, _admin: Administrator) -> Response:
    """The form of a new account."""
    return _new_page(request, session, {})


@router.post("/tai-khoan")
def create(
    request: Request, services: ServicesDep, session: SessionDep, account: Administrator, form: TypedIn
) -> Response:
    """Open an account; its first password is told once, and its person must replace it."""
    try:
        new, issuer = _new_account(form), _issuer(services.settings, form)
        made, password = people.open_account(session, new, issuer=issuer, by=account, now=utc_now())
    except Problem as problem:
        if problem.status not in _TOLD:
            raise
        return _new_page(request, session, form, problem)
    return _told_once(request, made, password)


@router.get(_ACCOUNT)
def account_page(
    request: Request, account_id: uuid.UUID, session: SessionDep, _admin: Administrator
) -> Response:
    """One account: what this person is, may sign and sees, and where he is signed in."""
    return _page(request, session, people.find(session, account_id))


@router.post(_ACCOUNT)
def change(services: ServicesDep, work: Work, form: TypedIn) -> Response:
    """Name, unit, roles, way to sign in."""

    def act() -> None:
        people.change(
            work.session,
            work.person,
            full_name=_line(form, "full_name"),
            title=_line(form, "title"),
            unit=_line(form, "unit"),
            roles=_roles(form),
            issuer=_issuer(services.settings, form),
            expected_version=_version(form),
            strict_roles=services.settings.second_factor_roles,
            by=work.by,
            now=utc_now(),
        )

    return work.done(act)


@router.post(_ACCOUNT + "/chuc-danh")
def appoint(work: Work, form: TypedIn) -> Response:
    """Write down an office that a written decision gave."""

    def act() -> None:
        position = _position(form, "position")
        if position is None:
            raise refusals.field_wrong("position", "Chọn chức danh.", "Choose an office.")
        people.appoint(
            work.session, work.person, position, basis=_line(form, "basis"), by=work.by, **_days(form)
        )

    return work.done(act)


@router.post(_ACCOUNT + "/chuc-danh/{appointment_id}/ket-thuc")
def end_office(appointment_id: uuid.UUID, work: Work) -> Response:
    """The office ends today."""
    return work.done(
        lambda: people.end_appointment(work.session, work.person, appointment_id, _today(), work.by)
    )


@router.post(_ACCOUNT + "/dia-ban")
def grant(work: Work, form: TypedIn) -> Response:
    """Give an area, from one day to another."""

    def act() -> None:
        code, basis = form.get("area_code", ""), _line(form, "basis")
        people.grant_area(work.session, work.person, code, basis=basis, by=work.by, **_days(form))

    return work.done(act)


@router.post(_ACCOUNT + "/dia-ban/{jurisdiction_id}/ket-thuc")
def end_area(jurisdiction_id: uuid.UUID, work: Work) -> Response:
    """The area is this person's until today."""
    return work.done(lambda: people.end_area(work.session, work.person, jurisdiction_id, _today(), work.by))


@router.post(_ACCOUNT + "/mat-khau")
def reset_password(work: Work) -> Response:
    """A made-up password, told once."""
    password = people.reset_password(work.session, work.person, by=work.by, now=utc_now())
    return _told_once(work.request, work.person, password)


@router.post(_ACCOUNT + "/hai-lop")
def reset_factor(work: Work) -> Response:
    """Forget the second factor of somebody who lost his phone."""
    return work.done(lambda: people.reset_second_factor(work.session, work.person, by=work.by, now=utc_now()))


@router.post(_ACCOUNT + "/dong")
def close(work: Work) -> Response:
    """Close the account; its sessions end."""
    return work.let(active=False)


@router.post(_ACCOUNT + "/mo")
def reopen(work: Work) -> Response:
    """Open a closed account again."""
    return work.let(active=True)


@router.get("/phien")
def sessions_page(request: Request, session: SessionDep, _admin: Administrator) -> Response:
    """Where everybody is signed in now."""
    return render(
        request,
        "accounts/sessions.html",
        sessions=people.living_sessions(session, None, utc_now()),
        people={person.id: person for person in people.everybody(session)},
        **_names(session),
    )


@router.post(_ACCOUNT + "/phien/{session_id}/ket-thuc")
def end_session(session_id: uuid.UUID, work: Work) -> Response:
    """End one session of somebody."""
    people.end_session(work.session, work.person, session_id, by=work.by, now=utc_now())
    return RedirectResponse("/quan-tri/phien", status_code=303)


@router.post(_ACCOUNT + "/phien/ket-thuc")
def end_sessions(work: Work) -> Response:
    """End all sessions of somebody."""
    people.end_sessions(work.session, work.person, by=work.by, now=utc_now())
    return RedirectResponse(f"/quan-tri/tai-khoan/{work.person.id}", status_code=303)


def _page(request: Request, session: Session, person: Account, problem: Problem | None = None) -> Response:
    names = described(session, person)
    return render(
        request,
        "accounts/one.html",
        status_code=problem.status if problem else 200,
        problem=problem,
        sessions=people.living_sessions(session, person, utc_now()),
        **{**names, **_names(session)},
    )


def _new_page(
    request: Request, session: Session, given: Mapping[str, str], problem: Problem | None = None
) -> Response:
    return render(
        request,
        "accounts/new.html",
        status_code=problem.status if problem else 200,
        problem=problem,
        given=given,
        **_names(session),
    )


def _told_once(request: Request, person: Account, password: str | None) -> Response:
    return render(
        request, "accounts/told_once.html", person=person, password=password, section="administration"
    )


def _names(session: Session) -> dict[str, Any]:
    today = _today()
    known = gazetteer(session)
    areas = sorted((area for area in known.areas if area.valid(today)), key=lambda one: (one.level, one.name))
    return {
        "today": today,
        "role_names": ROLE_NAMES,
        "position_names": position_names(),
        "method_names": METHOD_NAMES,
        "browser_name": browser_name,
        "areas": [area for area in areas if area.level != "country"],
        "whole": WHOLE,
        "area_name": lambda code: area.name if (area := known.today(code, today)) else code,
        "section": "administration",
    }


def _today() -> date:
    return vietnam_date(utc_now())


def _line(form: Mapping[str, str], name: str) -> str:
    value = form.get(name, "")
    if not 2 <= len(value) <= 200:  # noqa: PLR2004 -- a name, a unit, the number of a decision
        raise refusals.field_wrong(name, "Viết từ 2 đến 200 chữ cái.", "Write between 2 and 200 characters.")
    return value


def _new_account(form: Mapping[str, str]) -> NewAccount:
    return NewAccount(
        username=form.get("username", ""),
        full_name=_line(form, "full_name"),
        title=_line(form, "title"),
        unit=_line(form, "unit"),
        roles=_roles(form),
        position=_position(form, "position"),
        areas=(form["area_code"],) if form.get("area_code") else (),
        basis=_line(form, "basis"),
    )


def _roles(form: Mapping[str, str]) -> tuple[Role, ...]:
    given = [name for name in form.get("roles", "").split(",") if name]
    if not given or not set(given) <= set(ROLES):
        raise refusals.field_wrong("roles", "Chọn ít nhất một vai trò.", "Choose at least one role.")
    return tuple(role for role in ROLES if role in given)


def _position(form: Mapping[str, str], name: str) -> Signatory | None:
    given = form.get(name, "")
    if given and given not in position_names():
        raise refusals.field_wrong(name, "Không có chức danh này.", "There is no such office.")
    return cast("Signatory", given) if given else None


class _Days(TypedDict):
    valid_from: date
    valid_to: date | None


def _days(form: Mapping[str, str]) -> _Days:
    try:
        first = date.fromisoformat(form.get("valid_from") or _today().isoformat())
        last = date.fromisoformat(form["valid_to"]) if form.get("valid_to") else None
    except ValueError as error:
        raise refusals.field_wrong("valid_from", "Ngày chưa đúng.", "A day is not right.") from error
    return {"valid_from": first, "valid_to": last}


def _version(form: Mapping[str, str]) -> int:
    given = form.get("expected_version", "")
    return int(given) if given.isdecimal() and len(given) < 10 else 0  # noqa: PLR2004 -- a version, not a number


def _issuer(settings: Settings, form: Mapping[str, str]) -> str | None:
    return settings.staff_oidc_issuer if form.get("single_sign_on") == "yes" else None
