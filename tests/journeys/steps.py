"""What other people do meanwhile, over HTTP: an officer confirms, a chief signs, VNeID delivers."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from contextlib import contextmanager

import httpx2

from backend.dossiers.models import Dossier
from tests.backend.factories import entry_of, sign_in
from tests.journeys.conftest import wait_until


@contextmanager
def member_of_staff(live, username: str):
    with httpx2.Client(base_url=live.url, timeout=20) as client:
        sign_in(client, username)
        yield client


def confirmed(live, registration, *, until: str = "notified") -> uuid.UUID:
    """An officer confirms the newest report; returns the dossier once it stands there."""
    with member_of_staff(live, "canhsat") as officer:
        item = officer.post("/v1/review/next").json()
        decision = {
            "expected_version": item["version"],
            "plate": registration["plate"],
            "vehicle_kind": registration["kind"],
        }
        answer = officer.post(f"/v1/review/{item['id']}/confirm", json=decision)
        assert answer.status_code == 200, answer.text
    dossier_id = uuid.UUID(answer.json()["dossier_id"])
    wait_until(lambda: dossier(live, dossier_id).state == until, what=f"the dossier to be {until}")
    return dossier_id


def dossier(live, dossier_id) -> Dossier:
    with live.services.database.unit_of_work() as session:
        return session.get_one(Dossier, dossier_id)


def secret_of(live, registration, notice_number: str) -> str:
    messages = live.outside.inbox(id_number=registration["owner"]["id_number"])
    body = next(m["content"]["body"] for m in messages if notice_number in m["content"].get("subject", ""))
    return re.search(r"mã tra cứu ([A-Z0-9-]+)\.", body)[1]


def write(page, entry: Mapping[str, str]) -> None:
    """Fill in the look-up page, or the part of it that is given, and choose the kind of vehicle."""
    for field, value in entry.items():
        if field == "group":
            page.locator(f"#group-{value}").check()
        else:
            page.locator(f"#{field}").fill(value)


def accepted(live, registration, dossier_id) -> None:
    """The owner accepts from a phone of his own."""
    known = dossier(live, dossier_id)
    with httpx2.Client(base_url=live.url, timeout=20) as owner:
        secret = secret_of(live, registration, known.notice_number)
        assert owner.post("/tra-cuu", data=entry_of(known, secret)).status_code == 303
        form = {"driver": "yes", "electronic": "yes", "no_explanation": "yes"}
        assert owner.post("/ho-so/chap-nhan", data=form).status_code == 303


def sign_decision(live, dossier_id) -> None:
    with member_of_staff(live, "doitruong") as chief:
        version = chief.get(f"/v1/dossiers/{dossier_id}").json()["version"]
        answer = chief.post(f"/v1/dossiers/{dossier_id}/decision", json={"expected_version": version})
        assert answer.status_code == 200, answer.text
