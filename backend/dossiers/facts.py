"""What the guards of the law may look at, read from the rows of one dossier."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from backend.accounts.models import Account
from backend.dossiers.assessing import assessment_of, power_over
from backend.dossiers.driver_age import age_facts
from backend.dossiers.models import Dossier
from backend.dossiers.moves import due_dates, last_day
from penalty.calendar import vietnam_date
from penalty.dossier import State
from penalty.guards import Facts


def facts_of(session: Session, dossier: Dossier, officer: Account, now: datetime) -> Facts:
    """Where the case stands today and what this officer may sign; nothing that a person has yet to bring."""
    from backend.submissions.askable import relief_waits  # noqa: PLC0415 - they stand on dossiers

    deadlines = due_dates(session, dossier)
    explained = dossier.state == State.EXPLAINED
    return Facts(
        today=vietnam_date(now),
        limitation_until=deadlines["A4"].raw_due_on if "A4" in deadlines else None,
        owner_known=dossier.owner_lookup_id is not None,
        notified=dossier.notified_at is not None,
        answer_until=last_day(deadlines, "A2"),
        decide_until=last_day(deadlines, "D3" if explained else "D1"),
        takes_points=assessment_of(dossier).points > 0,
        explanation_right=dossier.explanation_right,
        explanation_waived=dossier.explanation_waived,
        explanation_received=explained,
        explain_until=last_day(deadlines, "C1"),
        pay_until=last_day(deadlines, "E1"),
        enforce_until=last_day(deadlines, "E8"),
        relief_waits=relief_waits(session, dossier.id),
        band_max_vnd=dossier.band_max_vnd,
        signing_power_vnd=power_over(dossier, officer, vietnam_date(now)),
        decided=dossier.decision_number is not None,
        **age_facts(dossier),
    )
