"""A camera's pictures one after another for somebody who watches: MJPEG, and how many may."""

from __future__ import annotations

import asyncio
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend.accounts.service import find_session
from backend.cameras import refusals
from backend.database import utc_now
from backend.intake.models import CameraStatus
from backend.services import Services

BOUNDARY: Final = "picture"
_LOOK_EVERY_S: Final = 0.5
_LOOKS_BETWEEN_CHECKS: Final = 10
_LONGEST_LOOKS: Final = 1200
_KEPT_AWAKE: Final = timedelta(seconds=15)


@dataclass
class Watchers:
    """Who watches in this process: each holds a connection and asks the database twice a second."""

    most: int
    most_of_one: int
    _of_account: Counter[uuid.UUID] = field(default_factory=Counter)

    def require_room(self, account_id: uuid.UUID) -> None:
        """Raises Problem 429 where one more would be too many."""
        if self._of_account.total() >= self.most or self._of_account[account_id] >= self.most_of_one:
            raise refusals.too_many_watch(self.most_of_one, self.most)

    @contextmanager
    def seat(self, account_id: uuid.UUID) -> Iterator[None]:
        """Held while somebody watches."""
        self._of_account[account_id] += 1
        try:
            yield
        finally:
            self._of_account[account_id] -= 1

    def __len__(self) -> int:
        return self._of_account.total()


async def pictures(
    services: Services, watchers: Watchers, camera_id: str, *, account_id: uuid.UUID, token: str
) -> AsyncIterator[bytes]:
    """Parts of a multipart/x-mixed-replace answer, a new picture each.

    Ends after ten minutes, when the viewer's session ends, and by being closed when the browser goes: the
    last picture is sent again every five seconds, so that a dead connection is noticed.
    """
    with watchers.seat(account_id):
        last: bytes | None = None
        for look in range(_LONGEST_LOOKS):
            due = look % _LOOKS_BETWEEN_CHECKS == 0
            if due and not await asyncio.to_thread(_go_on, services, camera_id, token):
                return
            picture = await asyncio.to_thread(_picture, services, camera_id)
            if picture is None:
                return
            if due or picture != last:
                last = picture
                yield _part(picture)
            await asyncio.sleep(_LOOK_EVERY_S)


def thumbnail(session: Session, camera_id: str) -> bytes | None:
    """The camera's last small picture, as JPEG."""
    return session.scalar(select(CameraStatus.thumbnail_jpeg).where(CameraStatus.camera_id == camera_id))


def watched(session: Session, camera_ids: Collection[str]) -> tuple[str, ...]:
    """Those of these cameras that somebody watches now."""
    return tuple(
        session.scalars(
            select(CameraStatus.camera_id)
            .where(CameraStatus.camera_id.in_(camera_ids), CameraStatus.watched_until > utc_now())
            .order_by(CameraStatus.camera_id)
        )
    )


def _part(picture: bytes) -> bytes:
    head = f"--{BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Length: {len(picture)}\r\n\r\n"
    return head.encode() + picture + b"\r\n"


def _go_on(services: Services, camera_id: str, token: str) -> bool:
    """Ask the box for more while the viewer is still signed in."""
    now = utc_now()
    with services.database.unit_of_work() as session:
        if find_session(session, token, now) is None:
            return False
        session.execute(
            update(CameraStatus)
            .where(CameraStatus.camera_id == camera_id)
            .values(watched_until=now + _KEPT_AWAKE)
        )
    return True


def _picture(services: Services, camera_id: str) -> bytes | None:
    with services.database.unit_of_work() as session:
        return thumbnail(session, camera_id)
