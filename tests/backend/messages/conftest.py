from __future__ import annotations

import uuid

import pytest
from sqlalchemy import select

from backend.database import utc_now
from backend.dossiers.delivery import send_message
from backend.dossiers.models import Message
from backend.messages.models import MessageEvent
from tests.backend.world import *  # noqa: F403 - the fixtures of the whole product


class Mailroom:
    """The messages of one case, and what providers say of them."""

    def __init__(self, case) -> None:
        self.case = case
        self.heard: set[str] = {one["id"] for one in self.said()}

    def said(self) -> list[dict]:
        at = self.case.outside.at["sms"]["url"]
        return self.case.outside.http.get(f"{at}/control/receipts").json()

    def new_receipts(self) -> list[dict]:
        """What was said since this case began, or since they were last asked for."""
        new = [one for one in self.said() if one["id"] not in self.heard]
        self.heard |= {one["id"] for one in new}
        return new

    def post(self, receipt: dict):
        """The provider posts this receipt to the product."""
        return self.case.officer.post(
            f"/v1/receipts/{receipt['channel']}",
            content=receipt["body"].encode(),
            headers=receipt["headers"],
        )

    def one(self, channel: str, purpose: str = "notice") -> Message:
        (found,) = self.case.rows(Message, Message.channel == channel, Message.purpose == purpose)
        return found

    def states(self, purpose: str = "notice") -> dict[str, str]:
        return {row.channel: row.state for row in self.case.rows(Message, Message.purpose == purpose)}

    def history(self, message_id: uuid.UUID) -> list[str]:
        with self.case.services.database.unit_of_work() as session:
            rows = select(MessageEvent).where(MessageEvent.message_id == message_id)
            return [event.kind for event in session.scalars(rows.order_by(MessageEvent.created_at))]

    def send(self, message_id: uuid.UUID, *, after=None, **how) -> str:
        now = utc_now() + after if after else utc_now()
        return send_message(self.case.services, message_id, now, **how)


@pytest.fixture
def mailroom(case) -> Mailroom:
    return Mailroom(case)
