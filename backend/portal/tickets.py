"""Tickets that make a public look-up cost something: a little work by the browser, or a little patience.

A ticket is signed by us, bound to what is asked, and good once. A browser with scripts finds a number whose
hash begins with some zero bits and goes on at once; anybody else waits some seconds on our clock and presses
the button. Whoever asks often is given harder ones. Nothing outside is needed, and nobody solves pictures.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

WAIT_S = 6
WAIT_MOST_S = 60
BITS = 13
BITS_MOST = 18
HARDER_EVERY = 10
LIVES = timedelta(minutes=10)


@dataclass(frozen=True)
class Ticket:
    """What has to be done: `bits` of work, or waiting until `ready_at`."""

    text: str
    bits: int
    issued_at: datetime
    wait_s: int

    @property
    def ready_at(self) -> datetime:
        return self.issued_at + timedelta(seconds=self.wait_s)

    def waits_s(self, now: datetime) -> int:
        """Seconds still to wait, rounded up; 0 where it may be used."""
        left = (self.ready_at - now).total_seconds()
        return max(0, -int(-left // 1))

    def solved_by(self, answer: str) -> bool:
        """Whether the work was done."""
        digest = hashlib.sha256(f"{self.text}:{answer[:32]}".encode()).digest()
        return int.from_bytes(digest) >> (256 - self.bits) == 0


def issue(key: str, asked: str, now: datetime, *, harder: int) -> Ticket:
    """A ticket for this question, so many steps harder than the first: twice the wait, one bit more."""
    wait_s, bits = min(WAIT_S * 2**harder, WAIT_MOST_S), min(BITS + harder, BITS_MOST)
    head = f"{int(now.timestamp())}.{wait_s}.{bits}.{secrets.token_urlsafe(12)}"
    return Ticket(f"{head}.{_mac(key, asked, head)}", bits, _whole(now), wait_s)


def read(key: str, asked: str, text: str, now: datetime) -> Ticket | None:
    """The ticket, or None for one that is not ours, for another question, or older than ten minutes."""
    head, _, mac = text.rpartition(".")
    if not hmac.compare_digest(_mac(key, asked, head).encode(), mac.encode()):
        return None
    at, wait_s, bits, _ = head.split(".", 3)
    issued_at = datetime.fromtimestamp(int(at), UTC)
    return Ticket(text, int(bits), issued_at, int(wait_s)) if now < issued_at + LIVES else None


def _mac(key: str, asked: str, head: str) -> str:
    return hmac.new(key.encode(), f"look-up ticket\0{asked}\0{head}".encode(), hashlib.sha256).hexdigest()


def _whole(now: datetime) -> datetime:
    return datetime.fromtimestamp(int(now.timestamp()), UTC)
