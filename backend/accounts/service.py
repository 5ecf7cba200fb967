"""Accounts, sign-in with throttling, and sessions."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from backend import audit
from backend.accounts.models import Account, AccountSession, Role, SignInFailure
from backend.database import Database
from backend.errors import Problem

# Few for one name from one address; more for one name, so that a stranger cannot lock an officer out at once.
FAILURES_PER_NAME_AND_CLIENT = 5
FAILURES_PER_CLIENT = 30
FAILURES_PER_NAME = 60
THROTTLE_WINDOW = timedelta(minutes=10)
_hasher = PasswordHasher()


@dataclass(frozen=True)
class SignedIn:
    """A fresh session. `token` goes into the cookie and is kept nowhere."""

    account: Account
    token: str
    csrf_token: str
    expires_at: datetime


def create_account(
    session: Session,
    *,
    username: str,
    password: str,
    full_name: str,
    roles: tuple[Role, ...],
    title: str = "Cán bộ",
    unit: str = "Phòng Cảnh sát giao thông",
    signing_limit_vnd: int = 0,
) -> Account:
    """Add a member of staff. Raises ValueError for a password shorter than 10 characters."""
    if len(password) < 10:  # noqa: PLR2004 -- stated in the message
        raise ValueError("password: at least 10 characters")
    account = Account(
        username=username.strip().lower(),
        full_name=full_name,
        title=title,
        unit=unit,
        password_hash=_hasher.hash(password),
        roles=list(roles),
        signing_limit_vnd=signing_limit_vnd,
    )
    session.add(account)
    session.flush()
    audit.record(
        session,
        actor="system",
        action="account.created",
        subject_type="account",
        subject_id=account.id,
        data={"username": account.username, "roles": account.roles},
    )
    return account


def sign_in(
    database: Database, *, username: str, password: str, client: str, now: datetime, hours: int
) -> SignedIn:
    """Open a session. Raises Problem 401 (wrong name or password) or 429 (too many attempts).

    Uses transactions of its own, so that a refusal is counted although the request fails.
    """
    name = username.strip().lower()
    with database.unit_of_work() as session:
        _refuse_if_throttled(session, name, client, now)
        account = session.scalar(select(Account).where(Account.username == name, Account.active))
        password_hash = account.password_hash if account else _some_hash()
    right = _password_is(password_hash, password)
    with database.unit_of_work() as session:
        if account is None or not right:
            session.add(SignInFailure(username=name, client=client, at=now))
            audit.record(
                session,
                actor="system",
                action="sign_in.refused",
                subject_type="account",
                subject_id=account.id if account else "unknown",
            )
        else:
            return _open_session(session, account, client=client, expires_at=now + timedelta(hours=hours))
    raise Problem(
        401,
        "wrong_credentials",
        "Tên đăng nhập hoặc mật khẩu không đúng",
        "The user name or the password is wrong",
        "Kiểm tra phím Caps Lock rồi nhập lại. Quên mật khẩu: liên hệ bộ phận vận hành.",
        "Check Caps Lock and type it again. Forgotten: ask the operators.",
    )


def _open_session(session: Session, account: Account, *, client: str, expires_at: datetime) -> SignedIn:
    token, csrf_token = secrets.token_urlsafe(32), secrets.token_urlsafe(24)
    session.add(
        AccountSession(
            token_hash=_token_hash(token),
            csrf_token=csrf_token,
            account_id=account.id,
            expires_at=expires_at,
            client=client,
        )
    )
    audit.record(
        session, actor=account.actor, action="sign_in.done", subject_type="account", subject_id=account.id
    )
    return SignedIn(account, token, csrf_token, expires_at)


def find_session(session: Session, token: str, now: datetime) -> tuple[Account, AccountSession] | None:
    """The living session of this cookie token, with its account."""
    row = session.execute(
        select(Account, AccountSession)
        .join(AccountSession, AccountSession.account_id == Account.id)
        .where(
            AccountSession.token_hash == _token_hash(token),
            AccountSession.ended_at.is_(None),
            AccountSession.expires_at > now,
            Account.active,
        )
    ).one_or_none()
    return (row[0], row[1]) if row else None


def sign_out(session: Session, token: str, now: datetime) -> None:
    """End the session; an unknown token is nothing to end."""
    session.execute(
        update(AccountSession)
        .where(AccountSession.token_hash == _token_hash(token), AccountSession.ended_at.is_(None))
        .values(ended_at=now)
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
    if all(count < limit for count, limit in zip(counts, limits, strict=True)):
        return
    minutes = int(THROTTLE_WINDOW.total_seconds() // 60)
    raise Problem(
        429,
        "too_many_attempts",
        "Đã nhập sai quá nhiều lần",
        "Too many wrong attempts",
        f"Hãy đợi {minutes} phút rồi thử lại.",
        f"Wait {minutes} minutes, then try again.",
        headers={"Retry-After": str(minutes * 60)},
    )


def _password_is(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerifyMismatchError, VerificationError, InvalidHashError):
        return False


@lru_cache(maxsize=1)
def _some_hash() -> str:
    """Verified against for unknown names, so that both answers take the same time."""
    return _hasher.hash(secrets.token_urlsafe(16))


def _token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
