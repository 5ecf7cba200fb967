"""Dossiers found by what stands on a paper or on a vehicle, and lists in pages that millions do not slow."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import chain

from sqlalchemy import ColumnElement, or_, select, tuple_
from sqlalchemy.orm import Session

from backend import audit
from backend.accounts.models import Account
from backend.dossiers.models import Dossier
from penalty.dossier import State
from penalty.plates import canonical

_NUMBERS = (
    Dossier.notice_number,
    Dossier.record_number,
    Dossier.decision_number,
    Dossier.receipt_number,
)
_DECISION_TYPED = re.compile(r"^QD(?=-)")


def found(session: Session, words: str, account: Account, *, limit: int) -> list[Dossier]:
    """Dossiers with this number on one of their papers or this plate, newest first; the search is logged.

    Only those of the areas this account works in: the session sees no others.
    """
    number = _DECISION_TYPED.sub("QĐ", re.sub(r"\s", "", words).upper())
    fits: ColumnElement[bool] = or_(*(column == number for column in _NUMBERS))
    plate = canonical(words)
    if plate:
        fits = or_(fits, Dossier.plate == plate)
    rows = session.scalars(select(Dossier).where(fits).order_by(Dossier.opened_at.desc()).limit(limit)).all()
    audit.record(
        session,
        actor=account.actor,
        action="dossier.searched",
        subject_type="dossier",
        subject_id=rows[0].id if len(rows) == 1 else "-",
        data={"found": len(rows)},
    )
    return list(rows)


def page(
    session: Session, states: Iterable[State], *, newest_first: bool, beyond: Dossier | None, limit: int
) -> tuple[Sequence[Dossier], bool]:
    """Dossiers in these states after `beyond`, and whether more follow.

    Each state is read by its own index and the few rows are merged: one query over all states would sort
    every dossier there is.
    """
    by_place = (Dossier.opened_at, Dossier.id)
    order = tuple(column.desc() for column in by_place) if newest_first else by_place
    query = select(Dossier).order_by(*order).limit(limit + 1)
    if beyond is not None:
        place, last = tuple_(*by_place), tuple_(beyond.opened_at, beyond.id)
        query = query.where(place < last if newest_first else place > last)
    rows = chain.from_iterable(session.scalars(query.where(Dossier.state == state)) for state in states)
    merged = sorted(rows, key=lambda one: (one.opened_at, one.id), reverse=newest_first)
    return merged[:limit], len(merged) > limit
