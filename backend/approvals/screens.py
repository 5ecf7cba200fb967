"""The pages of acts that need two persons: what waits, one request, and asking for one at a dossier."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.accounts.guards import ApprovalReader, Reviewing, TeamChief
from backend.accounts.models import Account
from backend.approvals import evading, reasons, service
from backend.approvals.acts import ACTS, evasion_in
from backend.approvals.models import Approval
from backend.approvals.rules import OWES_BACK, RULES, STATE_NAMES, Kind
from backend.approvals.schemas import EvasionForm
from backend.database import SessionDep, utc_now
from backend.dossiers import confirming
from backend.dossiers.models import Dossier
from backend.dossiers.moves import locked
from backend.dossiers.words import AGES
from backend.i18n import screen_language
from backend.submissions.asking import Lines, remission_lines
from backend.submissions.remission import proposed
from backend.submissions.service import find
from backend.templating import render
from penalty.complaint import GROUND_NAMES
from penalty.dossier import LABELS, State
from penalty.evasion import step_that_restarts

router = APIRouter(include_in_schema=False)
_HERE = "/quan-tri/phe-duyet"
_ROWS = 100
_BADGES = {"waiting": "warn", "approved": "ok", "refused": "error"}
Reason = Annotated[str, Form(max_length=2000)]


@router.get(_HERE)
def approvals_page(
    request: Request,
    session: SessionDep,
    account: ApprovalReader,
    tab: Annotated[Literal["waiting", "decided"], Query()] = "waiting",
) -> Response:
    """What waits for a second person, or what was decided."""
    found = service.listed(session, waiting=tab == "waiting", now=utc_now(), limit=_ROWS)
    dossiers = session.scalars(
        select(Dossier).where(Dossier.id.in_({one.dossier_id for one in found if one.dossier_id}))
    )
    return render(
        request,
        "approvals/list.html",
        tab=tab,
        approvals=found,
        dossiers={dossier.id: dossier for dossier in dossiers},
        **_words(session, account, found),
    )


@router.get(_HERE + "/{approval_id}")
def approval_page(
    request: Request, approval_id: uuid.UUID, session: SessionDep, account: ApprovalReader
) -> Response:
    """One request: what, why, who asked, and what follows from it."""
    return _page(request, session, service.find(session, approval_id), account)


@router.post(_HERE + "/{approval_id}/phe-duyet")
def approve(
    approval_id: uuid.UUID,
    desk: confirming.ChiefsDesk,
    expected_version: Annotated[int, Form(ge=1, le=2**31 - 1)],
    confirmed: Annotated[bool, Form()] = False,  # noqa: FBT002 -- a form's field
) -> Response:
    """Ask once more; confirmed, approve it: it is done at once."""
    if not confirmed:
        return _confirm(desk, approval_id, expected_version)
    service.approve(
        desk.session, approval_id, desk.officer, ACTS, expected_version=expected_version, now=desk.now
    )
    return RedirectResponse(f"{_HERE}/{approval_id}", status_code=303)


def _confirm(desk: confirming.Desk, approval_id: uuid.UUID, version: int) -> Response:
    approval, dossier = service.held(
        desk.session, approval_id, desk.officer, expected_version=version, now=desk.now
    )
    kind = service.kind_of(approval)
    if dossier is None or kind == "return_transfer":
        return render(
            desk.request,
            "approvals/confirm.html",
            approval=approval,
            rule=RULES[kind],
            account=desk.officer,
            section="administration",
            csrf_token=desk.request.state.csrf_token,
        )
    return confirming.page(
        desk,
        dossier,
        act=kind,
        fields={"expected_version": version},
        reason=approval.reason,
        placed_vnd=approval.data.get("amount_vnd"),
        lines=_lines(desk, dossier, approval),
        back=f"{_HERE}/{approval.id}",
    )


def _lines(desk: confirming.Desk, dossier: Dossier, approval: Approval) -> Lines:
    """What it is about, besides the case."""
    language = screen_language(desk.request)
    if approval.kind == "correct_age":
        at = 0 if language == "vi" else 1
        return [
            (("Cơ sở dữ liệu ghi", "The register says"), AGES[approval.data["was"]][at]),
            (("Giấy tờ ghi", "The papers say"), AGES[approval.data["band"]][at]),
        ]
    if approval.kind != "remit_fine":
        return []
    submission = find(desk.session, approval.subject_id)
    granted = proposed(desk.session, dossier, submission, approval.data["remits_vnd"])
    return remission_lines(granted, language)


@router.post(_HERE + "/{approval_id}/tu-choi")
def refuse(
    request: Request, approval_id: uuid.UUID, session: SessionDep, chief: TeamChief, note: Reason = ""
) -> Response:
    """Refuse it with a reason; without one the page comes back and says so."""
    if len(note.strip()) < reasons.SHORTEST:
        return _page(request, session, service.find(session, approval_id), chief, faulty=True)
    service.refuse(session, approval_id, chief, note=note.strip(), now=utc_now())
    return RedirectResponse(f"{_HERE}/{approval_id}", status_code=303)


@router.post(_HERE + "/{approval_id}/rut")
def withdraw(approval_id: uuid.UUID, session: SessionDep, officer: Reviewing) -> Response:
    """Take back what one asked for oneself."""
    service.withdraw(session, approval_id, officer, utc_now())
    return RedirectResponse(f"{_HERE}/{approval_id}", status_code=303)


@router.post("/canh-sat/ho-so/{dossier_id}/de-nghi")
def ask(  # noqa: PLR0917 -- FastAPI fills them in
    dossier_id: uuid.UUID,
    session: SessionDep,
    officer: Reviewing,
    kind: Annotated[Literal["annul_decision", "drop_dossier"], Form()],
    expected_version: Annotated[int, Form(ge=1, le=2**31 - 1)],
    reason: Reason = "",
) -> Response:
    """Ask for the decision to be cancelled, or the dossier to be dropped."""
    why = reasons.for_approval(reason)
    dossier = locked(session, dossier_id, expected_version=expected_version)
    service.refuse_impossible(State(dossier.state), kind)
    asked = service.ask(session, kind, dossier, officer, subject_id=dossier.id, reason=why, now=utc_now())
    return RedirectResponse(f"{_HERE}/{asked.id}", status_code=303)


@router.post("/canh-sat/ho-so/{dossier_id}/tron-tranh")
def ask_to_record_evasion(
    dossier_id: uuid.UUID,
    session: SessionDep,
    officer: Reviewing,
    asked: Annotated[EvasionForm, Form()],
) -> Response:
    """Ask that deliberate evasion is recorded, and the limitation counted anew."""
    approval = evading.ask(session, dossier_id, officer, asked, utc_now())
    return RedirectResponse(f"{_HERE}/{approval.id}", status_code=303)


def at_dossier(session: Session, dossier: Dossier, account: Account) -> dict[str, Any]:
    """What a dossier's page says of it: the request that waits, and what this person may ask for."""
    waiting = service.waiting_about(session, dossier.id, utc_now())
    possible: tuple[Kind, ...] = service.possible(State(dossier.state))
    return {
        "waiting_approval": waiting,
        "may_ask": [kind for kind in possible if waiting is None and account.has(*RULES[kind].asked_by)],
        "approval_rules": RULES,
        "may_record_evasion": waiting is None
        and step_that_restarts(State(dossier.state)) is not None
        and account.has(*RULES["record_evasion"].asked_by),
    }


def _page(
    request: Request, session: Session, approval: Approval, account: Account, *, faulty: bool = False
) -> Response:
    open_ = approval.state == "waiting" and approval.expires_at > utc_now()
    mine = approval.requested_by == account.id
    rule = RULES[service.kind_of(approval)]
    evading_ = approval.kind == "record_evasion"
    return render(
        request,
        "approvals/one.html",
        status_code=422 if faulty else 200,
        approval=approval,
        dossier=session.get_one(Dossier, approval.dossier_id) if approval.dossier_id else None,
        version_of_no_case=service.OF_NO_CASE,
        open_=open_,
        mine=mine,
        evasion=evasion_in(approval.data) if evading_ else None,
        evasion_until=date.fromisoformat(approval.data["until"]) if evading_ else None,
        may_decide=open_ and not mine and account.has(*rule.approved_by),
        faulty=faulty,
        **_words(session, account, [approval]),
        csrf_token=request.state.csrf_token,
    )


def _words(session: Session, account: Account, found: Sequence[Approval]) -> dict[str, Any]:
    ids = {one.requested_by for one in found} | {one.decided_by for one in found if one.decided_by}
    people = session.scalars(select(Account).where(Account.id.in_(ids)))
    return {
        "account": account,
        "people": {person.id: person for person in people},
        "rules": RULES,
        "owes_back": OWES_BACK,
        "state_names": STATE_NAMES,
        "state_badges": _BADGES,
        "state_labels": LABELS,
        "ground_names": GROUND_NAMES,
        "ages": AGES,
        "now": utc_now(),
        "section": "administration",
    }
