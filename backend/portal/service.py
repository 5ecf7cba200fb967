"""Letting an owner in by what his notice says - and nobody else, however often they try."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from datetime import date, datetime, timedelta
from typing import Annotated, Final, cast

from fastapi import Depends, Request, Response
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from backend import audit
from backend.citizens.sessions import still_signed_in
from backend.database import Database, SessionDep, utc_now
from backend.dossiers.models import Dossier, FormerOwner
from backend.dossiers.numbers import typed_notice_number
from backend.dossiers.secrets import fits, typed
from backend.errors import Problem
from backend.portal import door
from backend.portal.door import Proof
from backend.portal.entry import Entry, kinds_of
from backend.portal.models import LookupAttempt, OwnerSession
from backend.services import Services
from backend.settings import Settings
from penalty.calendar import vietnam_date
from penalty.plates import canonical

COOKIE = "pn_owner"
SESSION_LIFETIME = timedelta(hours=2)
_NO_PROOF: Final = Proof()


def let_in(
    services: Services,
    entry: Entry,
    client: str,
    now: datetime,
    *,
    proof: Proof = _NO_PROOF,
    idle_limit_s: int | None = None,
    kiosk_id: uuid.UUID | None = None,
) -> str | None:
    """Open a session for the one dossier all four belong to; returns the cookie's token, None for a refusal.

    `client` is whose tries count together: an address, or a kiosk. An unknown number, a wrong plate, a
    wrong kind and a wrong secret are one and the same refusal. Raises TicketNeededError, Problem 410, 429.
    Uses a transaction of its own, so that a refusal is counted.
    """
    key = services.settings.secret_key.get_secret_value()
    number = typed_notice_number(entry.notice_number) or canonical(entry.notice_number)
    with services.database.unit_of_work() as session:
        counted = door.tries(session, key, number, client, proof=proof, now=now)
        door.ask(key, counted, proof, now)
        dossier = session.scalar(select(Dossier).where(Dossier.notice_number == number))
        secret_right = fits(key, number, typed(entry.secret), dossier.secret_hash if dossier else "0" * 64)
        vehicle_right = _is_vehicle(entry, dossier)
        if dossier is None:
            _refuse_former(session, key, number, entry)
        if dossier is None or not secret_right or not vehicle_right:
            session.add(
                LookupAttempt(at=now, address_hash=counted.client_hash, notice_hash=counted.notice_hash)
            )
            return None
        actor = f"owner:{dossier.id}"
        return open_visit(session, dossier, now, actor=actor, idle_limit_s=idle_limit_s, kiosk_id=kiosk_id)


def _refuse_former(session: Session, key: str, number: str, entry: Entry) -> None:
    """Who knows all four of a notice that was taken back is told so. Raises Problem 410."""
    former = session.scalar(select(FormerOwner).where(FormerOwner.notice_number == number))
    if former is None or not fits(key, number, typed(entry.secret), former.secret_hash):
        return
    if _is_vehicle(entry, session.get_one(Dossier, former.dossier_id)):
        raise _part_over(vietnam_date(former.left_at))


def _is_vehicle(entry: Entry, dossier: Dossier | None) -> bool:
    """Whether plate and kind are both those of the dossier."""
    plate, kind = (dossier.plate, dossier.vehicle_kind) if dossier else ("-", "-")
    return (canonical(entry.plate) == plate) & (kind in kinds_of(entry.group))


def open_visit(
    session: Session,
    dossier: Dossier,
    now: datetime,
    *,
    actor: str,
    part: str = "owner",
    citizen_session_id: uuid.UUID | None = None,
    idle_limit_s: int | None = None,
    kiosk_id: uuid.UUID | None = None,
) -> str:
    """Let the visitor see this dossier; returns the cookie's token, which is kept nowhere."""
    token = secrets.token_urlsafe(32)
    session.execute(delete(OwnerSession).where(OwnerSession.expires_at < now - timedelta(days=1)))
    session.add(
        OwnerSession(
            token_hash=_token_hash(token),
            dossier_id=dossier.id,
            expires_at=now + (timedelta(seconds=idle_limit_s) if idle_limit_s else SESSION_LIFETIME),
            idle_limit_s=idle_limit_s,
            kiosk_id=kiosk_id,
            part=part,
            citizen_session_id=citizen_session_id,
            actor=actor,
        )
    )
    audit.record(
        session,
        actor=actor,
        action="portal.opened",
        subject_type="dossier",
        subject_id=dossier.id,
        data={"part": part},
    )
    return token


def set_cookie(answer: Response, settings: Settings, token: str) -> None:
    """Hand the visit's token to the browser."""
    answer.set_cookie(
        COOKIE,
        token,
        max_age=int(SESSION_LIFETIME.total_seconds()),
        httponly=True,
        samesite="strict",
        secure=settings.cookies_secure,
    )


def visit_of(session: Session, token: str, now: datetime) -> OwnerSession | None:
    """The visit this cookie stands for; that of somebody signed in lives as long as that session."""
    visit = session.scalar(
        select(OwnerSession).where(
            OwnerSession.token_hash == _token_hash(token), OwnerSession.expires_at > now
        )
    )
    if visit is not None and visit.idle_limit_s:
        until = now + timedelta(seconds=visit.idle_limit_s)
        visit.expires_at = min(until, visit.opened_at + SESSION_LIFETIME)
    if visit is None or visit.citizen_session_id is None:
        return visit
    return visit if still_signed_in(session, visit.citizen_session_id, now) else None


def leave(database: Database, token: str) -> None:
    """End the session; one that is not there is nothing to end."""
    with database.unit_of_work() as session:
        session.execute(delete(OwnerSession).where(OwnerSession.token_hash == _token_hash(token)))


def _own_dossier(request: Request, session: SessionDep) -> Dossier:
    visit = visit_of(session, request.cookies.get(COOKIE, ""), utc_now())
    dossier = session.get(Dossier, visit.dossier_id) if visit else None
    if visit is None or dossier is None:
        raise _session_over()
    request.state.visit = visit
    return dossier


def visit_in(request: Request) -> OwnerSession:
    """The visit that opened this request's dossier."""
    return cast("OwnerSession", request.state.visit)


OwnDossier = Annotated[Dossier, Depends(_own_dossier)]


def _spoken_for(request: Request, dossier: OwnDossier) -> Dossier:
    if not visit_in(request).speaks(dossier):
        raise not_heard()
    return dossier


SpokenFor = Annotated[Dossier, Depends(_spoken_for)]
"""The dossier of somebody who may say something in it; Problem 403 for a driver who was merely named."""


def _session_over() -> Problem:
    return Problem(
        401,
        "owner_session_over",
        "Phiên xem hồ sơ đã hết",
        "Your visit has ended",
        "Để giữ kín thông tin của bạn, mỗi lần xem tối đa 2 giờ. Hãy nhập lại những gì ghi trên thông báo.",
        "To keep your data private a visit lasts at most 2 hours. Enter once more what is on the notice.",
    )


def not_heard() -> Problem:
    """403: somebody who was merely named as the driver says nothing but that he was not."""
    return Problem(
        403,
        "not_heard_yet",
        "Cơ quan chức năng chưa ghi nhận lời của bạn",
        "You have not been heard yet",
        "Chủ xe cho biết bạn đã lái xe. Bạn xem được hồ sơ và có thể báo rằng không phải bạn lái. Ý kiến khác"
        " gửi được sau khi cán bộ đã ghi nhận rằng bạn lái xe.",
        "The owner said that you were driving. You can look at the case, and say that it was not you. You can"
        " say other things once an officer has written down that you drove.",
    )


def _part_over(on: date) -> Problem:
    return Problem(
        410,
        "part_over",
        "Bạn không còn liên quan đến hồ sơ này",
        "You have no part in this case any more",
        f"Ngày {on:%d/%m/%Y} chúng tôi đã chấp nhận rằng xe không còn là của bạn. Văn bản trả lời ở trong"
        " hộp thư VNeID, hoặc được gửi qua bưu điện. Bạn không phải làm gì thêm.",
        f"On {on:%d/%m/%Y} we accepted that the vehicle was no longer yours; the answer is in your VNeID"
        " box or comes by post. You need not do anything more.",
    )


def _token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
