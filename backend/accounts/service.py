"""Accounts, sign-in with throttling and a second factor, and sessions."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final, Literal

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError
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
    SignInFailure,
)
from backend.database import Database, utc_now
from backend.owners.vault import Vault
from backend.settings import Settings
from penalty.acts import Signatory
from penalty.calendar import vietnam_date

# Few for one name from one address; more for one name, so that a stranger cannot lock an officer out at once.
FAILURES_PER_NAME_AND_CLIENT = 5
FAILURES_PER_CLIENT = 30
FAILURES_PER_NAME = 60
# Only who knows the password comes to the code: few are enough for everybody.
FAILURES_PER_CODE = 5
THROTTLE_WINDOW = timedelta(minutes=10)
PASSWORD_LENGTH: Final = 10
_STEP_MINUTES: Final = 15
_SEEN_EVERY: Final = timedelta(minutes=1)
_hasher = PasswordHasher()

Stage = Literal["full", "second_factor", "enrolment", "password"]


@dataclass(frozen=True)
class Browser:
    """Where a sign-in comes from: the address, and what the browser calls itself."""

    address: str
    agent: str = ""


@dataclass(frozen=True)
class SignedIn:
    """A fresh session. `token` goes into the cookie and is kept nowhere."""

    account: Account
    token: str
    csrf_token: str
    expires_at: datetime
    stage: Stage = "full"


@dataclass(frozen=True, kw_only=True, slots=True)
class NewAccount:
    """A member of staff to be added, with the office and the areas that begin that day."""

    username: str
    full_name: str
    roles: tuple[Role, ...]
    title: str = "Cán bộ"
    unit: str = "Phòng Cảnh sát giao thông"
    position: Signatory | None = None
    areas: tuple[str, ...] = (WHOLE,)
    basis: str = "Khi lập tài khoản"


def create_account(
    session: Session,
    new: NewAccount,
    *,
    password: str | None,
    by: str = "system",
    now: datetime | None = None,
) -> Account:
    """Add a member of staff from today on.

    `password` None: signs in at the authority's issuer only. Raises ValueError for a password too short.
    """
    account = Account(
        username=new.username.strip().lower(),
        full_name=new.full_name,
        title=new.title,
        unit=new.unit,
        password_hash=None if password is None else hashed(password),
        roles=list(new.roles),
    )
    session.add(account)
    session.flush()
    days = {"account_id": account.id, "basis": new.basis, "valid_from": vietnam_date(now or utc_now())}
    session.add_all(Jurisdiction(area_code=code, **days) for code in new.areas)
    if new.position is not None:
        session.add(Appointment(position=new.position, **days))
    session.flush()
    session.refresh(account)
    office = {"position": new.position, "areas": list(new.areas)}
    audit.record(
        session,
        actor=by,
        action="account.created",
        subject_type="account",
        subject_id=account.id,
        data={"username": account.username, "roles": account.roles, **office},
    )
    return account


def hashed(password: str) -> str:
    """Raises ValueError for a password shorter than PASSWORD_LENGTH."""
    if len(password) < PASSWORD_LENGTH:
        raise ValueError(f"password: at least {PASSWORD_LENGTH} characters")
    return _hasher.hash(password)


def sign_in(
    database: Database,
    settings: Settings,
    *,
    username: str,
    password: str,
    browser: Browser,
    now: datetime,
    code: str | None = None,
) -> SignedIn:
    """Open a session; its stage says what is still owed. A right `code` is the second factor at once.

    Raises Problem 401 (wrong name or password), 422 (wrong code) or 429 (too many attempts). Uses
    transactions of its own, so that a refusal is counted although the request fails.
    """
    name = username.strip().lower()
    with database.unit_of_work() as session:
        _refuse_if_throttled(session, name, browser.address, now)
        account = session.scalar(select(Account).where(Account.username == name, Account.active))
        local = settings.staff_local_sign_in and account is not None and account.issuer is None
        known = account.password_hash if account is not None and local else None
        password_hash = known or _some_hash()
    right = password_is(password_hash, password) and known is not None
    with database.unit_of_work() as session:
        if account is None or not right:
            _note_failure(session, name, browser, now, account)
        else:
            found = _open_session(session, settings, account, browser=browser, now=now, method="password")
    if account is None or not right:
        raise refusals.wrong_credentials()
    if code is not None and found.stage == "second_factor":
        return give_code(database, settings, token=found.token, code=code, browser=browser, now=now)
    return found


def sign_in_as(
    session: Session, settings: Settings, account: Account, *, browser: Browser, now: datetime, strong: bool
) -> SignedIn:
    """Open a session for somebody an issuer vouches for; `strong`: it asked for a second factor itself."""
    return _open_session(
        session, settings, account, browser=browser, now=now, method="oidc", second_factor_done=strong
    )


def give_code(
    database: Database, settings: Settings, *, token: str, code: str, browser: Browser, now: datetime
) -> SignedIn:
    """The code that a session at stage `second_factor` owes; the session goes on under a new token.

    Raises Problem 401, 422 `code_wrong`, or 429.
    """
    vault = Vault(settings.secret_key.get_secret_value())
    with database.unit_of_work() as session:
        account, _ = _half(session, token, now)
        _refuse_if_codes_throttled(session, account, now)
    with database.unit_of_work() as session:
        account, half = _half(session, token, now)
        way = second_factor.passes(session, account.id, vault, code, now)
        if way is None:
            _note_failure(session, _code_name(account), browser, now, account)
        else:
            half.method = f"{half.method}+{way}"
            return promote(session, settings, half, account, now)
    raise second_factor.code_wrong()


def check_code(
    database: Database, settings: Settings, account: Account, *, code: str, browser: Browser, now: datetime
) -> None:
    """A code asked for in an open session, counted like one of a sign-in.

    Raises Problem 422 `code_wrong`, or 429. Uses transactions of its own, so that a refusal is counted.
    """
    vault = Vault(settings.secret_key.get_secret_value())
    with database.unit_of_work() as session:
        _refuse_if_codes_throttled(session, account, now)
    with database.unit_of_work() as session:
        right = second_factor.passes(session, account.id, vault, code, now) is not None
        if not right:
            _note_failure(session, _code_name(account), browser, now, account)
    if not right:
        raise second_factor.code_wrong()


def promote(
    session: Session, settings: Settings, half: AccountSession, account: Account, now: datetime
) -> SignedIn:
    """What was owed is done: the next stage, or all doors, under a new token. The old token opens nothing."""
    stage = _stage(settings, account, second_factor_done=True)
    token, csrf_token = _tokens()
    half.token_hash, half.csrf_token, half.stage = _token_hash(token), csrf_token, stage
    half.expires_at = _expiry(settings, stage, now)
    if stage == "full":
        _log_entry(session, account, half.method)
    return SignedIn(account, token, csrf_token, half.expires_at, stage)


def _half(session: Session, token: str, now: datetime) -> tuple[Account, AccountSession]:
    found = find_session(session, token, now, stage="second_factor")
    if found is None:
        raise refusals.not_signed_in()
    return found


def _stage(settings: Settings, account: Account, *, second_factor_done: bool) -> Stage:
    if not second_factor_done:
        if account.totp_since is not None:
            return "second_factor"
        if account.has(*settings.second_factor_roles):
            return "enrolment"
    return "password" if account.must_change_password else "full"


def _open_session(
    session: Session,
    settings: Settings,
    account: Account,
    *,
    browser: Browser,
    now: datetime,
    method: str,
    second_factor_done: bool = False,
) -> SignedIn:
    token, csrf_token = _tokens()
    stage = _stage(settings, account, second_factor_done=second_factor_done)
    expires_at = _expiry(settings, stage, now)
    session.add(
        AccountSession(
            token_hash=_token_hash(token),
            csrf_token=csrf_token,
            account_id=account.id,
            stage=stage,
            method=method,
            expires_at=expires_at,
            last_seen_at=now,
            client=browser.address,
            agent=browser.agent[:300],
        )
    )
    if stage == "full":
        _log_entry(session, account, method)
    return SignedIn(account, token, csrf_token, expires_at, stage)


def _expiry(settings: Settings, stage: Stage, now: datetime) -> datetime:
    return now + (
        timedelta(hours=settings.session_hours) if stage == "full" else timedelta(minutes=_STEP_MINUTES)
    )


def _log_entry(session: Session, account: Account, method: str) -> None:
    audit.record(
        session,
        actor=account.actor,
        action="sign_in.done",
        subject_type="account",
        subject_id=account.id,
        data={"method": method},
    )


def find_session(
    session: Session, token: str, now: datetime, *, stage: Stage | None = "full"
) -> tuple[Account, AccountSession] | None:
    """The living session of this cookie token, with its account; `stage` None: at any stage."""
    living = (
        select(Account, AccountSession)
        .join(AccountSession, AccountSession.account_id == Account.id)
        .where(
            AccountSession.token_hash == _token_hash(token),
            AccountSession.ended_at.is_(None),
            AccountSession.expires_at > now,
            Account.active,
        )
    )
    row = session.execute(living.where(AccountSession.stage == stage) if stage else living).one_or_none()
    return (row[0], row[1]) if row else None


def note_seen(account_session: AccountSession, now: datetime) -> None:
    """When the session was last used, to the minute."""
    if account_session.last_seen_at is None or now - account_session.last_seen_at > _SEEN_EVERY:
        account_session.last_seen_at = now


def sign_out(session: Session, token: str, now: datetime) -> None:
    """End the session; an unknown token is nothing to end."""
    session.execute(
        update(AccountSession)
        .where(AccountSession.token_hash == _token_hash(token), AccountSession.ended_at.is_(None))
        .values(ended_at=now)
    )


def _note_failure(
    session: Session, name: str, browser: Browser, now: datetime, account: Account | None
) -> None:
    session.add(SignInFailure(username=name, client=browser.address, at=now))
    audit.record(
        session,
        actor="system",
        action="sign_in.refused",
        subject_type="account",
        subject_id=account.id if account else "unknown",
    )


def _refuse_if_throttled(session: Session, name: str, client: str, now: datetime) -> None:
    recent = SignInFailure.at > now - THROTTLE_WINDOW
    of_name, of_client = SignInFailure.username == name, SignInFailure.client == client
    counts = session.execute(
        select(
            func.count().filter(of_name & of_client),
            func.count().filter(of_client),
            func.count().filter(of_name),
        ).where(recent, of_name | of_client)
    ).one()
    limits = (FAILURES_PER_NAME_AND_CLIENT, FAILURES_PER_CLIENT, FAILURES_PER_NAME)
    if any(count >= limit for count, limit in zip(counts, limits, strict=True)):
        raise refusals.too_many_attempts(THROTTLE_WINDOW)


def _refuse_if_codes_throttled(session: Session, account: Account, now: datetime) -> None:
    failed = select(func.count()).where(
        SignInFailure.username == _code_name(account), SignInFailure.at > now - THROTTLE_WINDOW
    )
    if (session.scalar(failed) or 0) >= FAILURES_PER_CODE:
        raise refusals.too_many_attempts(THROTTLE_WINDOW)


def _code_name(account: Account) -> str:
    """Under which name wrong codes are counted; no user name holds a space."""
    return f"{account.username} code"


def password_is(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerifyMismatchError, VerificationError, InvalidHashError):
        return False


@lru_cache(maxsize=1)
def _some_hash() -> str:
    """Verified against for unknown names, so that both answers take the same time."""
    return _hasher.hash(secrets.token_urlsafe(16))


def _tokens() -> tuple[str, str]:
    return secrets.token_urlsafe(32), secrets.token_urlsafe(24)


def _token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
