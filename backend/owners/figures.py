"""How many fields of owners and vehicles the registers filled, and how many a person had to."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.owners.models import OwnerLookup, RegistryCorrection
from backend.owners.origins import OWNER_FIELDS, VEHICLE_FIELDS
from backend.owners.schemas import FieldFigures, OwnerDataFigures

_FILLED = ("filled", "stale", "differs")


def read(session: Session, begins: datetime | None = None, ends: datetime | None = None) -> OwnerDataFigures:
    """Counted from the origins that each lookup keeps: of those asked for between two moments, or of all."""
    within = [] if begins is None or ends is None else [OwnerLookup.requested_at.between(begins, ends)]
    origin = select(func.jsonb_array_elements(OwnerLookup.fields).label("of")).where(*within).subquery()
    key = [origin.c.of.op("->>")(name) for name in ("field", "source", "state")]
    counted = session.execute(select(*key, func.count()).group_by(*key))
    numbers = {(row[0], row[1], row[2]): row[3] for row in counted}
    answered = session.scalar(select(func.count()).where(OwnerLookup.fetched_at.is_not(None), *within))
    corrections = session.execute(
        select(RegistryCorrection.state, func.count()).group_by(RegistryCorrection.state)
    )
    return OwnerDataFigures(
        lookups=answered or 0,
        fields=[_of(name, numbers) for name in OWNER_FIELDS + VEHICLE_FIELDS],
        corrections={row[0]: row[1] for row in corrections},
    )


def _of(name: str, numbers: dict[tuple[str, str, str], int]) -> FieldFigures:
    def of_source(source: str) -> int:
        return sum(numbers.get((name, source, state), 0) for state in _FILLED)

    def of_state(state: str) -> int:
        return sum(
            count for (field, _, is_state), count in numbers.items() if (field, is_state) == (name, state)
        )

    corrected, entered = of_state("corrected"), of_state("entered")
    return FieldFigures(
        field=name,
        registry=of_source("registry"),
        population=of_source("population"),
        person=corrected + entered,
        stale=of_state("stale"),
        differs=of_state("differs"),
        missing=of_state("missing"),
        corrected=corrected,
        entered=entered,
    )
