"""Whose cases a request may see: one filter on its database session, under every query of every noun.

A person limited to areas sees and touches only what happened at a camera that stood there on that day; what
lies elsewhere is not there at all (404). docs/adr/0012 says why the filter is here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Select, Text, and_, cast, event, exists, or_, select
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria
from sqlalchemy.sql.elements import ColumnElement

from backend.accounts.models import Account
from backend.accounts.roles import WHOLE
from backend.database import Base, day_in_vietnam
from backend.dossiers.models import Dossier
from backend.errors import Problem
from backend.intake.models import Violation
from backend.payments.models import Payment
from backend.places.models import CameraPlace
from backend.places.service import gazetteer
from backend.transfers.models import Transfer

_KEY: Final = "places.scope"
_HOOKS: Final = {
    "dossier_id": "dossiers",
    "violation_id": "violations",
    "payment_id": "payments",
    "transfer_ref": "transfers",
}
"""The column by which a row belongs to a case. Where it is empty, only who sees everything sees the row."""
_DAY_OF_ACT: Final = day_in_vietnam(Violation.__table__.c.event_at)


@dataclass(frozen=True)
class Scope:
    """Area codes, of today and of before, whose cases may be seen."""

    codes: frozenset[str]

    @property
    def violations(self) -> Select[Any]:
        """Ids of the violations in these areas."""
        seen, place = Violation.__table__, CameraPlace.__table__
        return select(seen.c.id).where(
            exists().where(
                and_(
                    place.c.camera_id == seen.c.camera_id,
                    place.c.area_code.in_(sorted(self.codes)),
                    place.c.valid_from <= _DAY_OF_ACT,
                    or_(place.c.valid_to.is_(None), place.c.valid_to >= _DAY_OF_ACT),
                )
            )
        )

    @property
    def dossiers(self) -> Select[Any]:
        """Ids of their dossiers."""
        kept = Dossier.__table__
        return select(kept.c.id).where(kept.c.violation_id.in_(self.violations))

    @property
    def payments(self) -> Select[Any]:
        """Ids of the payments of these dossiers."""
        paid = Payment.__table__
        return select(paid.c.id).where(paid.c.dossier_id.in_(self.dossiers))

    @property
    def transfers(self) -> Select[Any]:
        """Ids, as text, of the transfers of these dossiers."""
        moved = Transfer.__table__
        return select(cast(moved.c.id, Text)).where(moved.c.dossier_id.in_(self.dossiers))


def limit(session: Session, account: Account, today: date) -> None:
    """From here on this session sees only what lies in the account's areas; all of it for WHOLE."""
    areas = account.areas(today)
    if WHOLE not in areas:
        session.info[_KEY] = Scope(gazetteer(session).reach(areas, today))


def scope_of(session: Session) -> Scope | None:
    """The limit of this session; None: it has none."""
    found = session.info.get(_KEY)
    return found if isinstance(found, Scope) else None


def whole_only(session: Session) -> None:
    """For what belongs to no area, as a bank's statement. Raises Problem 403 for who is limited to areas."""
    if scope_of(session) is not None:
        raise Problem(
            403,
            "whole_area_needed",
            "Việc này dành cho người phụ trách toàn địa bàn",
            "This is for those who work on the whole area",
            "Sao kê và tệp đối soát là của cả tỉnh, không chia theo phường xã.",
            "Statements and files of a day are the whole province's; they cannot be split by area.",
        )


@lru_cache(maxsize=1)
def _hanging() -> tuple[type[Any], ...]:
    """Every model that names a case or what hangs on it: what comes later is limited by itself."""
    return (Violation, *(one.class_ for one in Base.registry.mappers if _hook(one.class_) is not None))


def _hook(model: type[Any]) -> Any:
    columns = model.__table__.c
    return next((columns[name] for name in _HOOKS if name in columns), None)


def _within(model: type[Any], scope: Scope) -> ColumnElement[bool]:
    if model is Violation:
        return Violation.id.in_(scope.violations)
    name = _hook(model).name
    inside: ColumnElement[bool] = getattr(model, name).in_(getattr(scope, _HOOKS[name]))
    return inside


@event.listens_for(Session, "do_orm_execute")
def _only_within(state: ORMExecuteState) -> None:
    scope = scope_of(state.session)
    if scope is None or not state.is_select:
        return
    state.statement = state.statement.options(
        *(with_loader_criteria(model, _within(model, scope), include_aliases=True) for model in _hanging())
    )
