"""Rows about releases as the API and the screens show them."""

from __future__ import annotations

from sqlalchemy.orm import Session

from backend.releases import rollouts
from backend.releases.models import ReleaseRollOut
from backend.releases.schemas import ReleaseRollOutView, ReleaseStepView


def roll_out_view(session: Session, row: ReleaseRollOut) -> ReleaseRollOutView:
    steps = [ReleaseStepView.model_validate(one) for one in rollouts.steps(session, row.id)]
    return ReleaseRollOutView.of(row, version=row.version, steps=steps)
