"""Gathers what a paper says from the database and the evidence store, and has it typeset."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.accounts.models import CHIEFS, Account
from backend.dossiers.issuer import issuer, signing_key
from backend.dossiers.liable import person_of
from backend.dossiers.models import Document, DocumentKind, Dossier
from backend.dossiers.secrets import shown
from backend.dossiers.service import assessment_of
from backend.evidence.models import EvidenceFile
from backend.intake.models import Violation
from backend.owners.service import Owner, vault_of
from backend.owners.vault import masked_id
from backend.payments.models import Payment
from backend.payments.providers import NAMES
from backend.services import Services
from penalty import documents as paper
from penalty.calendar import Deadline, LegalCalendar, vietnam_date
from penalty.payments.attempt import AttemptState

_STILLS = {
    "masked_before": ("Trước khi vi phạm", "Before"),
    "masked_at": ("Thời điểm vi phạm", "At the moment"),
    "masked_after": ("Sau khi vi phạm", "After"),
    "plate_crop": ("Biển số", "Number plate"),
}


@dataclass(frozen=True)
class Source:
    """All rows a paper is made from, read in one transaction."""

    services: Services
    session: Session
    dossier: Dossier
    document: Document
    violation: Violation
    owner: Owner
    confirmed_by: Account

    def party(self) -> paper.Party:
        return paper.Party(
            kind="organisation" if self.owner.kind == "organisation" else "person",
            name=self.owner.name,
            id_number=masked_id(self.owner.id_number),
            address=self.owner.address,
        )

    def vehicle(self) -> paper.VehicleData:
        return paper.VehicleData(
            kind=self.dossier.vehicle_kind,
            plate_display=self.dossier.plate_display,
            ground_colour=self.dossier.ground_colour,
        )

    def act(self) -> paper.ActData:
        return paper.ActData.of(assessment_of(self.dossier))

    def happening(self) -> paper.Happening:
        report = self.violation.payload
        return paper.Happening(
            at=self.violation.event_at,
            location=f"{report['scene']['name']}, {report['scene']['location']}"[:300],
            device=f"{self.violation.device_id} / {self.violation.camera_id}",
            confirmed_by=f"{self.confirmed_by.full_name}, {self.confirmed_by.title}",
            findings=tuple(
                paper.MeasureLine(vi=reason["vi"][:300], en=reason["en"][:300])
                for reason in report["reasons"]
            ),
        )

    def deadlines(self, *steps: str | tuple[str, str]) -> tuple[paper.DeadlineLine, ...]:
        """Computed for the day of the paper; `("E1", "D6")` begins where the other ends."""
        calendar = LegalCalendar.load()
        found: dict[str, Deadline] = {}
        for step in steps:
            name, after = (step, None) if isinstance(step, str) else step
            start = found[after].due_on if after else vietnam_date(self.document.asked_at)
            found[name] = calendar.due(name, start)
        return tuple(paper.DeadlineLine.of(deadline) for deadline in found.values())

    def stills(self) -> tuple[paper.Still, ...]:
        rows = {
            row.role: row
            for row in self.session.scalars(
                select(EvidenceFile).where(EvidenceFile.violation_id == self.violation.id)
            )
        }
        bucket, store = self.services.settings.s3_bucket, self.services.store
        return tuple(
            paper.Still(image=store.read(bucket, rows[role].object_key), caption_vi=vi, caption_en=en)
            for role, (vi, en) in _STILLS.items()
            if role in rows
        )


def signatory(account: Account) -> paper.Signatory:
    title_en = "Chief" if account.has(*CHIEFS) else "Officer"
    return paper.Signatory(name=account.full_name, title_vi=account.title, title_en=title_en)


def gather(services: Services, session: Session, document: Document) -> Source:
    """Read everything a paper needs. The dossier must have a known owner."""
    dossier = session.get_one(Dossier, document.dossier_id)
    violation = session.get_one(Violation, dossier.violation_id)
    return Source(
        services=services,
        session=session,
        dossier=dossier,
        document=document,
        violation=violation,
        owner=person_of(services, session, dossier, document.kind),
        confirmed_by=session.get_one(Account, dossier.opened_by),
    )


def typeset(source: Source) -> bytes:
    """The paper as PDF. The same rows give the same bytes."""
    return _MAKERS[DocumentKind(source.document.kind)](source)


def _notice(source: Source) -> bytes:
    dossier, settings = source.dossier, source.services.settings
    secret = vault_of(source.services).open("secret", dossier.id, dossier.secret_encrypted)
    data = paper.NoticeData(
        number=source.document.number,
        issued_at=source.document.asked_at,
        issuer=issuer(settings),
        synthetic=settings.environment != "production",
        signatory=signatory(source.confirmed_by),
        owner=source.party(),
        vehicle=source.vehicle(),
        act=source.act(),
        happening=source.happening(),
        stills=source.stills(),
        deadlines=source.deadlines("A2"),
        lookup_address=f"{settings.public_url}/tra-cuu",
        secret=shown(secret),
    )
    return paper.render_notice(data, signing_key(settings))


def _record(source: Source) -> bytes:
    dossier, settings = source.dossier, source.services.settings
    data = paper.RecordData(
        number=source.document.number,
        issued_at=source.document.asked_at,
        issuer=issuer(settings),
        synthetic=settings.environment != "production",
        notice_number=dossier.notice_number,
        officer=signatory(source.confirmed_by),
        violator=source.party(),
        vehicle=source.vehicle(),
        act=source.act(),
        happening=source.happening(),
        statement_vi="Tôi là người điều khiển phương tiện và chấp nhận thủ tục điện tử.",
        accepted_at=dossier.recorded_at,
        explanation_waived=dossier.explanation_waived,
        deadlines=source.deadlines("D1"),
    )
    return paper.render_record(data, signing_key(settings))


def _decision(source: Source) -> bytes:
    dossier, settings = source.dossier, source.services.settings
    if dossier.decided_by is None or dossier.record_number is None or dossier.recorded_at is None:
        raise LookupError(f"dossier {dossier.id}: a decision needs a record and a signatory")
    data = paper.DecisionData(
        number=source.document.number,
        issued_at=source.document.asked_at,
        issuer=issuer(settings),
        synthetic=settings.environment != "production",
        record_number=dossier.record_number,
        record_on=vietnam_date(dossier.recorded_at),
        signatory=signatory(source.session.get_one(Account, dossier.decided_by)),
        violator=source.party(),
        vehicle=source.vehicle(),
        act=source.act(),
        happening=source.happening(),
        fine_vnd=dossier.fine_vnd,
        deadlines=source.deadlines("D6", ("E1", "D6"), ("G1", "D6")),
        payment_ways_vi=(
            f"Trên trang {settings.public_url} bằng số thông báo và mã bí mật",
            "Tại Kho bạc Nhà nước hoặc ngân hàng được ủy nhiệm thu",
        ),
        payment_ways_en=(
            f"At {settings.public_url} with the notice number and the secret code",
            "At the State Treasury or a bank authorised to collect",
        ),
    )
    return paper.render_decision(data, signing_key(settings))


def _receipt(source: Source) -> bytes:
    dossier, settings = source.dossier, source.services.settings
    payment = source.session.scalar(
        select(Payment)
        .where(Payment.dossier_id == dossier.id, Payment.state == AttemptState.PAID)
        .order_by(Payment.answered_at.desc())
    )
    if (
        payment is None
        or dossier.decision_number is None
        or dossier.decided_at is None
        or not dossier.paid_at
    ):
        raise LookupError(f"dossier {dossier.id}: a receipt needs a decision and a payment")
    data = paper.ReceiptData(
        number=source.document.number,
        issued_at=source.document.asked_at,
        issuer=issuer(settings),
        synthetic=settings.environment != "production",
        decision_number=dossier.decision_number,
        decision_on=vietnam_date(dossier.decided_at),
        payer=source.party(),
        plate_display=dossier.plate_display,
        act_code=assessment_of(dossier).code,
        fine_vnd=dossier.fine_vnd,
        surcharge_vnd=dossier.paid_vnd - dossier.fine_vnd,
        surcharge_formula_vi=payment.late_formula_vi,
        paid_at=dossier.paid_at,
        method_vi=NAMES[payment.gateway][0],
        method_en=NAMES[payment.gateway][1],
        gateway_reference=payment.gateway_number or payment.reference,
        collector=settings.authority_name,
    )
    return paper.render_receipt(data, signing_key(settings))


_MAKERS: dict[DocumentKind, Callable[[Source], bytes]] = {
    DocumentKind.NOTICE: _notice,
    DocumentKind.RECORD: _record,
    DocumentKind.DECISION: _decision,
    DocumentKind.RECEIPT: _receipt,
}
