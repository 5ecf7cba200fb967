"""What is done to accounts: by their own people, and by administrators. Each act is in the audit log."""

from __future__ import annotations

import re
import secrets
import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Final

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from backend import audit
from backend.accounts import refusals, second_factor
from backend.accounts.models import (
    WHOLE,
    Account,
    AccountSession,
    Appointment,
    Jurisdiction,
    Role,
)
from backend.accounts.service import NewAccount, create_account, hashed, password_is
from backend.errors import FieldError, Problem, not_found, version_conflict
from backend.places.service import area_unknown, gazetteer
from penalty.acts import Signatory

_NAME: Final = re.compile(r"[a-z][a-z0-9.-]{2,39}")


def find(session: Session, account_id: uuid.UUID) -> Account:
    """Raises Problem 404."""
    found = session.get(Account, account_id)
    if found is None:
        raise not_found("Không có tài khoản này", "There is no such account")
    return found


def open_account(
    session: Session, new: NewAccount, *, issuer: str | None, by: Account, now: datetime
) -> tuple[Account, str | None]:
    """A new account, and the password told once; None where its person signs in at the issuer only.

    Raises Problem 409 `name_taken`, 422.
    """
    name = new.username.strip().lower()
    if not _NAME.fullmatch(name):
        raise refusals.field_wrong(
            "username",
            "Tên đăng nhập: 3 đến 40 ký tự a-z, 0-9, dấu chấm, gạch; bắt đầu bằng chữ.",
            "User name: 3 to 40 of a-z, 0-9, dot, hyphen; a letter first.",
        )
    if session.scalar(select(Account.id).where(Account.username == name)) is not None:
        raise refusals.name_taken(name)
    for code in new.areas:
        if code != WHOLE and not gazetteer(session).versions(code):
            raise area_unknown(code)
    password = None if issuer else secrets.token_urlsafe(12)
    made = create_account(session, new, password=password, by=by.actor, now=now)
    made.issuer, made.must_change_password = issuer, password is not None
    return made, password


def everybody(session: Session) -> Sequence[Account]:
    """All accounts, those in use first."""
    return session.scalars(select(Account).order_by(Account.active.desc(), Account.username)).all()


def living_sessions(session: Session, account: Account | None, now: datetime) -> Sequence[AccountSession]:
    """Sessions that open doors now, the last used first; `account` None: everybody's."""
    living = select(AccountSession).where(AccountSession.ended_at.is_(None), AccountSession.expires_at > now)
    if account is not None:
        living = living.where(AccountSession.account_id == account.id)
    return session.scalars(living.order_by(AccountSession.last_seen_at.desc().nulls_last())).all()


def change_password(
    session: Session, account: Account, *, old: str, new: str, current: AccountSession, now: datetime
) -> None:
    """Set a password of one's own; all other sessions end. Raises Problem 422 `password_unfit`."""
    if account.password_hash is None or not password_is(account.password_hash, old):
        raise refusals.password_unfit(
            "Mật khẩu hiện tại không đúng.", "The present password is wrong.", "old_password"
        )
    if new == old or new.strip().lower() == account.username:
        raise refusals.password_unfit(
            "Mật khẩu mới phải khác mật khẩu cũ và tên đăng nhập.",
            "The new password must differ from the old one and from the user name.",
        )
    try:
        account.password_hash = hashed(new)
    except ValueError as error:
        raise refusals.password_unfit("Mật khẩu cần ít nhất 10 ký tự.", "At least 10 characters.") from error
    account.must_change_password, current.totp_sealed = False, None
    _log(session, account, "account.password_changed", account)
    end_sessions(session, account, by=account, now=now, but=current.id)


def reset_password(session: Session, account: Account, *, by: Account, now: datetime) -> str:
    """A made-up password, told once; its person must replace it. All sessions end."""
    if account.id == by.id:
        raise refusals.not_yourself()
    password = secrets.token_urlsafe(12)
    account.password_hash, account.must_change_password = hashed(password), True
    _log(session, account, "account.password_reset", by)
    end_sessions(session, account, by=by, now=now)
    return password


def reset_second_factor(session: Session, account: Account, *, by: Account, now: datetime) -> None:
    """The phone is lost: forget the factor; all sessions end."""
    if account.id == by.id:
        raise refusals.not_yourself()
    second_factor.remove(session, account, by=by)
    end_sessions(session, account, by=by, now=now)


def set_active(session: Session, account: Account, *, active: bool, by: Account, now: datetime) -> None:
    """Close an account, or open it again. Closed: its sessions end. Raises Problem 409."""
    if account.id == by.id:
        raise refusals.not_yourself()
    if account.active == active:
        return
    account.active = active
    account.version += 1
    if not active:
        end_sessions(session, account, by=by, now=now)
    _log(session, account, "account.opened" if active else "account.closed", by)


def change(
    session: Session,
    account: Account,
    *,
    full_name: str,
    title: str,
    unit: str,
    roles: tuple[Role, ...],
    issuer: str | None,
    expected_version: int,
    strict_roles: tuple[Role, ...],
    by: Account,
    now: datetime,
) -> None:
    """Name, unit, roles, and whether this person signs in at the issuer. Raises Problem 409, 412.

    Sessions end where the person comes to hold one of `strict_roles`, which need a second factor.
    """
    locked = session.get_one(Account, account.id, with_for_update=True, populate_existing=True)
    if locked.version != expected_version:
        raise version_conflict(locked.version)
    if (
        locked.has("administrator")
        and "administrator" not in roles
        and not _other_administrators(session, locked)
    ):
        raise refusals.last_administrator()
    if locked.id == by.id and set(roles) != set(locked.roles):
        raise refusals.not_yourself()
    if not locked.has(*strict_roles) and not set(roles).isdisjoint(strict_roles):
        end_sessions(session, locked, by=by, now=now)
    before = {"roles": locked.roles, "unit": locked.unit, "title": locked.title}
    locked.full_name, locked.title, locked.unit, locked.roles = full_name, title, unit, list(roles)
    if locked.issuer != issuer:
        locked.issuer, locked.subject = issuer, None
    locked.version += 1
    after = {"roles": locked.roles, "unit": locked.unit, "title": locked.title}
    _log(session, locked, "account.changed", by, {"before": before, "after": after})


def appoint(
    session: Session,
    account: Account,
    position: Signatory,
    *,
    basis: str,
    valid_from: date,
    valid_to: date | None,
    by: Account,
) -> None:
    """Write down an office held by a written decision. Nobody appoints himself. Raises Problem 409, 422."""
    if account.id == by.id:
        raise refusals.not_yourself()
    _check_days(valid_from, valid_to)
    session.add(
        Appointment(
            account_id=account.id, position=position, basis=basis, valid_from=valid_from, valid_to=valid_to
        )
    )
    data = {"position": position, "basis": basis, "from": valid_from.isoformat()}
    _log(session, account, "account.appointed", by, data)
    _renewed(session, account)


def end_appointment(
    session: Session, account: Account, appointment_id: uuid.UUID, on: date, by: Account
) -> None:
    """The office ends with this day. Raises Problem 404, 422."""
    found = session.get(Appointment, appointment_id)
    if found is None or found.account_id != account.id:
        raise not_found("Không có chức danh này", "There is no such office")
    _check_days(found.valid_from, on)
    found.valid_to = on
    _log(session, account, "account.office_ended", by, {"position": found.position, "on": on.isoformat()})
    _renewed(session, account)


def grant_area(
    session: Session,
    account: Account,
    area_code: str,
    *,
    basis: str,
    valid_from: date,
    valid_to: date | None,
    by: Account,
) -> None:
    """Let a person work on an area's cases. Raises Problem 422."""
    if area_code != WHOLE and not gazetteer(session).versions(area_code):
        raise area_unknown(area_code)
    _check_days(valid_from, valid_to)
    session.add(
        Jurisdiction(
            account_id=account.id, area_code=area_code, basis=basis, valid_from=valid_from, valid_to=valid_to
        )
    )
    data = {"area": area_code, "basis": basis, "from": valid_from.isoformat()}
    _log(session, account, "account.area_granted", by, data)
    _renewed(session, account)


def end_area(session: Session, account: Account, jurisdiction_id: uuid.UUID, on: date, by: Account) -> None:
    """The area is no longer this person's after this day; a grant of today or later goes at once.

    Raises Problem 404.
    """
    found = session.get(Jurisdiction, jurisdiction_id)
    if found is None or found.account_id != account.id:
        raise not_found("Không có địa bàn này", "There is no such area")
    if found.valid_from > on:
        session.delete(found)
    else:
        found.valid_to = on
    _log(session, account, "account.area_ended", by, {"area": found.area_code, "on": on.isoformat()})
    _renewed(session, account)


def end_session(
    session: Session, account: Account, session_id: uuid.UUID, *, by: Account, now: datetime
) -> None:
    """End one session of this account; ended before, nothing happens. Raises Problem 404."""
    found = session.get(AccountSession, session_id, with_for_update=True)
    if found is None or found.account_id != account.id:
        raise not_found("Không có phiên này", "There is no such session")
    if found.ended_at is None:
        found.ended_at, found.ended_by = now, by.id
        _log(session, account, "session.ended", by, {"session": str(session_id)})


def end_sessions(
    session: Session, account: Account, *, by: Account, now: datetime, but: uuid.UUID | None = None
) -> int:
    """End all sessions of this account, except one where named; how many."""
    living = (AccountSession.account_id == account.id) & AccountSession.ended_at.is_(None)
    if but is not None:
        living &= AccountSession.id != but
    ended = session.execute(
        update(AccountSession)
        .where(living, AccountSession.expires_at > now)
        .values(ended_at=now, ended_by=by.id)
        .returning(AccountSession.id)
    ).all()
    if ended:
        _log(session, account, "sessions.ended", by, {"sessions": len(ended)})
    return len(ended)


def _other_administrators(session: Session, account: Account) -> bool:
    others = select(func.count()).where(
        Account.id != account.id,
        Account.active,
        Account.roles.any("administrator"),  # type: ignore[arg-type]
    )
    return bool(session.scalar(others))


def _check_days(valid_from: date, valid_to: date | None) -> None:
    if valid_to is not None and valid_to < valid_from:
        raise Problem(
            422,
            "days_wrong",
            "Ngày kết thúc trước ngày bắt đầu",
            "The last day is before the first",
            errors=(FieldError("valid_to", "before valid_from"),),
        )


def _renewed(session: Session, account: Account) -> None:
    account.version += 1
    session.flush()
    session.refresh(account)


def _log(
    session: Session, account: Account, action: str, by: Account, data: Mapping[str, object] | None = None
) -> None:
    audit.record(
        session,
        actor=by.actor,
        action=action,
        subject_type="account",
        subject_id=account.id,
        data={"username": account.username, **(data or {})},
    )
