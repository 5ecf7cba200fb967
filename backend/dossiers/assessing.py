"""The catalogue's answer as a dossier keeps it."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy.orm import Session

from backend.accounts.models import Account
from backend.dossiers import refusals
from backend.dossiers.models import Dossier
from backend.intake.models import Violation
from penalty import catalogue
from penalty.calendar import vietnam_date
from penalty.catalogue import NO_CIRCUMSTANCES, Assessment, CatalogueError, Liable, NeedsOfficerError
from penalty.circumstances import Circumstances
from penalty.minors import AgeBand, lightened

_ASSESSMENT = TypeAdapter(Assessment)


def assessment_of(dossier: Dossier) -> Assessment:
    """The catalogue's answer as it was kept when the dossier was opened."""
    return _ASSESSMENT.validate_python(dossier.assessment)


def assess(
    violation: Violation,
    vehicle_kind: str,
    liable: Liable = "person",
    *,
    circumstances: Circumstances = NO_CIRCUMSTANCES,
    as_owner: bool = False,
) -> Assessment:
    """What the law of the day of the act says. Raises Problem 422 `no_fine_for_act`, `amount_not_lawful`."""
    try:
        return catalogue.load().assess(
            violation.act,
            vehicle_kind,
            vietnam_date(violation.event_at),
            liable=liable,
            circumstances=circumstances,
            as_owner=as_owner,
        )
    except NeedsOfficerError as error:
        if circumstances == NO_CIRCUMSTANCES:
            raise refusals.no_fine_for_act(error) from error
        raise refusals.amount_not_lawful(error) from error
    except CatalogueError as error:
        raise refusals.no_fine_for_act(error) from error


def with_circumstances(session: Session, dossier: Dossier, circumstances: Circumstances) -> Assessment:
    """The assessment that is kept, moved by these. Raises Problem 422 `amount_not_lawful`."""
    kept = assessment_of(dossier)
    if circumstances == NO_CIRCUMSTANCES:
        return kept
    violation = session.get_one(Violation, dossier.violation_id)
    moved = assess(
        violation, dossier.vehicle_kind, kept.liable, circumstances=circumstances, as_owner=kept.as_owner
    )
    return lightened(moved, AgeBand(kept.age_band))


def power_over(dossier: Dossier, account: Account, on: date) -> int:
    """How high a maximum this person may sign in this case: double against an organisation (LHAV Art. 52)."""
    organisation = assessment_of(dossier).liable == "organisation"
    return account.signing_power_vnd(on) * (catalogue.ORGANISATION_FACTOR if organisation else 1)


def take(dossier: Dossier, assessment: Assessment) -> None:
    """Another amount, for a reason that the assessment itself says."""
    for name, value in columns_of(assessment).items():
        setattr(dossier, name, value)


def columns_of(assessment: Assessment) -> dict[str, Any]:
    """An assessment as a dossier keeps it."""
    return {
        "assessment": _ASSESSMENT.dump_python(assessment, mode="json"),
        "law_version": f"{assessment.code} @ {assessment.valid_from.isoformat()}",
        "fine_vnd": assessment.fine_vnd,
        "band_max_vnd": assessment.max_vnd,
        "explanation_right": assessment.explanation_right,
    }
