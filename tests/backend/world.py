"""The outside systems as one real sandbox process, and the way of a case up to each of its states."""

from __future__ import annotations

import io
import itertools
import json
import re
import subprocess
import sys
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from urllib.parse import parse_qsl, urlsplit

import httpx2
import pytest
from pydantic import SecretStr
from pypdf import PdfReader
from sqlalchemy import text, update

from backend import jobs
from backend.dossiers import jobs as dossier_jobs
from backend.dossiers import papers
from backend.dossiers.models import Document, DocumentKind, Dossier
from backend.jobs import load_jobs
from backend.payments.models import Payment
from penalty.payments import vnpay
from tests.backend.factories import entry_of
from tests.databases import rows_of

__all__ = ["case", "cheap_passwords", "outside", "plain_papers", "real_papers", "settings"]

TRUTH = {
    "vehicles": [
        {
            "id": str(n),
            "class": kind,
            "colour": "white",
            "plate": {"text": plate, "ground_colour": "white"},
        }
        for n, (kind, plate) in enumerate(
            [
                ("motorbike", "61X190583"),
                ("car", "61H85346"),
                ("car", "61L29754"),
                ("motorbike", "61S275106"),
                ("car", "61A72814"),
                ("truck", "61C05172"),
                ("motorbike", "59X112345"),
                ("car", "51A12345"),
            ]
        )
    ],
    "violations": [{"vehicle": str(n)} for n in range(5)],
}


def registered(name: str):
    """The function behind a job."""
    return jobs._registry[name].function


class Outside:
    """The sandbox process of this test run."""

    def __init__(self, folder, *, ipn_url: str = "", merchant_url: str = "", vehicles: dict = TRUTH) -> None:
        truth = folder / "clip" / "truth.json"
        truth.parent.mkdir()
        truth.write_text(json.dumps(vehicles))
        command = [sys.executable, "-m", "sandbox", "--truth", str(folder), "--ipn-retry-s", "0.2"]
        command += ["--ipn-url", ipn_url] if ipn_url else []
        command += ["--merchant-url", merchant_url] if merchant_url else []
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE)
        self.at = json.loads(self.process.stdout.readline())
        self.http = httpx2.Client(timeout=10)
        self.registrations = self.control()["registrations"]
        self._letters = itertools.count(0, 10_000)

    def stop(self) -> None:
        self.http.close()
        self.process.terminate()
        self.process.wait(10)
        self.process.stdout.close()

    def control(self) -> dict:
        return self.http.get(f"{self.at['registry']['url']}/control").json()

    def faults(self, **change) -> None:
        answer = self.http.patch(f"{self.at['registry']['url']}/control/faults", json=change)
        assert answer.status_code == 200, answer.text

    def mend(self) -> None:
        self.http.delete(f"{self.at['registry']['url']}/control/faults")

    def registration(self, fate: str = "good", kind: str | None = None) -> dict:
        return next(r for r in self.registrations if r["fate"] == fate and kind in (None, r["kind"]))

    def inbox(self, **who: str) -> list[dict]:
        found = self.http.get(self.at["inbox"]["url"], params=who, headers={"accept": "application/json"})
        return found.json()["messages"]

    def settings(self) -> dict:
        at = self.at
        return {
            "registry_url": at["registry"]["url"],
            "population_url": at["population"]["url"],
            "vnpay_url": at["gateway"]["pay_url"],
            "vnpay_query_url": at["gateway"]["query_url"],
            "vnpay_tmn_code": at["gateway"]["tmn_code"],
            "vnpay_hash_secret": at["gateway"]["hash_secret"],
            "momo_url": at["momo"]["url"],
            "momo_partner_code": at["momo"]["partner_code"],
            "momo_access_key": at["momo"]["access_key"],
            "momo_secret": at["momo"]["secret"],
            "vietqr_bank_bin": at["treasury"]["bank_bin"],
            "vietqr_account": at["treasury"]["account"],
            "portal_url": at["portal"]["url"],
            "portal_secret": at["portal"]["secret"],
            "zalo_url": at["zalo"]["url"],
            "zalo_oauth_url": at["zalo"]["oauth_url"],
            "zalo_app_id": at["zalo"]["app_id"],
            "zalo_app_secret": at["zalo"]["app_secret"],
            "zalo_oa_secret": at["zalo"]["oa_secret"],
            "zalo_token": at["zalo"]["access_token"],
            "sms_url": at["sms"]["url"],
            "sms_token": at["sms"]["api_key"],
            "sms_webhook_secret": at["sms"]["webhook_secret"],
            "vneid_url": at["vneid"]["url"],
            "vneid_token": at["vneid"]["api_key"],
            "vneid_webhook_secret": at["vneid"]["webhook_secret"],
            "post_url": at["post"]["url"],
            "post_token": at["post"]["api_key"],
            "post_webhook_secret": at["post"]["webhook_secret"],
            # The post takes no number twice, and every test begins with an empty database.
            "post_number_first": next(self._letters),
            "bounce_webhook_secret": at["mail"]["webhook_secret"],
            "smtp_host": at["mail"]["host"],
            "smtp_port": at["mail"]["port"],
            "eid_issuer": at["eid"]["url"],
            "eid_client_id": at["eid"]["client_id"],
        }


@pytest.fixture(scope="session")
def outside_process(tmp_path_factory):
    running = Outside(tmp_path_factory.mktemp("outside"))
    yield running
    running.stop()


@pytest.fixture
def outside(outside_process):
    yield outside_process
    outside_process.mend()


@pytest.fixture
def settings(settings, outside):
    """The common settings, with the sandbox for the outside."""
    changes = outside.settings()
    secret = {
        name: SecretStr(value)
        for name, value in changes.items()
        if isinstance(getattr(settings, name), SecretStr)
    }
    return settings.model_copy(update=changes | secret)


@dataclass
class Case:
    """One case and everybody in it. Each step is done as its actor does it: by HTTP, then the jobs run."""

    services: object
    box: object
    outside: Outside
    officer: object
    chief: object
    owner: object
    make_second: Callable[[], object] | None = None
    registration: dict = field(default_factory=dict)
    id: uuid.UUID | None = None

    @cached_property
    def second(self) -> object:
        """Another chief; most cases need none."""
        return self.make_second()

    def jobs(self) -> None:
        """Run what may run now, and what that asks for, until nothing is left.

        In this thread and without a worker, which has tests of its own and runs in the browser journeys.
        """
        due = text(
            "UPDATE procrastinate_jobs SET status = 'succeeded'"
            " WHERE id = (SELECT min(id) FROM procrastinate_jobs"
            " WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now()))"
            " RETURNING task_name, args"
        )
        load_jobs()
        while True:
            with self.services.database.unit_of_work() as session:
                found = session.execute(due).one_or_none()
            if found is None:
                return
            registered(found.task_name)(self.services, **found.args)

    def dossier(self) -> Dossier:
        with self.services.database.unit_of_work() as session:
            return session.get_one(Dossier, self.id)

    def rows(self, model, *where) -> list:
        return rows_of(self.services.database, model, *where)

    def vehicle(self, fate: str, kind: str | None) -> dict:
        """The registration of the vehicle that this case is about."""
        return self.outside.registration(fate, kind)

    def confirmed(
        self, fate: str = "good", kind: str | None = None, rule: str = "red_light", **changes
    ) -> Case:
        self.registration = self.vehicle(fate, kind)
        plate, kind = self.registration["plate"], self.registration["kind"]
        # A conflict is registered as another kind than the camera saw; the control page tells the seen one.
        self.box.report_violation(rule=rule, plate=plate, kind=kind, **changes)
        item = self.officer.post("/v1/review/next").json()
        self.jobs()
        body = {"expected_version": item["version"], "plate": plate, "vehicle_kind": kind}
        answer = self.officer.post(f"/v1/review/{item['id']}/confirm", json=body)
        assert answer.status_code == 200, answer.text
        self.id = uuid.UUID(answer.json()["dossier_id"])
        return self

    def notified(self, **how) -> Case:
        self.confirmed(**how)
        self.jobs()
        assert self.dossier().state == "notified"
        return self

    def box_message(self, subject: str) -> dict:
        """The newest message of this dossier in the owner's VNeID box."""
        number = self.registration["owner"]["id_number"]
        mine = [m["content"] for m in self.outside.inbox(id_number=number) if m["channel"] == "vneid"]
        return next(m for m in reversed(mine) if subject in m["subject"])

    def secret(self) -> str:
        body = self.box_message(self.dossier().notice_number)["body"]
        return re.search(r"mã tra cứu ([A-Z0-9-]+)\.", body)[1]

    def entered(self, **how) -> Case:
        return self.notified(**how).enter()

    def enter(self) -> Case:
        dossier = self.dossier()
        answer = self.owner.post("/tra-cuu", data=entry_of(dossier, self.secret()))
        assert answer.status_code == 303, answer.text
        return self

    def recorded(self, **how) -> Case:
        self.entered(**how)
        form = {"driver": "yes", "electronic": "yes", "no_explanation": "yes"}
        answer = self.owner.post("/ho-so/chap-nhan", data=form)
        assert answer.status_code == 303, answer.text
        self.jobs()
        return self

    def decided(self, **how) -> Case:
        self.recorded(**how)
        body = {"expected_version": self.dossier().version}
        answer = self.chief.post(f"/v1/dossiers/{self.id}/decision", json=body)
        assert answer.status_code == 200, answer.text
        self.jobs()
        return self

    def paper_text(self, kind: str) -> str:
        """What the newest paper of a kind says, typeset anew from its rows."""
        paper = max(self.rows(Document, Document.kind == kind), key=lambda one: one.seq)
        with self.services.database.unit_of_work() as session:
            source = papers.gather(self.services, session, session.get_one(Document, paper.id))
            pages = PdfReader(io.BytesIO(papers._MAKERS[DocumentKind(kind)](source))).pages
            return " ".join("".join(page.extract_text() for page in pages).split())

    def start_payment(self, *, anew: bool = False) -> dict[str, str]:
        """The owner presses "pay"; the query that the gateway gets.

        `anew`: the time of the page that he opened before is over, though the gateway may still take it.
        """
        if anew:
            with self.services.database.unit_of_work() as session:
                mine = update(Payment).where(Payment.dossier_id == self.id, Payment.state == "started")
                session.execute(mine.values(expires_at=Payment.started_at + timedelta(microseconds=1)))
        answer = self.owner.post("/ho-so/nop-phat")
        assert answer.status_code == 303, answer.text
        return dict(parse_qsl(urlsplit(answer.headers["location"]).query))

    def result(
        self, asked: dict[str, str], *, code: str = "00", status: str | None = None, **changes
    ) -> dict:
        """What the gateway says of an order, signed."""
        params = {
            "vnp_TmnCode": asked["vnp_TmnCode"],
            "vnp_TxnRef": asked["vnp_TxnRef"],
            "vnp_Amount": asked["vnp_Amount"],
            "vnp_OrderInfo": asked["vnp_OrderInfo"],
            "vnp_ResponseCode": code,
            "vnp_TransactionStatus": status or code,
            "vnp_TransactionNo": str(14_000_000 + uuid.uuid4().int % 10**6),
            "vnp_BankCode": "NCB",
            "vnp_PayDate": f"{datetime.now(UTC):%Y%m%d%H%M%S}",
            **changes,
        }
        secret = self.services.settings.vnpay_hash_secret.get_secret_value()
        return {**params, "vnp_SecureHash": vnpay.sign(params, secret)}

    def ipn(self, params: dict[str, str]) -> str:
        answer = self.officer.get("/v1/payments/vnpay/ipn", params=params)
        assert answer.status_code == 200
        return answer.json()["RspCode"]

    def payments(self) -> list[Payment]:
        return self.rows(Payment, Payment.dossier_id == self.id)


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch):
    """Hashing a password well takes long on purpose; here it need not."""
    from argon2 import PasswordHasher

    from backend.accounts import service

    monkeypatch.setattr(service, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture(autouse=True)
def plain_papers(request, monkeypatch):
    """Typesetting and signing take long too: a test that reads papers asks for it with `real_papers`."""
    if "real_papers" not in request.fixturenames:
        monkeypatch.setattr(papers, "typeset", lambda source: f"%PDF {source.document.number}".encode())
        monkeypatch.setattr(dossier_jobs, "sign_pdf", lambda pdf, *_, **__: pdf)


@pytest.fixture
def real_papers():
    """The papers of this test are typeset."""


@pytest.fixture
def case(services, box, outside, staff, new_client) -> Case:
    """A case about to begin, with an officer, a chief who may sign, and an owner's phone."""
    return Case(
        services=services,
        box=box,
        outside=outside,
        officer=staff("canhsat", "officer", signing_limit_vnd=7_500_000),
        chief=staff("doitruong", "team_chief", signing_limit_vnd=22_500_000),
        owner=new_client(),
        make_second=lambda: staff("truongphong", "division", signing_limit_vnd=60_000_000),
    )
