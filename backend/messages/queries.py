"""Reading messages: what needs a person, how the channels are, one message's history."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.dossiers.models import Dossier, Message
from backend.messages.models import ChannelToken, MessageEvent, PostBatch, PostLetter, Suppression

NEEDS_PERSON: Final = ("dead", "returned", "unknown")
UNDERWAY: Final = ("waiting", "trying", "to_post", "in_batch")
BADGES: Final[Mapping[str, str]] = {
    **dict.fromkeys(("delivered", "read"), "ok"),
    **dict.fromkeys(("sent",), "info"),
    **dict.fromkeys(("dead", "returned"), "error"),
    **dict.fromkeys(("failed", "suppressed", "unknown", "to_post", "trying"), "warn"),
    **dict.fromkeys(("waiting", "dropped", "cancelled", "in_batch"), ""),
}


@dataclass(frozen=True)
class ChannelHealth:
    """One channel now. `token_lost_at`: only a person can authorise the account again."""

    channel: str
    waiting: int
    oldest_waiting_at: datetime | None
    failures_last_hour: int
    token_lost_at: datetime | None


def by_state(session: Session, states: Sequence[str], limit: int) -> Sequence[tuple[Message, Dossier]]:
    """Messages in these states with their dossiers, oldest first."""
    rows = session.execute(
        select(Message, Dossier)
        .join(Dossier, Dossier.id == Message.dossier_id)
        .where(Message.state.in_(states))
        .order_by(Message.asked_at)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in rows]


def count(session: Session, states: Sequence[str]) -> int:
    return session.scalar(select(func.count()).where(Message.state.in_(states))) or 0


def events(session: Session, message_id: uuid.UUID) -> Sequence[MessageEvent]:
    rows = select(MessageEvent).where(MessageEvent.message_id == message_id)
    return session.scalars(rows.order_by(MessageEvent.created_at)).all()


def suppressions(session: Session, limit: int) -> Sequence[Suppression]:
    """Those in force, newest first."""
    rows = select(Suppression).where(Suppression.lifted_at.is_(None)).order_by(Suppression.at.desc())
    return session.scalars(rows.limit(limit)).all()


def batches(session: Session, limit: int) -> Sequence[PostBatch]:
    return session.scalars(select(PostBatch).order_by(PostBatch.day.desc()).limit(limit)).all()


def registered_numbers(session: Session, messages: Sequence[Message]) -> dict[uuid.UUID, str]:
    """The newest registered-mail number of each letter among these."""
    rows = session.execute(
        select(PostLetter.message_id, PostLetter.number)
        .where(PostLetter.message_id.in_([one.id for one in messages]))
        .order_by(PostLetter.created_at)
    )
    return {row[0]: row[1] for row in rows}


def health(session: Session, now: datetime) -> list[ChannelHealth]:
    """Every channel that has messages, for screens and alerts."""
    open_states = Message.state.in_(("waiting", "trying"))
    waiting = session.execute(
        select(
            Message.channel,
            func.count().filter(open_states),
            func.min(Message.asked_at).filter(open_states),
        ).group_by(Message.channel)
    )
    failures: dict[str, int] = {
        row[0]: row[1]
        for row in session.execute(
            select(Message.channel, func.count())
            .join(MessageEvent, MessageEvent.message_id == Message.id)
            .where(MessageEvent.kind == "failed", MessageEvent.at > now - timedelta(hours=1))
            .group_by(Message.channel)
        )
    }
    lost = {row.channel: row.lost_at for row in session.scalars(select(ChannelToken))}
    return [
        ChannelHealth(row[0], row[1], row[2], failures.get(row[0], 0), lost.get(row[0])) for row in waiting
    ]
