"""The officers' pages of cases that go to another authority or come from one, and of what does not agree."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.accounts.guards import Officer
from backend.accounts.models import Account
from backend.database import SessionDep, utc_now
from backend.dossiers import confirming, queries
from backend.dossiers.confirming import Desk
from backend.dossiers.facts import facts_of
from backend.dossiers.moves import Actor, locked, refuse_impossible
from backend.errors import Problem
from backend.services import Services, ServicesDep
from backend.templating import render
from backend.transfers import receiving, sending, sync
from backend.transfers.comparison import NAMES, DifferenceKind
from backend.transfers.models import Transfer
from penalty.dossier import LABELS, TABLE, Action, State
from penalty.plates import KIND_NAMES

router = APIRouter(include_in_schema=False)
_ROWS = 100
_SHORTEST = 10
STATES: dict[str, tuple[str, str]] = {
    "waiting": ("Đang gửi", "Being sent"),
    "sent": ("Đã đến nơi, chờ trả lời", "Arrived, waiting for an answer"),
    "received": ("Chờ tiếp nhận", "Waiting to be taken over"),
    "accepted": ("Đã tiếp nhận", "Taken over"),
    "refused": ("Trả lại", "Sent back"),
    "settled": ("Đã giải quyết xong", "Settled"),
}


@router.get("/canh-sat/chuyen-ho-so")
def overview(request: Request, services: ServicesDep, session: SessionDep, officer: Officer) -> Response:
    """What came and waits, where two systems differ, and what went."""
    return _overview(request, services, session, officer)


@router.post("/canh-sat/chuyen-ho-so/{transfer_id}/tiep-nhan")
def accept(
    transfer_id: uuid.UUID,
    request: Request,
    services: ServicesDep,
    session: SessionDep,
    officer: Officer,
    *,
    confirmed: Annotated[bool, Form()] = False,
) -> Response:
    """Ask once more; confirmed, take the case over, then show its dossier."""
    if not confirmed:
        return render(
            request,
            "transfers/confirm.html",
            one=receiving.unanswered(session, transfer_id),
            peer_names=_peer_names(services),
            kind_names=KIND_NAMES,
            **_staff(request, officer),
        )
    dossier = receiving.accept(services, session, transfer_id, officer, utc_now())
    return RedirectResponse(f"/canh-sat/ho-so/{dossier.id}", status_code=303)


@router.post("/canh-sat/chuyen-ho-so/{transfer_id}/tra-lai")
def refuse(
    transfer_id: uuid.UUID,
    request: Request,
    services: ServicesDep,
    session: SessionDep,
    officer: Officer,
    *,
    reason: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Send a case back with a reason."""
    if len(reason.strip()) < _SHORTEST:
        return _overview(request, services, session, officer, faulty=transfer_id, given=reason)
    receiving.refuse(session, transfer_id, officer, reason=reason.strip(), now=utc_now())
    return RedirectResponse("/canh-sat/chuyen-ho-so", status_code=303)


@router.post("/canh-sat/chuyen-ho-so/khac-biet/{difference_id}")
def settle(
    difference_id: uuid.UUID,
    request: Request,
    services: ServicesDep,
    session: SessionDep,
    officer: Officer,
    *,
    note: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """A difference was cleared with the other authority."""
    if len(note.strip()) < _SHORTEST:
        return _overview(request, services, session, officer, faulty=difference_id, given=note)
    sync.settle(session, difference_id, officer, note=note.strip(), now=utc_now())
    return RedirectResponse("/canh-sat/chuyen-ho-so", status_code=303)


@router.get("/canh-sat/ho-so/{dossier_id}/chuyen")
def form(
    dossier_id: uuid.UUID, request: Request, services: ServicesDep, session: SessionDep, officer: Officer
) -> Response:
    """To whom, and why."""
    return _form(request, services, session, dossier_id, officer)


@router.post("/canh-sat/ho-so/{dossier_id}/chuyen")
def hand_over(  # noqa: PLR0917 - FastAPI fills them in
    dossier_id: uuid.UUID,
    request: Request,
    services: ServicesDep,
    session: SessionDep,
    officer: Officer,
    expected_version: Annotated[int, Form()],
    peer: Annotated[str, Form()] = "",
    reason: Annotated[str, Form(max_length=2000)] = "",
    confirmed: Annotated[bool, Form()] = False,  # noqa: FBT002 -- a form's field
) -> Response:
    """Ask once more; confirmed, hand it over, then show the dossier."""
    if len(reason.strip()) < _SHORTEST or peer not in {one.id for one in services.settings.transfer_peers}:
        given = {"peer": peer, "reason": reason}
        return _form(request, services, session, dossier_id, officer, given=given)
    if not confirmed:
        desk = Desk(request, services, session, officer, utc_now())
        asked = {"peer": peer, "reason": reason.strip(), "expected_version": expected_version}
        return _confirm(desk, dossier_id, expected_version, asked)
    sending.hand_over(
        services,
        session,
        dossier_id,
        officer,
        peer_id=peer,
        reason=reason.strip(),
        expected_version=expected_version,
        now=utc_now(),
    )
    return RedirectResponse(f"/canh-sat/ho-so/{dossier_id}", status_code=303)


def _confirm(desk: Desk, dossier_id: uuid.UUID, version: int, asked: dict[str, Any]) -> Response:
    dossier = locked(desk.session, dossier_id, expected_version=version)
    receiver = next(one.name for one in desk.services.settings.transfer_peers if one.id == asked["peer"])
    facts = facts_of(desk.session, dossier, desk.officer, desk.now)
    facts = replace(facts, reason=asked["reason"], receiver=receiver)
    refuse_impossible(dossier, Action.TRANSFER, actor=Actor.of(desk.officer), facts=facts)
    lines = [(("Đơn vị nhận", "To"), receiver)]
    return confirming.page(
        desk, dossier, act="transfer_case", fields=asked, reason=asked["reason"], lines=lines
    )


def _form(
    request: Request,
    services: Services,
    session: Session,
    dossier_id: uuid.UUID,
    officer: Account,
    *,
    given: dict[str, str] | None = None,
) -> Response:
    dossier = queries.find(session, dossier_id)
    if (State(dossier.state), Action.TRANSFER) not in TABLE:
        raise Problem(
            409,
            "no_such_move",
            "Hồ sơ này không chuyển được ở bước hiện tại",
            "The case cannot be handed over as it stands",
            f"Trạng thái: {LABELS[State(dossier.state)][0]}.",
            f"It stands at: {LABELS[State(dossier.state)][1]}.",
        )
    return render(
        request,
        "transfers/form.html",
        status_code=422 if given else 200,
        dossier=dossier,
        peers=services.settings.transfer_peers,
        given=given or {},
        **_staff(request, officer),
    )


def _peer_names(services: Services) -> dict[str, str]:
    return {peer.id: peer.name for peer in services.settings.transfer_peers}


def _overview(
    request: Request,
    services: Services,
    session: Session,
    officer: Account,
    *,
    faulty: uuid.UUID | None = None,
    given: str = "",
) -> Response:
    rows = session.scalars(select(Transfer).order_by(Transfer.created_at.desc()).limit(_ROWS)).all()
    return render(
        request,
        "transfers/overview.html",
        status_code=422 if faulty else 200,
        waiting=[row for row in rows if row.direction == "in" and row.state == "received"],
        others=[row for row in rows if not (row.direction == "in" and row.state == "received")],
        differences=sync.open_differences(session),
        peer_names=_peer_names(services),
        difference_names={str(kind): NAMES[kind] for kind in DifferenceKind},
        states=STATES,
        state_labels=LABELS,
        kind_names=KIND_NAMES,
        faulty=faulty,
        given=given,
        **_staff(request, officer),
    )


def _staff(request: Request, officer: Account) -> dict[str, Any]:
    return {"account": officer, "csrf_token": request.state.csrf_token, "section": "transfers"}
