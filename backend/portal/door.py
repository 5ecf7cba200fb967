"""How often the code of a notice may be tried, so that nobody guesses it and nobody locks its owner out.

Wrong tries cost more and more: a wait, or work by the browser (`backend.portal.tickets`). A limit stops one
client for a quarter of an hour. A limit of the notice stops, for a day, whoever knows no more than plate and
number; who has the letter (its square code carries a pass), an e-ID or an identity card at the counter comes
in all the same. docs/operating.md has the numbers and what they leave to a guesser.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from backend.dossiers.secrets import letter_pass
from backend.errors import Problem
from backend.portal import tickets
from backend.portal.models import LookupAttempt
from backend.portal.public import asker, hashed

CLIENT_WINDOW: Final = timedelta(minutes=15)
NOTICE_WINDOW: Final = timedelta(days=1)
CLIENT_FREE: Final = 5
CLIENT_STEP: Final = 3
CLIENT_MOST: Final = 30
NOTICE_FREE: Final = 5
NOTICE_STEP: Final = 5
NOTICE_MOST: Final = 50
Shut = Literal["client", "notice"]


@dataclass(frozen=True)
class Proof:
    """What came with a try: a ticket with its answer, and the pass out of the letter's square code."""

    ticket: str = ""
    answer: str = ""
    letter: str = ""


class TicketNeededError(Exception):
    """This try has to wait or work first; `early`: it came with a ticket that was not ready."""

    def __init__(self, ticket: tickets.Ticket, *, early: bool) -> None:
        super().__init__(f"{ticket.wait_s} s or {ticket.bits} bits")
        self.ticket = ticket
        self.early = early


@dataclass(frozen=True)
class Tries:
    """Whose tries count together, and how many wrong ones there were of late."""

    client_hash: str
    notice_hash: str
    by_client: int
    at_notice: int

    @property
    def shut(self) -> Shut | None:
        if self.by_client >= CLIENT_MOST:
            return "client"
        return "notice" if self.at_notice >= NOTICE_MOST else None

    @property
    def harder(self) -> int | None:
        """How much harder than the first ticket; None: none is needed yet."""
        client, notice = self.by_client - CLIENT_FREE, self.at_notice - NOTICE_FREE
        if client < 0 and notice < 0:
            return None
        return max(client // CLIENT_STEP, notice // NOTICE_STEP)


def tries(session: Session, key: str, number: str, client: str, *, proof: Proof, now: datetime) -> Tries:
    """Counted under a lock, so that tries sent at once are counted one after the other.

    Who brings the pass is counted apart: neither a stranger's tries nor a neighbour's stand in the way.
    """
    has_letter = hmac.compare_digest(letter_pass(key, number).encode(), proof.letter.encode())
    who, where = f"address\0{asker(client)}", f"notice\0{number}"
    if has_letter:
        who = where = f"letter\0{number}"
    client_hash, notice_hash = hashed(key, who), hashed(key, where)
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(client_hash, 0))))
    session.execute(delete(LookupAttempt).where(LookupAttempt.at < now - NOTICE_WINDOW))
    counts = session.execute(
        select(
            func.count().filter(
                LookupAttempt.address_hash == client_hash, LookupAttempt.at > now - CLIENT_WINDOW
            ),
            func.count().filter(LookupAttempt.notice_hash == notice_hash),
        ).where((LookupAttempt.address_hash == client_hash) | (LookupAttempt.notice_hash == notice_hash))
    ).one()
    return Tries(client_hash, notice_hash, by_client=counts[0], at_notice=counts[1])


def ask(key: str, counted: Tries, proof: Proof, now: datetime) -> None:
    """Raises Problem 429 where it is shut, TicketNeededError where a ticket is needed and not brought.

    A ticket is bound to the notice and to how often the client was wrong: after a wrong try it is void.
    """
    if counted.shut is not None:
        raise shut(counted.shut)
    if counted.harder is None:
        return
    asked = f"door\0{counted.client_hash}\0{counted.notice_hash}\0{counted.by_client}"
    known = tickets.read(key, asked, proof.ticket, now) if proof.ticket else None
    if known is not None and (known.solved_by(proof.answer) or known.waits_s(now) == 0):
        return
    ticket = known or tickets.issue(key, asked, now, harder=counted.harder)
    raise TicketNeededError(ticket, early=known is not None)


def shut(what: Shut) -> Problem:
    """429: this client waits a quarter of an hour, or this notice is left alone for a day."""
    if what == "notice":
        return Problem(
            429,
            "notice_tried_too_often",
            "Mã của thông báo này đã bị nhập sai quá nhiều lần",
            "The code of this notice was entered wrongly too often",
            "Có thể người khác đã thử. Hồ sơ của bạn vẫn an toàn: không ai vào được. Bạn vẫn xem được ngay"
            " bằng một trong các cách dưới đây. Hoặc thử lại sau 24 giờ.",
            "Perhaps somebody else tried. Your case is safe: nobody got in. You can see it at once in one of"
            " the ways below. Or try again after 24 hours.",
            headers={"Retry-After": str(int(NOTICE_WINDOW.total_seconds()))},
        )
    minutes = int(CLIENT_WINDOW.total_seconds() // 60)
    return Problem(
        429,
        "too_many_attempts",
        "Ở đây đã nhập sai quá nhiều lần",
        "Too many wrong attempts from here",
        f"Hãy đợi {minutes} phút rồi thử lại. Bạn cũng có thể xem ngay bằng một trong các cách dưới đây.",
        f"Wait {minutes} minutes, then try again. Or see your case at once in one of the ways below.",
        headers={"Retry-After": str(minutes * 60)},
    )
