"""Which machines are kiosks: a place gets a one-time code, its machine enters it once, and can be revoked."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from backend import audit
from backend.accounts.models import Account
from backend.dossiers.secrets import new_secret, typed
from backend.errors import Problem, not_found
from backend.portal.models import Kiosk, LookupAttempt, OwnerSession
from backend.portal.public import asker, hashed
from backend.services import Services

CODE_LIFETIME: Final = timedelta(minutes=15)
WRONG_CODES: Final = 10
_NOTED_EVERY: Final = timedelta(seconds=30)


def issue(services: Services, session: Session, place: str, by: Account, now: datetime) -> str:
    """A code for the machine at this place; returned here and kept nowhere in clear."""
    code = new_secret()
    kiosk = Kiosk(
        place=place,
        code_hash=_code_hash(services, code),
        code_expires_at=now + CODE_LIFETIME,
        issued_by=by.id,
    )
    session.add(kiosk)
    session.flush()
    _log(session, kiosk, by.actor, "kiosk.code_issued")
    return code


def pair(services: Services, code: str, address: str, now: datetime) -> str | None:
    """Make the machine that sent this code a kiosk; the token for its cookie, None for no such code.

    A transaction of its own, so that a refusal is counted. Raises Problem 429 after many wrong codes from
    one address.
    """
    key = services.settings.secret_key.get_secret_value()
    here, pairing = (hashed(key, f"kiosk pairing\0{text}") for text in (asker(address), ""))
    with services.database.unit_of_work() as session:
        tried = select(func.count()).where(
            LookupAttempt.address_hash == here, LookupAttempt.at > now - CODE_LIFETIME
        )
        if (session.scalar(tried) or 0) >= WRONG_CODES:
            raise _too_many()
        kiosk = session.scalar(
            select(Kiosk)
            .where(
                Kiosk.code_hash == _code_hash(services, typed(code)),
                Kiosk.code_expires_at > now,
                Kiosk.revoked_at.is_(None),
            )
            .with_for_update()
        )
        if kiosk is None:
            session.add(LookupAttempt(at=now, address_hash=here, notice_hash=pairing))
            return None
        token = secrets.token_urlsafe(32)
        kiosk.token_hash, kiosk.code_hash = _token_hash(token), None
        kiosk.paired_at = kiosk.seen_at = now
        _log(session, kiosk, "system", "kiosk.paired")
        return token


def recognised(session: Session, token: str, now: datetime) -> Kiosk | None:
    """The kiosk whose cookie this is, marked as seen; None for a machine that is none, or none any more."""
    kiosk = session.scalar(
        select(Kiosk).where(Kiosk.token_hash == _token_hash(token), Kiosk.revoked_at.is_(None))
    )
    if kiosk is not None and (kiosk.seen_at is None or now - kiosk.seen_at >= _NOTED_EVERY):
        kiosk.seen_at = now
    return kiosk


def known(session: Session, now: datetime) -> Sequence[Kiosk]:
    """Kiosks, and places whose code can still be entered, by place."""
    waiting_or_paired = Kiosk.token_hash.is_not(None) | (Kiosk.code_expires_at > now)
    return session.scalars(
        select(Kiosk).where(Kiosk.revoked_at.is_(None), waiting_or_paired).order_by(Kiosk.place, Kiosk.id)
    ).all()


def revoke(session: Session, kiosk_id: uuid.UUID, by: Account, now: datetime) -> Kiosk:
    """From here on the machine is none of ours; a visit that is open on it ends. Raises Problem 404."""
    kiosk = session.get(Kiosk, kiosk_id, with_for_update=True)
    if kiosk is None:
        raise not_found("Không có ki-ốt này", "There is no such kiosk")
    if kiosk.revoked_at is None:
        kiosk.revoked_at = now
        session.execute(delete(OwnerSession).where(OwnerSession.kiosk_id == kiosk.id))
        _log(session, kiosk, by.actor, "kiosk.revoked")
    return kiosk


def _log(session: Session, kiosk: Kiosk, actor: str, action: str) -> None:
    audit.record(
        session,
        actor=actor,
        action=action,
        subject_type="kiosk",
        subject_id=kiosk.id,
        data={"place": kiosk.place},
    )


def _code_hash(services: Services, code: str) -> str:
    return hashed(services.settings.secret_key.get_secret_value(), f"kiosk code\0{code}")


def _too_many() -> Problem:
    minutes = int(CODE_LIFETIME.total_seconds() // 60)
    return Problem(
        429,
        "too_many_codes",
        "Đã nhập sai mã quá nhiều lần",
        "Too many wrong codes",
        f"Hãy đợi {minutes} phút, rồi xin mã mới ở trang quản trị.",
        f"Wait {minutes} minutes, then get a new code on the administration page.",
        headers={"Retry-After": str(minutes * 60)},
    )


def _token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
