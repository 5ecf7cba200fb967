"""Lets people live on a fast clock: wakes them, runs the jobs that are due, and looks at the calendar."""

from __future__ import annotations

import heapq
import itertools
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from functools import partial

from sqlalchemy import select, text
from standardwebhooks.webhooks import Webhook

from backend.dossiers.models import Dossier, DossierDeadline, Message
from backend.dossiers.secrets import shown
from backend.jobs import load_jobs
from backend.outgoing import http_send
from backend.owners.service import vault_of
from notify.channels import HttpRequest, HttpResponse, NoAnswerError, NotSentError
from notify.webhooks import zalo_signature
from penalty.calendar import VIETNAM, vietnam_date
from tests.backend.factories import sign_in
from tests.backend.world import Case, registered
from tests.backend.year.clock import FastClock

Living = Iterator[datetime]
_SWEPT = ("A2", "A4", "D1", "D3", "E1", "E8")
_SHIFT = timedelta(hours=9)
_SWEEP_AFTER = timedelta(hours=5)
_MORNING = time(8, 0)
_BATCH_HOUR = time(15, 31)
_POST_TAKES = timedelta(days=3)
_DUE_JOB = text(
    "UPDATE procrastinate_jobs SET status = 'succeeded' WHERE id = (SELECT id FROM procrastinate_jobs"
    " WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= :now)"
    " ORDER BY scheduled_at NULLS FIRST, id LIMIT 1) RETURNING task_name, args"
)
_NEXT_JOB = text("SELECT min(scheduled_at) FROM procrastinate_jobs WHERE status = 'todo'")


@dataclass
class Wire:
    """Between us and the providers, for each identification number or phone by itself.

    `cut`: nothing for them arrives; `deaf`: it arrives, and no answer comes back.
    """

    cut: set[str] = field(default_factory=set)
    deaf: set[str] = field(default_factory=set)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        to = {str(request.body[name]) for name in ("id_number", "phone", "to") if name in request.body}
        if to & self.cut:
            raise NotSentError("refused")
        answer = http_send(request)
        if to & self.deaf:
            raise NoAnswerError("timed out")
        return answer


@dataclass
class Life(Case):
    """One case among others: its people act as in `Case`, on the clock of the year."""

    year: Year | None = None

    def jobs(self) -> None:
        self.year.work()

    def vehicle(self, _fate: str, _kind: str | None) -> dict:
        """Its own, from the beginning."""
        return self.registration

    def confirmed(self, fate: str = "good", kind: str | None = None, **changes) -> Life:
        seen = self.year.clock.now().replace(microsecond=0) - timedelta(minutes=3)
        return super().confirmed(fate, kind, event_at=seen, **changes)

    def secret(self) -> str:
        """As it stands on the notice, by whatever way that came."""
        dossier = self.dossier()
        return shown(vault_of(self.services).open("secret", dossier.id, dossier.secret_encrypted))

    def result(self, asked: dict[str, str], **how) -> dict:
        paid_at = self.year.clock.now().astimezone(VIETNAM)
        return super().result(asked, **{"vnp_PayDate": f"{paid_at:%Y%m%d%H%M%S}", **how})

    def in_days(self, least: int, most: int | None = None, *, hour: int = 9) -> datetime:
        """A moment of a day that many days ahead, by the chance of the year."""
        rng = self.year.rng
        day = vietnam_date(self.year.clock.now()) + timedelta(days=rng.randint(least, most or least))
        return datetime.combine(day, time(hour, rng.randint(0, 59)), VIETNAM)


@dataclass
class Year:
    """Everybody's time. `off`: days on which the whole system stands still."""

    services: object
    outside: object
    clock: FastClock
    rng: random.Random
    officer: object
    chief: object
    head: object
    wire: Wire = field(default_factory=Wire)
    off: tuple[datetime, datetime] | None = None
    stops: int = 0
    _heap: list = field(default_factory=list)
    _order: Iterator[int] = field(default_factory=itertools.count)
    _heard: int = 0
    _swept_at: datetime | None = None
    _signed_in_at: datetime | None = None

    def begin(self, at: datetime, living: Callable[[Life], Living], life: Life) -> None:
        self.at(at, partial(self._go_on, living(life)))

    def at(self, moment: datetime, do: Callable[[], None]) -> None:
        heapq.heappush(self._heap, (moment, next(self._order), do))

    def _go_on(self, living: Living) -> None:
        self.staff_sign_in()
        moment = next(living, None)
        if moment is not None:
            self.at(moment, partial(self._go_on, living))

    def run(self, until: datetime) -> None:
        """Until then, or until nobody and nothing waits any more."""
        load_jobs()
        while (moment := self._next_stop()) is not None and moment <= until:
            if self.off and self.off[0] <= moment < self.off[1]:
                moment = self.off[1]
            self.clock.to(moment)
            while self._heap and self._heap[0][0] <= self.clock.now():
                heapq.heappop(self._heap)[2]()
            self.work()
            if self._swept_at is None or self.clock.now() - self._swept_at > _SWEEP_AFTER:
                self.sweep()
            self.stops += 1

    def sweep(self) -> None:
        """What the scheduler asks for every ten minutes, and here a few times a day."""
        self._swept_at = self.clock.now()
        registered("dossiers.sweep")(self.services)
        self.work()

    def work(self) -> None:
        """Run the jobs that are due, in their order, and what they ask for; then listen to the providers."""
        spoke = False
        while True:
            with self.services.database.unit_of_work() as session:
                found = session.execute(_DUE_JOB, {"now": self.clock.now()}).one_or_none()
            if found is None:
                break
            registered(found.task_name)(self.services, **found.args)
            spoke |= found.task_name in {"dossiers.send", "messages.post_batch"}
        if spoke:
            self._listen()

    def staff_sign_in(self) -> None:
        """A sign-in holds for a working day."""
        now = self.clock.now()
        if self._signed_in_at is None or now - self._signed_in_at > _SHIFT:
            self._signed_in_at = now
            sign_in(self.officer, "canhsat")
            sign_in(self.chief, "doitruong")
            sign_in(self.head, "truongphong")

    def _next_stop(self) -> datetime | None:
        moments = [self._heap[0][0]] if self._heap else []
        now = self.clock.now()
        with self.services.database.unit_of_work() as session:
            job = session.execute(_NEXT_JOB).scalar_one()
            waits = session.scalar(select(Message.id).where(Message.state == "to_post").limit(1))
            last_days = session.scalars(
                select(DossierDeadline.due_on)
                .join(Dossier, Dossier.id == DossierDeadline.dossier_id)
                .where(
                    DossierDeadline.step_id.in_(_SWEPT),
                    DossierDeadline.met_at.is_(None),
                    DossierDeadline.swept_at.is_(None),
                    DossierDeadline.ended_at.is_(None),
                    Dossier.state.not_in(("closed", "rejected", "lapsed", "annulled", "refunded")),
                )
                .distinct()
            ).all()
        moments += [job] if job is not None else []
        before = self.services.settings.remind_days_before
        mornings = [
            datetime.combine(day + timedelta(days=days), _MORNING, VIETNAM)
            for day in last_days
            for days in (-before, 1)
        ]
        if waits is not None:
            today = vietnam_date(now)
            mornings += [datetime.combine(today + timedelta(days=n), _BATCH_HOUR, VIETNAM) for n in (0, 1)]
        moments += [morning for morning in mornings if morning > now]
        return min(moments, default=None)

    def _listen(self) -> None:
        at = self.outside.at["sms"]["url"]
        said = self.outside.http.get(f"{at}/control/receipts", params={"after": self._heard}).json()
        self._heard += len(said)
        for receipt in said:
            wait = _POST_TAKES if receipt["channel"] == "letter" else timedelta(minutes=5)
            soon = (self.clock.now() + wait).replace(second=0, microsecond=0)
            self.at(soon, partial(self._hear, receipt))

    def _hear(self, receipt: dict) -> None:
        """The provider says it now: what it signed carries this moment."""
        answer = self.officer.post(f"/v1/receipts/{receipt['channel']}", **self._said_now(receipt))
        assert answer.status_code == 200, answer.text

    def _said_now(self, receipt: dict) -> dict:
        if receipt["channel"] == "email":
            return {"content": receipt["body"].encode(), "headers": receipt["headers"]}
        now, settings = self.clock.now(), self.services.settings
        said = json.loads(receipt["body"])
        if receipt["channel"] == "zalo":
            stamp = str(int(now.timestamp() * 1000))
            said |= {"timestamp": stamp, "message": said["message"] | {"delivery_time": stamp}}
            body, secret = json.dumps(said), settings.zalo_oa_secret.get_secret_value()
            signature = zalo_signature(settings.zalo_app_id, body, stamp, secret)
            return {"content": body.encode(), "headers": {"X-ZEvent-Signature": signature}}
        body = json.dumps(said | {"timestamp": now.isoformat()})
        secret = self.outside.at["sms"]["webhook_secret"]
        real = datetime.now(UTC)
        signed = {
            "webhook-id": receipt["id"],
            "webhook-timestamp": str(int(real.timestamp())),
            "webhook-signature": Webhook(secret).sign(receipt["id"], real, body),
        }
        return {"content": body.encode(), "headers": signed}
