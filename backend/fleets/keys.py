"""Keys of companies' programs: made once, kept as hashes, counted by the minute, ended by time or by hand."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Annotated, Final, Literal, get_args

from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend import audit
from backend.database import utc_now
from backend.errors import Problem, not_found
from backend.fleets.models import ApiKey, ApiKeyUse, Company, CompanyState
from backend.services import Services, ServicesDep

Scope = Literal["cases", "webhooks"]
SCOPES: Final[tuple[Scope, ...]] = get_args(Scope)
SCOPE_NAMES: Final[Mapping[Scope, tuple[str, str]]] = MappingProxyType(
    {
        "cases": ("Xem xe và vụ việc của doanh nghiệp", "Read the company's vehicles and cases"),
        "webhooks": ("Xem và gửi lại webhook", "See webhooks and send them again"),
    }
)
MOST_KEYS: Final = 10
LIVES: Final = timedelta(days=365)
_PREFIX: Final = "pnk"
_bearer = HTTPBearer(
    auto_error=False, scheme_name="Company key", description="`pnk_…`, made at /doanh-nghiep/khoa"
)


@dataclass(frozen=True, slots=True)
class Caller:
    """A program that showed a good key."""

    company_id: uuid.UUID
    key_id: uuid.UUID
    actor: str


def make(
    session: Session, company: Company, *, name: str, scopes: Sequence[Scope], now: datetime
) -> tuple[ApiKey, str]:
    """A new key and its text, which is kept nowhere. Raises Problem 409 `too_many_keys`."""
    if len(living(session, company, now)) >= MOST_KEYS:
        raise Problem(
            409,
            "too_many_keys",
            f"Đã có {MOST_KEYS} khóa đang dùng",
            f"There are {MOST_KEYS} keys in use",
            "Hãy thu hồi khóa không dùng nữa.",
            "Revoke one that is not used any more.",
        )
    prefix, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    text = f"{_PREFIX}_{prefix}_{secret}"
    key = ApiKey(
        company_id=company.id,
        name=name,
        prefix=prefix,
        secret_hash=_hash(text),
        scopes=list(scopes),
        expires_at=now + LIVES,
    )
    session.add(key)
    session.flush()
    _log(session, company, key, "company.key_made")
    return key, text


def revoke(session: Session, company: Company, key_id: uuid.UUID, now: datetime) -> None:
    """End a key now. One that has ended already stays so. Raises Problem 404."""
    key = session.get(ApiKey, key_id)
    if key is None or key.company_id != company.id:
        raise not_found("Không có khóa này", "There is no such key")
    if key.revoked_at is None:
        key.revoked_at = now
        _log(session, company, key, "company.key_revoked")


def living(session: Session, company: Company, now: datetime) -> Sequence[ApiKey]:
    """Keys that work now, the newest first."""
    return session.scalars(
        select(ApiKey)
        .where(ApiKey.company_id == company.id, ApiKey.revoked_at.is_(None), ApiKey.expires_at > now)
        .order_by(ApiKey.created_at.desc())
    ).all()


def admit(services: Services, text: str, scope: Scope, now: datetime) -> Caller:
    """Whose key this is, counted. Raises Problem 401, 403 or 429.

    A transaction of its own, so that a call counts even when it then fails.
    """
    with services.database.unit_of_work() as session:
        key = _found(session, text)
        if key is None or key.revoked_at is not None or key.expires_at <= now:
            raise _refused()
        company = session.get_one(Company, key.company_id)
        if company.state != CompanyState.VERIFIED:
            raise not_verified()
        if scope not in key.scopes:
            raise _out_of_scope(scope)
        calls = _counted(session, key, now)
        key.last_used_at = now
        caller = Caller(company.id, key.id, f"{company.actor}/{key.prefix}")
    if calls > services.settings.fleet_calls_a_minute:
        raise _too_many(now)
    return caller


def _found(session: Session, text: str) -> ApiKey | None:
    """An unknown key and a wrong secret cost the same and look the same."""
    parts = text.split("_", 2)
    prefix = parts[1] if len(parts) == 3 and parts[0] == _PREFIX else ""  # noqa: PLR2004 - prefix, id, secret
    key = session.scalar(select(ApiKey).where(ApiKey.prefix == prefix))
    right = hmac.compare_digest(_hash(text), key.secret_hash if key else "0" * 64)
    return key if right else None


def _counted(session: Session, key: ApiKey, now: datetime) -> int:
    minute = now.astimezone(UTC).replace(second=0, microsecond=0)
    once = insert(ApiKeyUse).values(key_id=key.id, minute=minute, calls=1)
    more = once.on_conflict_do_update(
        index_elements=["key_id", "minute"], set_={"calls": ApiKeyUse.calls + 1}
    ).returning(ApiKeyUse.calls)
    calls = session.scalars(more).one()
    if calls == 1:
        session.execute(
            delete(ApiKeyUse).where(ApiKeyUse.key_id == key.id, ApiKeyUse.minute < minute - timedelta(days=7))
        )
    return calls


def calls_of_week(session: Session, company: Company) -> dict[uuid.UUID, int]:
    """How often each key was used in the last seven days."""
    rows = session.execute(
        select(ApiKeyUse.key_id, func.sum(ApiKeyUse.calls))
        .join(ApiKey, ApiKey.id == ApiKeyUse.key_id)
        .where(ApiKey.company_id == company.id)
        .group_by(ApiKeyUse.key_id)
    )
    return {key_id: int(calls) for key_id, calls in rows}


def require_key(scope: Scope) -> Callable[..., Caller]:
    """A dependency: a good key of a verified company with this scope."""

    def guard(
        services: ServicesDep, given: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
    ) -> Caller:
        return admit(services, given.credentials if given else "", scope, utc_now())

    return guard


CasesKey = Annotated[Caller, Depends(require_key("cases"))]
WebhooksKey = Annotated[Caller, Depends(require_key("webhooks"))]


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _log(session: Session, company: Company, key: ApiKey, action: str) -> None:
    audit.record(
        session,
        actor=company.actor,
        action=action,
        subject_type="api_key",
        subject_id=key.id,
        data={"prefix": key.prefix, "scopes": key.scopes},
    )


def _refused() -> Problem:
    return Problem(
        401,
        "key_wrong",
        "Khóa không đúng, đã hết hạn hoặc đã thu hồi",
        "The key is wrong, has expired or was revoked",
        "Gửi Authorization: Bearer pnk_…; tạo khóa mới tại /doanh-nghiep/khoa.",
        "Send Authorization: Bearer pnk_…; make a new key at /doanh-nghiep/khoa.",
        headers={"WWW-Authenticate": "Bearer"},
    )


def not_verified() -> Problem:
    """403: what only a verified company may do."""
    return Problem(
        403,
        "company_not_verified",
        "Doanh nghiệp chưa được xác minh, hoặc đang tạm ngừng",
        "The company is not verified, or is suspended",
        "Xem lý do tại /doanh-nghiep.",
        "See why at /doanh-nghiep.",
    )


def _out_of_scope(scope: Scope) -> Problem:
    return Problem(
        403,
        "scope_missing",
        "Khóa này không có quyền đó",
        "This key may not do that",
        f"Cần khóa có quyền {scope}.",
        f"A key with the scope {scope} is needed.",
        headers={"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{scope}"'},
    )


def _too_many(now: datetime) -> Problem:
    wait_s = 60 - now.second
    return Problem(
        429,
        "too_many_calls",
        "Gọi quá nhiều lần trong một phút",
        "Too many calls within a minute",
        f"Hãy đợi {wait_s} giây. Một tệp CSV tra cứu được nhiều xe trong một lần gọi.",
        f"Wait {wait_s} seconds. One CSV file asks about many vehicles in one call.",
        headers={"Retry-After": str(wait_s)},
    )
