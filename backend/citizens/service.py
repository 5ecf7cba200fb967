"""Sign-in sessions of owners and drivers: short, ended by time, by leaving and by the issuer's word."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Annotated, Any, Final

from fastapi import Depends, Form, Request, Response
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from backend import audit
from backend.citizens.eid import Citizen
from backend.citizens.models import CitizenSession
from backend.citizens.sessions import NOTED_EVERY, alive
from backend.database import SessionDep, utc_now
from backend.errors import Problem
from backend.oidc.values import Ended, Identity
from backend.owners.service import vault_of
from backend.services import Services

COOKIE = "pn_citizen"
FOR_PEOPLE: Final = "/cua-toi"
FOR_COMPANIES: Final = "/doanh-nghiep"
FOR_KIOSKS: Final = "/kiosk"
"""Opens nothing there: a kiosk reads which session it has to end."""
LIFETIME = timedelta(minutes=60)


def enter(services: Services, session: Session, verified: Identity, citizen: Citizen, now: datetime) -> str:
    """Open a session; returns the cookie's token, which is kept nowhere."""
    token, vault, sid = secrets.token_urlsafe(32), vault_of(services), verified.claims.get("sid")
    session.execute(delete(CitizenSession).where(CitizenSession.expires_at < now - timedelta(days=1)))
    row = CitizenSession(
        token_hash=_hash(token),
        csrf_token=secrets.token_urlsafe(24),
        identity_sealed=b"",
        id_number_index=vault.index("id_number", citizen.id_number),
        subject_index=vault.index("eid_subject", verified.subject),
        sid_index=vault.index("eid_sid", sid) if isinstance(sid, str) else None,
        seen_at=now,
        expires_at=now + LIFETIME,
    )
    row.identity_sealed = vault.seal(
        "identity",
        row.token_hash,
        json.dumps({**asdict(citizen), "id_token": verified.id_token}),
    )
    session.add(row)
    session.flush()
    audit.record(
        session,
        actor=row.actor,
        action="citizen.signed_in",
        subject_type="citizen_session",
        subject_id=row.id,
        data={"acr": verified.acr},
    )
    return token


def citizen_in(services: Services, row: CitizenSession) -> Citizen:
    """Who the session belongs to, in clear."""
    kept = _sealed(services, row)
    return Citizen(kept["id_number"], kept["name"], organisation=kept.get("organisation", False))


def id_token_in(services: Services, row: CitizenSession) -> str:
    """What tells the issuer which sign-in ends."""
    return str(_sealed(services, row)["id_token"])


def find(session: Session, token: str, now: datetime) -> CitizenSession | None:
    """The living session of this cookie, marked as seen."""
    row = session.scalar(select(CitizenSession).where(CitizenSession.token_hash == _hash(token), alive(now)))
    if row is not None and now - row.seen_at >= NOTED_EVERY:
        row.seen_at = now
    return row


def leave(session: Session, row: CitizenSession, now: datetime) -> None:
    """End it, and with it every case it opened."""
    row.ended_at = now
    audit.record(
        session,
        actor=row.actor,
        action="citizen.signed_out",
        subject_type="citizen_session",
        subject_id=row.id,
    )


def forget(session: Session, token: str, answer: Response, now: datetime) -> None:
    """End the session of this cookie, if it lives, and have the browser drop the cookie."""
    row = find(session, token, now)
    if row is not None:
        leave(session, row, now)
    for path in (FOR_PEOPLE, FOR_COMPANIES, FOR_KIOSKS):
        answer.delete_cookie(COOKIE, path=path)


def ended_at_issuer(services: Services, session: Session, told: Ended, now: datetime) -> int:
    """The issuer says that a sign-in, or all of a person's, has ended. How many sessions that ended here."""
    vault = vault_of(services)
    named = (
        CitizenSession.sid_index == vault.index("eid_sid", told.sid)
        if told.sid
        else CitizenSession.subject_index == vault.index("eid_subject", told.subject or "")
    )
    ended = session.execute(
        update(CitizenSession)
        .where(named, CitizenSession.ended_at.is_(None))
        .values(ended_at=now)
        .returning(CitizenSession.id)
    ).all()
    for (row_id,) in ended:
        audit.record(
            session,
            actor="system",
            action="citizen.signed_out",
            subject_type="citizen_session",
            subject_id=row_id,
            data={"by": "issuer"},
        )
    return len(ended)


def check_form(row: CitizenSession, token: str) -> None:
    """Raises Problem 403 where a form does not carry the session's own token."""
    if not hmac.compare_digest(row.csrf_token.encode(), token.encode()):
        raise Problem(
            403,
            "csrf_token_wrong",
            "Yêu cầu không kèm mã bảo vệ đúng",
            "The request lacks the right protection token",
            "Tải lại trang rồi thử lại.",
            "Reload the page and try again.",
        )


def _signed_in(request: Request, session: SessionDep) -> CitizenSession:
    row = find(session, request.cookies.get(COOKIE, ""), utc_now())
    if row is None:
        raise Problem(
            401,
            "citizen_not_signed_in",
            "Bạn chưa đăng nhập, hoặc phiên đã hết",
            "You are not signed in, or your visit has ended",
            "Để giữ kín thông tin của bạn, phiên tự kết thúc sau 15 phút không dùng. Hãy đăng nhập lại.",
            "To keep your data private a visit ends after 15 minutes without use. Sign in again.",
        )
    request.state.csrf_token = row.csrf_token
    return row


SignedIn = Annotated[CitizenSession, Depends(_signed_in)]


def _sends(row: SignedIn, csrf_token: Annotated[str, Form()] = "") -> CitizenSession:
    check_form(row, csrf_token)
    return row


Sends = Annotated[CitizenSession, Depends(_sends)]
"""Who is signed in and sends one of this session's own forms."""


def _sealed(services: Services, row: CitizenSession) -> dict[str, Any]:
    text = vault_of(services).open("identity", row.token_hash, row.identity_sealed)
    kept: dict[str, Any] = json.loads(text)
    return kept


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
