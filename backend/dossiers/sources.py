"""All rows a paper is made from, read in one transaction, as the values papers are made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.accounts.models import CHIEFS, Account
from backend.dossiers.assessing import assessment_of
from backend.dossiers.issuer import issuer
from backend.dossiers.liable import addressee
from backend.dossiers.models import Document, Dossier
from backend.evidence.models import EvidenceFile
from backend.intake.models import Violation
from backend.owners.service import Owner
from backend.owners.vault import masked_id
from backend.services import Services
from penalty import documents as paper
from penalty.calendar import Deadline, LegalCalendar, vietnam_date

_STILLS = {
    "masked_before": ("Trước khi vi phạm", "Before"),
    "masked_at": ("Thời điểm vi phạm", "At the moment"),
    "masked_after": ("Sau khi vi phạm", "After"),
    "plate_crop": ("Biển số", "Number plate"),
}


class Head(TypedDict):
    number: str
    issued_at: datetime
    issuer: paper.Issuer
    synthetic: bool


@dataclass(frozen=True)
class Source:
    """All rows a paper is made from."""

    services: Services
    session: Session
    dossier: Dossier
    document: Document
    violation: Violation
    owner: Owner | None
    confirmed_by: Account

    @property
    def head(self) -> Head:
        """What every paper begins with."""
        settings = self.services.settings
        return {
            "number": self.document.number,
            "issued_at": self.document.asked_at,
            "issuer": issuer(settings),
            "synthetic": settings.environment != "production",
        }

    @property
    def signed_by(self) -> paper.Signatory:
        """Who signs: named with the paper, else whoever decided, else whoever confirmed the violation."""
        signer = self.document.signed_by or self.dossier.decided_by
        return signatory(self.session.get_one(Account, signer) if signer else self.confirmed_by)

    @property
    def confirmer(self) -> paper.Signatory:
        """The officer who confirmed the violation."""
        return signatory(self.confirmed_by)

    @property
    def known_owner(self) -> Owner:
        """Whom the paper is for. Raises LookupError where nobody is known."""
        if self.owner is None:
            raise LookupError(f"dossier {self.dossier.id}: nobody is known whom the paper could be for")
        return self.owner

    def party(self) -> paper.Party:
        owner = self.known_owner
        return paper.Party(
            kind="organisation" if owner.kind == "organisation" else "person",
            name=owner.name,
            id_number=masked_id(owner.id_number),
            address=owner.address,
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
    """Read everything a paper needs."""
    dossier = session.get_one(Dossier, document.dossier_id)
    violation = session.get_one(Violation, dossier.violation_id)
    return Source(
        services=services,
        session=session,
        dossier=dossier,
        document=document,
        violation=violation,
        owner=addressee(services, session, dossier, document),
        confirmed_by=session.get_one(Account, dossier.opened_by),
    )
