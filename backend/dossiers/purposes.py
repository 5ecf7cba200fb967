"""What messages are for: the template of each, the paper it speaks of, and until when it is of use."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.dossiers.models import Document, DocumentKind, Message
from penalty.dossier import State
from penalty.minors import AgeBand


@dataclass(frozen=True)
class Reminder:
    """A courtesy message that a last day asks for: before it, or (`before` false) once it has passed."""

    step: str
    states: frozenset[State]
    paper: DocumentKind
    before: bool = True

    def of_use(self, state: str, due_on: date, today: date) -> bool:
        """Whether it is still worth saying: the case stands so, and a day ahead is still ahead."""
        return State(state) in self.states and (today <= due_on if self.before else today > due_on)


REMINDERS: Final[Mapping[str, Reminder]] = MappingProxyType(
    {
        "answer_by": Reminder("A2", frozenset({State.NOTIFIED}), DocumentKind.NOTICE),
        "pay_by": Reminder("E1", frozenset({State.DECIDED}), DocumentKind.DECISION),
        "overdue": Reminder("E1", frozenset({State.OVERDUE}), DocumentKind.DECISION, before=False),
    }
)

TEMPLATES: Final[Mapping[tuple[str, str], str]] = MappingProxyType(
    {
        ("notice", "legal"): "notice_delivery",
        ("record", "legal"): "record_delivery",
        ("decision", "legal"): "decision_delivery",
        ("receipt", "legal"): "receipt_delivery",
        **{
            (kind, "legal"): "paper_delivery"
            for kind in (
                "reminder",
                "annulment",
                "answer",
                "refund",
                "deferral",
                "instalments",
                "enforcement",
                "remission",
            )
        },
        ("notice", "courtesy"): "notice_sent",
        ("decision", "courtesy"): "decision_sent",
        ("receipt", "courtesy"): "payment_received",
        **{(name, "courtesy"): name for name in REMINDERS},
    }
)


MINORS: Final[Mapping[tuple[str, AgeBand], str]] = MappingProxyType(
    {
        ("decision", AgeBand.FROM_14): "warning_delivery",
        ("decision", AgeBand.FROM_16): "decision_minor_delivery",
    }
)
"""What a driver under 18 is told in other words, with a copy by letter to the parents or the guardian."""
GUARDIAN: Final = "guardian"


def template_of(purpose: str, force: str, age_band: str | None) -> str:
    """The words for this person: `age_band` is that of who drove, where it is known."""
    ordinary = TEMPLATES[purpose, force]
    if force != "legal" or age_band not in set(AgeBand):
        return ordinary
    return MINORS.get((purpose, AgeBand(age_band)), ordinary)


def for_guardian(document: Document, age_band: str | None) -> bool:
    """Whether parents or guardian get a copy of this paper.

    From general knowledge of LHAV Art. 69 (a warned minor's decision) and 134 (they pay in the minor's
    place), and to be confirmed; nobody's register names them here, so it goes to the minor's address.
    """
    return age_band in set(AgeBand) and (document.kind, AgeBand(age_band)) in MINORS


def paper_of(session: Session, message: Message) -> Document:
    """The paper that a message brings or speaks of."""
    return session.get_one(Document, message.document_id)


def newest_paper(session: Session, dossier_id: uuid.UUID, kind: DocumentKind) -> Document | None:
    """The paper of this kind that counts now."""
    rows = select(Document).where(Document.dossier_id == dossier_id, Document.kind == kind)
    return session.scalars(rows.order_by(Document.seq.desc()).limit(1)).first()
