"""Whom and what the lines of the audit log are about, by name: people, dossiers and plates for their ids."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from backend.accounts.models import Account
from backend.audit.models import AuditEntry
from backend.database import Base
from backend.dossiers.models import Dossier
from backend.fleets.models import Company
from penalty.plates import canonical


@dataclass(frozen=True)
class Case:
    """The dossier that a line is about, or hangs on."""

    id: uuid.UUID
    notice_number: str
    plate: str


@dataclass(frozen=True)
class Names:
    """The names behind one page of the log: `cases` and `things` by (kind, id), `people` by actor."""

    cases: dict[tuple[str, str], Case]
    things: dict[tuple[str, str], str]
    people: dict[str, str]


def names(session: Session, entries: Sequence[AuditEntry]) -> Names:
    """The names of all that these lines mention, asked for once a kind."""
    ids: dict[str, set[uuid.UUID]] = defaultdict(set)
    for entry in entries:
        if (found := _uuid(entry.subject_id)) is not None:
            ids[entry.subject_type].add(found)
    owners = {_uuid(entry.actor.partition(":")[2]) for entry in entries if entry.actor.startswith("owner:")}
    ids["dossier"] |= {one for one in owners if one is not None}
    users = {entry.actor.removeprefix("account:") for entry in entries if entry.actor.startswith("account:")}
    accounts = session.scalars(
        select(Account).where(or_(Account.username.in_(users), Account.id.in_(ids["account"])))
    ).all()
    return Names(
        {(kind, str(key)): case for kind in ids for key, case in _cases(session, kind, ids[kind])},
        {
            **{("account", str(one.id)): f"{one.full_name} ({one.username})" for one in accounts},
            **{("company", str(one.id)): one.name for one in _companies(session, ids["company"])},
        },
        {one.actor: one.full_name for one in accounts},
    )


def about(session: Session, text: str) -> tuple[str, ...]:
    """The ids of all that hangs on the case of this notice number or plate; else the text as an id itself."""
    if not text:
        return ()
    found = session.scalars(
        select(Dossier.id).where(or_(Dossier.notice_number == text.upper(), Dossier.plate == canonical(text)))
    ).all()
    if not found:
        return (text,)
    ids = [str(one) for one in found]
    for kind in _tables():
        hung = session.scalars(_joined(kind, Dossier.id.in_(found)).with_only_columns(kind.id))
        ids += [str(one) for one in hung]
    return tuple(ids)


def somebodies(session: Session, text: str) -> tuple[str, ...]:
    """The actors of this user name or whole name, namesakes all; none where nobody is called so."""
    named = or_(Account.username == text, func.lower(Account.full_name) == text.lower())
    return tuple(account.actor for account in session.scalars(select(Account).where(named)))


def _cases(session: Session, kind: str, ids: Iterable[uuid.UUID]) -> list[tuple[uuid.UUID, Case]]:
    table = next((one for one in _tables() if one.__tablename__ == kind), None)
    if table is None:
        return []
    rows = session.execute(_joined(table, table.id.in_(list(ids))).add_columns(table.id))
    return [(key, Case(one.id, one.notice_number, one.plate_display)) for one, key in rows]


def _joined(table: Any, which: ColumnElement[bool]) -> Any:
    if table is Dossier:
        return select(Dossier).where(which)
    of_dossier = getattr(table, "dossier_id", None)
    if table.__tablename__ == "violation":
        same = Dossier.violation_id == table.id
    elif of_dossier is not None:
        same = of_dossier == Dossier.id
    else:
        same = table.violation_id == Dossier.violation_id
    return select(Dossier).join(table, same).where(which)


def _tables() -> list[Any]:
    """Every model with an id of its own that is a case, or names its dossier or violation."""
    models = [one.class_ for one in Base.registry.mappers if hasattr(one.class_, "id")]
    named = ("dossier_id", "violation_id")
    return [
        one
        for one in models
        if one.__tablename__ in {"dossier", "violation"} or any(hasattr(one, name) for name in named)
    ]


def _companies(session: Session, ids: Iterable[uuid.UUID]) -> Sequence[Company]:
    return session.scalars(select(Company).where(Company.id.in_(list(ids)))).all()


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
