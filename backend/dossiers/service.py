"""A dossier from the confirmation to the closed case; each step is one transaction with its job and audit."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.accounts.models import Account
from backend.dossiers import refusals
from backend.dossiers.assessing import assess, columns_of, take, with_circumstances
from backend.dossiers.driver_age import ask_for_owner
from backend.dossiers.facts import facts_of
from backend.dossiers.issuing import ask_for_document
from backend.dossiers.models import DocumentKind, Dossier
from backend.dossiers.moves import (
    SYSTEM,
    Actor,
    due_dates,
    legal_move,
    locked,
    move,
    write_deadline,
    write_event,
)
from backend.dossiers.numbers import next_number
from backend.dossiers.secrets import new_secret, secret_hash
from backend.intake.models import Violation
from backend.owners.models import USABLE, OwnerLookup
from backend.owners.service import current_lookup, request_lookup, vault_of
from backend.payments import book
from backend.services import Services
from penalty import ledger, plates
from penalty.calendar import LegalCalendar, vietnam_date
from penalty.catalogue import NO_CIRCUMSTANCES
from penalty.circumstances import Circumstances
from penalty.dossier import Action, State, opening_deadlines
from penalty.guards import Facts


def open_dossier(
    services: Services, session: Session, violation: Violation, officer: Account, now: datetime
) -> Dossier:
    """Open the dossier of a confirmed violation, in the transaction that confirms it.

    Raises Problem 422 `plate_needed` or `no_fine_for_act`.
    """
    plate = violation.plate_current
    if plate is None:
        raise refusals.plate_needed()
    kind, colour = violation.vehicle_kind_current, violation.ground_colour_current
    assessment = assess(violation, kind)
    lookup = _held_lookup(session, violation, officer)
    number, secret, dossier_id = next_number(session, DocumentKind.NOTICE, now), new_secret(), uuid.uuid4()
    dossier = Dossier(
        id=dossier_id,
        violation_id=violation.id,
        state=State.OWNER_LOOKUP,
        notice_number=number,
        secret_hash=secret_hash(services.settings.secret_key.get_secret_value(), number, secret),
        secret_encrypted=vault_of(services).seal("secret", dossier_id, secret),
        plate=plate,
        plate_display=plates.display(plate, vehicle_kind=kind, ground_colour=colour),
        ground_colour=colour,
        vehicle_kind=kind,
        act=violation.act,
        happened_at=violation.event_at,
        opened_by=officer.id,
        opened_at=now,
        paid_vnd=0,
        **columns_of(assessment),
    )
    session.add(dossier)
    session.flush()
    _begin_clocks(session, dossier)
    data = {"violation_id": str(violation.id), "law": dossier.law_version, "fine_vnd": dossier.fine_vnd}
    write_event(session, dossier, "opened", actor=Actor.of(officer), now=now, data=data)
    if lookup is not None and lookup.state in USABLE:
        _owner_is_known(session, dossier, lookup, now)
    return dossier


def _begin_clocks(session: Session, dossier: Dossier) -> None:
    for deadline in opening_deadlines(LegalCalendar.load(), vietnam_date(dossier.happened_at)):
        write_deadline(session, dossier, deadline)


def _held_lookup(session: Session, violation: Violation, officer: Account) -> OwnerLookup | None:
    """Held until we commit: a lookup that ends meanwhile finds the dossier, or we see how it ended."""
    lookup = request_lookup(session, violation, officer)
    if lookup is not None:
        session.refresh(lookup, with_for_update=True)
    return lookup


def owner_known(session: Session, violation_id: uuid.UUID, now: datetime) -> None:
    """The owner lookup came to a good end: have the notice made. Repeated, or too early: nothing happens."""
    dossier_id = session.scalar(select(Dossier.id).where(Dossier.violation_id == violation_id))
    if dossier_id is None:
        return
    dossier = locked(session, dossier_id)
    if dossier.owner_lookup_id is not None or dossier.state != State.OWNER_LOOKUP:
        return
    lookup = current_lookup(session, session.get_one(Violation, violation_id))
    if lookup is not None and lookup.state in USABLE:
        _owner_is_known(session, dossier, lookup, now)


def _owner_is_known(session: Session, dossier: Dossier, lookup: OwnerLookup, now: datetime) -> None:
    dossier.owner_lookup_id = lookup.id
    write_event(session, dossier, "owner_found", actor=SYSTEM, now=now, data={"lookup": lookup.state})
    ask_for_owner(session, dossier, lookup)
    evidence_list = next_number(session, DocumentKind.EVIDENCE_LIST, now)
    ask_for_document(session, dossier, DocumentKind.EVIDENCE_LIST, evidence_list)
    ask_for_document(session, dossier, DocumentKind.NOTICE, dossier.notice_number)


def notice_delivered(session: Session, dossier: Dossier, channel: str, now: datetime) -> None:
    """The legal delivery was accepted: the 20 days of the owner begin. Sent before: nothing happens."""
    if dossier.state != State.OWNER_LOOKUP:
        return
    deadlines = due_dates(session, dossier)
    facts = Facts(
        today=vietnam_date(now),
        owner_known=dossier.owner_lookup_id is not None,
        limitation_until=deadlines["A4"].raw_due_on,
    )
    dossier.notified_at = now
    move(session, dossier, Action.SEND_NOTICE, actor=SYSTEM, facts=facts, now=now, data={"channel": channel})


def belongs_to_organisation(session: Session, dossier: Dossier) -> bool:
    if dossier.owner_lookup_id is None:
        return False
    return session.get_one(OwnerLookup, dossier.owner_lookup_id).owner_kind == "organisation"


def decide(
    session: Session,
    dossier_id: uuid.UUID,
    *,
    expected_version: int | None,
    officer: Account,
    now: datetime,
    circumstances: Circumstances = NO_CIRCUMSTANCES,
) -> Dossier:
    """Sign the penalty decision; the fine is owed from here on.

    Raises Problem 403 `no_signing_power` (judged on the maximum of the band), 409, 412, 422
    `amount_not_lawful` where the circumstances leave no such amount.
    """
    dossier = locked(session, dossier_id, expected_version=expected_version)
    if circumstances != NO_CIRCUMSTANCES:
        take(dossier, with_circumstances(session, dossier, circumstances))
    facts = facts_of(session, dossier, officer, now)
    actor = Actor.of(officer)
    legal_move(
        session,
        dossier,
        Action.DECIDE,
        actor=actor,
        facts=facts,
        now=now,
        data={
            "band_max_vnd": dossier.band_max_vnd,
            "signing_power_vnd": facts.signing_power_vnd,
            "fine_vnd": dossier.fine_vnd,
            "mitigating": circumstances.mitigating,
            "aggravating": circumstances.aggravating,
        },
    )
    _decided(session, dossier, officer, now)
    return dossier


def _decided(session: Session, dossier: Dossier, officer: Account, now: datetime) -> None:
    """The decision as a paper, and the fine as a debt."""
    number = next_number(session, DocumentKind.DECISION, now)
    dossier.decided_at, dossier.decided_by, dossier.decision_number = now, officer.id, number
    if dossier.fine_vnd:
        posting = ledger.fine_decided(
            dossier=str(dossier.id), decision_number=number, fine_vnd=dossier.fine_vnd, at=now
        )
        book.post(session, dossier.id, posting)
    ask_for_document(session, dossier, DocumentKind.DECISION, number)


def decision_delivered(session: Session, dossier: Dossier, channel: str, now: datetime) -> None:
    """The decision lies in the owner's designated box: the clocks of paying and complaining begin."""
    if dossier.state != State.DECIDED or dossier.delivered_at is not None:
        return
    dossier.delivered_at = now
    move(
        session,
        dossier,
        Action.DELIVER,
        actor=SYSTEM,
        facts=Facts(today=vietnam_date(now)),
        now=now,
        data={"channel": channel},
    )
    _warning_given(session, dossier, now)


def decision_returned(session: Session, dossier: Dossier, *, returns: int, now: datetime) -> None:
    """The post brought it back for the third time: in three working days it counts as delivered (D7)."""
    facts = Facts(today=vietnam_date(now), post_returns=returns)
    dossier.delivered_at = now
    data = {"channel": "letter", "returns": returns}
    move(session, dossier, Action.DEEM_DELIVERED, actor=SYSTEM, facts=facts, now=now, data=data)
    _warning_given(session, dossier, now)


def _warning_given(session: Session, dossier: Dossier, now: datetime) -> None:
    """A decision that is a warning is carried out with its delivery: nothing is owed."""
    if dossier.fine_vnd == 0:
        today = vietnam_date(now)
        dossier.closed_at = now
        facts = Facts(today=today, warning=True, delivered_on=today)
        move(session, dossier, Action.CLOSE, actor=SYSTEM, facts=facts, now=now)


def paid_in_full(session: Session, dossier: Dossier, *, due_vnd: int, now: datetime) -> None:
    """The whole debt is paid: receipt and closing, all in the transaction that books the money."""
    today = vietnam_date(now)
    dossier.paid_at = now
    facts = Facts(today=today, due_vnd=due_vnd, paid_vnd=dossier.paid_vnd)
    data = {"paid_vnd": dossier.paid_vnd}
    move(session, dossier, Action.PAY, actor=SYSTEM, facts=facts, now=now, data=data)
    issue_receipt(session, dossier, now)
    dossier.closed_at = now
    move(session, dossier, Action.CLOSE, actor=SYSTEM, facts=Facts(today=today, receipt_issued=True), now=now)


def issue_receipt(session: Session, dossier: Dossier, now: datetime) -> None:
    """One for all that was paid in the case."""
    dossier.receipt_number = next_number(session, DocumentKind.RECEIPT, now)
    ask_for_document(session, dossier, DocumentKind.RECEIPT, dossier.receipt_number)
