"""Rows about releases as the API and the screens show them."""

from __future__ import annotations

from sqlalchemy.orm import Session

from backend.cameras.why import why_of, words
from backend.releases import rollouts
from backend.releases.models import ReleaseRollOut
from backend.releases.schemas import ReleaseRollOutView, ReleaseStepView


def roll_out_view(session: Session, row: ReleaseRollOut) -> ReleaseRollOutView:
    why = why_of(row.why)
    why_vi, why_en = words(why)
    return ReleaseRollOutView(
        id=row.id,
        version=row.version,
        state=row.state,
        note=row.note,
        started_by=row.started_by,
        started_at=row.started_at,
        ended_at=row.ended_at,
        why=why,
        why_vi=why_vi,
        why_en=why_en,
        steps=[ReleaseStepView.model_validate(one) for one in rollouts.steps(session, row.id)],
    )
