"""Two authorities with a database and buckets each, and the wire between them, which can be cut."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit

import httpx2
from fastapi.testclient import TestClient

from backend.app import create_app
from backend.dossiers.issuer import signing_key
from backend.jobs import load_jobs
from backend.settings import Settings
from backend.transfers import sync
from backend.transfers.values import Peer
from edge.report import public_key_b64
from tests.backend.factories import make_account, sign_in
from tests.backend.world import registered
from tests.databases import rows_of

HERE, THERE = "PC08-MAU", "CAP-MAU"
NAMES = {HERE: "Phòng CSGT (thử nghiệm)", THERE: "Công an phường Mẫu (thử nghiệm)"}


@dataclass
class Wire:
    """Calls from one app to the other by host name. `cut`: nothing arrives; `deaf`: no answer comes back."""

    apps: dict[str, TestClient] = field(default_factory=dict)
    cut: bool = False
    deaf: bool = False
    sent: list[tuple[str, bytes]] = field(default_factory=list)

    def post(self, url: str, *, content, headers: dict, timeout: float):
        at = urlsplit(url)
        if self.cut:
            raise httpx2.ConnectError("cut")
        data = content.encode() if isinstance(content, str) else content
        self.sent.append((at.path, data))
        answer = self.apps[at.netloc].post(at.path, content=data, headers=headers)
        if self.deaf:
            raise httpx2.ReadTimeout("no answer came back")
        return answer


def peer(settings: Settings, authority: str) -> Peer:
    return Peer(
        id=authority,
        name=NAMES[authority],
        url=f"http://{authority.lower()}",
        public_key=public_key_b64(signing_key(settings)),
    )


class Other:
    """The second authority: its app, and its officer."""

    def __init__(self, settings: Settings, wire: Wire) -> None:
        self.app = create_app(settings)
        self.services = self.app.state.services
        self.services.store.ensure_bucket(settings.s3_bucket)
        self.services.store.ensure_bucket(settings.s3_documents_bucket)
        wire.apps[THERE.lower()] = TestClient(self.app, follow_redirects=False)
        with self.services.database.unit_of_work() as session:
            make_account(session, "congan-phuong", "commune", "officer", signing_limit_vnd=37_500_000)
        self.officer = TestClient(self.app, follow_redirects=False)
        sign_in(self.officer, "congan-phuong")

    def rows(self, model, *where) -> list:
        return rows_of(self.services.database, model, *where)

    def jobs(self) -> None:
        run_jobs(self.services)

    def compare(self) -> list[sync.Outcome]:
        return sync.compare_all(self.services, datetime.now(UTC))


def run_jobs(services) -> None:
    """As `tests.backend.world.Case.jobs` does, for any services."""
    from sqlalchemy import text

    due = text(
        "UPDATE procrastinate_jobs SET status = 'succeeded' WHERE id = (SELECT min(id)"
        " FROM procrastinate_jobs WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now()))"
        " RETURNING task_name, args"
    )
    load_jobs()
    while True:
        with services.database.unit_of_work() as session:
            found = session.execute(due).one_or_none()
        if found is None:
            return
        registered(found.task_name)(services, **found.args)
