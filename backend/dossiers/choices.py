"""What an officer may do to a dossier now, and why the rest may not be done: state, role and law."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from backend.accounts.models import Account
from backend.dossiers.facts import facts_of
from backend.dossiers.models import Dossier
from backend.dossiers.moves import Actor
from backend.dossiers.words import ACTION_NAMES, ROLE_NAMES
from penalty import dossier as law
from penalty.dossier import LABELS, TABLE, Action, IllegalMoveError, Role, State
from penalty.guards import Facts

Pair = tuple[str, str]

ALWAYS: Final = (Action.MAKE_RECORD, Action.DECIDE, Action.TRANSFER, Action.DROP, Action.ANNUL)
"""Said of every dossier, possible or not; other moves of the police only where the state knows them."""
_POLICE: Final = frozenset({Role.OFFICER, Role.TEAM_CHIEF})
_ASKED: Final = frozenset({Action.DROP, Action.ANNUL})
"""One person asks for these and a second one does them, so that any of the police may ask."""


@dataclass(frozen=True)
class Choice:
    """One move, open or not; `why` says in both languages what stands against it."""

    action: Action
    name: Pair
    open: bool
    code: str | None = None
    why: Pair | None = None


def choices(state: State, role: Role, facts: Facts) -> tuple[Choice, ...]:
    """Every move of the police from here, the open ones first. Pure.

    What the person brings to a move (a reason, a receiver, a signature, papers) is taken as given.
    """
    brought = replace(
        facts,
        reason="given",
        receiver="given",
        violator_identified=True,
        record_signed=True,
        age_known=True,
    )
    shown = [action for action in ACTION_NAMES if action in ALWAYS or (state, action) in TABLE]
    found = [_choice(state, action, role, brought) for action in shown]
    return tuple(sorted(found, key=lambda one: not one.open))


def _choice(state: State, action: Action, role: Role, facts: Facts) -> Choice:
    edge = TABLE.get((state, action))
    if edge is None:
        return Choice(action, ACTION_NAMES[action], open=False, code="no_such_move", why=_only_from(action))
    asker = Role.TEAM_CHIEF if action in _ASKED and role in _POLICE else role
    if asker not in edge.roles:
        return Choice(
            action, ACTION_NAMES[action], open=False, code="role_not_allowed", why=_only_for(edge.roles)
        )
    try:
        law.advance(state, action, role=asker, facts=facts)
    except IllegalMoveError as error:
        why = (error.message_vi, error.message_en)
        return Choice(action, ACTION_NAMES[action], open=False, code=error.code, why=why)
    return Choice(action, ACTION_NAMES[action], open=True)


def _only_from(action: Action) -> Pair:
    states = [state for state in State if (state, action) in TABLE]
    vi, en = (", ".join(LABELS[state][of].lower() for state in states) for of in (0, 1))
    return f"Chỉ khi hồ sơ ở bước: {vi}.", f"Only while the case stands at: {en}."


def _only_for(roles: frozenset[Role]) -> Pair:
    vi, en = (", ".join(ROLE_NAMES[role][of] for role in sorted(roles)) for of in (0, 1))
    return f"Chỉ dành cho: {vi}.", f"Only for: {en}."


def of_dossier(session: Session, dossier: Dossier, officer: Account, now: datetime) -> tuple[Choice, ...]:
    """The choices of this person about this dossier today."""
    facts = facts_of(session, dossier, officer, now)
    return choices(State(dossier.state), Actor.of(officer).role, facts)
