"""A dossier from the confirmation to the closed case; each step is one transaction with its job and audit."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.accounts.models import Account
from backend.dossiers import refusals
from backend.dossiers.assessing import assess, columns_of, take, with_circumstances
from backend.dossiers.driver_age import age_facts, read_on_papers
from backend.dossiers.facts import facts_of
from backend.dossiers.issuing import ask_for_document
from backend.dossiers.models import DocumentKind, Dossier
from backend.dossiers.moves import (
    SYSTEM,
    Actor,
    OnBehalf,
    actor_for,
    due_dates,
    last_day,
    locked,
    move,
    noted,
    refusal,
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
from penalty.catalogue import NO_CIRCUMSTANCES, Assessment, Liable
from penalty.circumstances import Circumstances
from penalty.dossier import Action, IllegalMoveError, State, opening_deadlines
from penalty.guards import Facts


@dataclass(frozen=True)
class Acceptance:
    """What the owner declared, all three needed to go on without a visit (Decree 118/2021 Art. 28a)."""

    was_driving: bool
    electronic_procedure: bool
    waives_explanation: bool

    @property
    def complete(self) -> bool:
        return self.was_driving and self.electronic_procedure and self.waives_explanation


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
    lookup = request_lookup(session, violation, officer)
    if lookup is not None:
        # Held until we commit: a lookup that ends meanwhile finds the dossier, or we see how it ended.
        session.refresh(lookup, with_for_update=True)
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
    for deadline in opening_deadlines(LegalCalendar.load(), vietnam_date(violation.event_at)):
        write_deadline(session, dossier, deadline)
    write_event(
        session,
        dossier,
        "opened",
        actor=Actor.of(officer),
        now=now,
        data={"violation_id": str(violation.id), "law": dossier.law_version, "fine_vnd": dossier.fine_vnd},
    )
    if lookup is not None and lookup.state in USABLE:
        _owner_is_known(session, dossier, lookup, now)
    return dossier


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


def accept(
    session: Session,
    dossier: Dossier,
    acceptance: Acceptance,
    now: datetime,
    *,
    behalf: OnBehalf | None = None,
    visitor: str | None = None,
) -> None:
    """The owner says he drove and takes the electronic procedure: the record is made.

    Raises Problem 422 `acceptance_incomplete`, 409 `driver_needed` for the vehicle of an organisation (it
    cannot have driven), 409 where the dossier does not stand at "notified".
    """
    if belongs_to_organisation(session, dossier):
        raise refusals.driver_needed()
    if not acceptance.complete:
        raise refusals.acceptance_incomplete()
    facts = Facts(
        today=vietnam_date(now),
        violator_identified=acceptance.was_driving,
        record_signed=acceptance.electronic_procedure,
        limitation_until=due_dates(session, dossier)["A4"].raw_due_on,
        **age_facts(dossier),
    )
    _legal_move(
        session,
        dossier,
        Action.MAKE_RECORD,
        actor=actor_for(dossier, behalf, visitor),
        facts=facts,
        now=now,
        data={"accepted": ["drove", "electronic_procedure", "no_explanation"], **noted(behalf)},
    )
    dossier.recorded_at, dossier.explanation_waived = now, True
    dossier.record_number = next_number(session, DocumentKind.RECORD, now)
    ask_for_document(session, dossier, DocumentKind.RECORD, dossier.record_number)


def record_at_station(
    session: Session,
    dossier_id: uuid.UUID,
    officer: Account,
    *,
    waives_explanation: bool,
    now: datetime,
    driver_born_on: date | None = None,
) -> Dossier:
    """The person liable signed at the station: the owner, or the driver he named, who was heard.

    `driver_born_on` is what the driver's papers say. Raises Problem 409 `driver_not_heard` where a driver was
    named and nobody has written down that he drove, `driver_age_unknown` where no register knew his age and
    no papers are named, `driver_under_age`.
    """
    dossier = locked(session, dossier_id)
    if dossier.state == State.DRIVER_NAMED and dossier.driver_submission_id is None:
        raise refusals.driver_not_heard()
    if dossier.driver_submission_id is not None and driver_born_on is not None:
        read_on_papers(session, dossier, driver_born_on, officer)
    facts = Facts(
        today=vietnam_date(now),
        violator_identified=True,
        record_signed=True,
        explanation_right=dossier.explanation_right,
        explanation_waived=waives_explanation,
        limitation_until=due_dates(session, dossier)["A4"].raw_due_on,
        **age_facts(dossier),
    )
    actor = Actor.of(officer)
    data = {"where": "station", "explanation_waived": waives_explanation}
    _legal_move(session, dossier, Action.MAKE_RECORD, actor=actor, facts=facts, now=now, data=data)
    dossier.recorded_at, dossier.explanation_waived = now, waives_explanation
    dossier.record_number = next_number(session, DocumentKind.RECORD, now)
    ask_for_document(
        session,
        dossier,
        DocumentKind.RECORD,
        dossier.record_number,
        says={"how": "station"},
        signed_by=officer.id,
    )
    return dossier


def belongs_to_organisation(session: Session, dossier: Dossier) -> bool:
    if dossier.owner_lookup_id is None:
        return False
    return session.get_one(OwnerLookup, dossier.owner_lookup_id).owner_kind == "organisation"


def assessed_as_owner(session: Session, dossier: Dossier, now: datetime) -> Assessment:
    """What a silent owner would be fined.

    Raises Problem 409 `owner_not_liable_yet` in the 20 days, `owner_named_driver` of one who was not silent.
    """
    if dossier.state == State.DRIVER_NAMED or dossier.driver_submission_id is not None:
        raise refusals.owner_named_driver()
    answer_until = last_day(due_dates(session, dossier), "A2")
    if answer_until is None or vietnam_date(now) <= answer_until:
        raise refusals.owner_not_liable_yet()
    liable: Liable = "organisation" if belongs_to_organisation(session, dossier) else "person"
    violation = session.get_one(Violation, dossier.violation_id)
    return assess(violation, dossier.vehicle_kind, liable, as_owner=True)


def record_liable_owner(
    session: Session, dossier_id: uuid.UUID, officer: Account, *, reason: str, now: datetime
) -> Dossier:
    """The owner gave no answer and showed nothing: the record is made against him, without points.

    Decree 168/2024 Art. 47.8.b; an organisation as one. `reason` says what was tried, and who witnessed that
    nobody signed (LHAV Art. 58). Raises Problem 409 before the 20 days are over, or from another state.
    """
    dossier = locked(session, dossier_id)
    assessment = assessed_as_owner(session, dossier, now)
    facts = Facts(
        today=vietnam_date(now),
        violator_identified=True,
        record_signed=True,
        explanation_right=assessment.explanation_right,
        limitation_until=due_dates(session, dossier)["A4"].raw_due_on,
    )
    data = {"where": "absent", "basis": "47.8.b", "liable": assessment.liable, "reason": reason}
    _legal_move(
        session, dossier, Action.MAKE_RECORD, actor=Actor.of(officer), facts=facts, now=now, data=data
    )
    take(dossier, assessment)
    dossier.recorded_at = now
    dossier.record_number = next_number(session, DocumentKind.RECORD, now)
    says = {"how": "absent", "reason": reason}
    ask_for_document(
        session, dossier, DocumentKind.RECORD, dossier.record_number, says=says, signed_by=officer.id
    )
    return dossier


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
    _legal_move(
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
    number = next_number(session, DocumentKind.DECISION, now)
    dossier.decided_at, dossier.decided_by, dossier.decision_number = now, officer.id, number
    if dossier.fine_vnd:
        posting = ledger.fine_decided(
            dossier=str(dossier.id), decision_number=number, fine_vnd=dossier.fine_vnd, at=now
        )
        book.post(session, dossier.id, posting)
    ask_for_document(session, dossier, DocumentKind.DECISION, number)
    return dossier


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
    dossier.receipt_number = next_number(session, DocumentKind.RECEIPT, now)
    ask_for_document(session, dossier, DocumentKind.RECEIPT, dossier.receipt_number)
    dossier.closed_at = now
    move(session, dossier, Action.CLOSE, actor=SYSTEM, facts=Facts(today=today, receipt_issued=True), now=now)


def _legal_move(session: Session, dossier: Dossier, action: Action, **how: Any) -> None:
    try:
        move(session, dossier, action, **how)
    except IllegalMoveError as error:
        raise refusal(error) from error
