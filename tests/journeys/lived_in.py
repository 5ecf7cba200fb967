"""A place where everybody has been at work: one of each thing that a page can show, and who may see it."""

from __future__ import annotations

import io
import re
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import httpx2
from PIL import Image
from sqlalchemy import select, update

from backend.cameras.models import RollOut
from backend.database import utc_now
from backend.dossiers.moves import locked
from backend.fleets.models import Company, CompanyState
from backend.payments import posting
from backend.payments.models import LineReturn, Refund, StatementLine
from backend.payments.starting import unasked
from backend.portal import pairing
from backend.rechecks import service as rechecks
from edge.upkeep import ReleaseState
from penalty.calendar import VIETNAM
from penalty.payments.values import Heard, Outcome
from penalty.plates import KIND_NAMES
from tests.backend.factories import entry_of, make_account
from tests.journeys.conftest import RELEASES
from tests.journeys.steps import accepted, confirmed, dossier, member_of_staff, secret_of, sign_decision
from tests.journeys.test_operator import CAMERA, FILE, RoadBox
from tests.release_kit import bundle

STAFF: Mapping[str, tuple[str, ...]] = {
    "xem-canhsat2": ("officer",),
    "xem-ketoan": ("accountant",),
    "xem-quay": ("clerk",),
    "xem-quantri": ("administrator",),
    "xem-kiemtra": ("auditor",),
    "xem-dieuhanh": ("operator",),
}
TEXT = "Hôm đó tôi đã dừng trước vạch, xin xem lại video (thử nghiệm)."


@dataclass
class LivedIn:
    """`ids` fill the placeholders of addresses; `entries` are what an owner types to see his case."""

    ids: dict[str, str] = field(default_factory=dict)
    entries: dict[str, dict[str, str]] = field(default_factory=dict)
    e_ids: dict[str, str] = field(default_factory=dict)


def paper() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (300, 420), "#eeeeee").save(buffer, "PNG")
    return buffer.getvalue()


def live_in(live, monkeypatch, folder: Path) -> LivedIn:
    """Everybody does one thing of each kind."""
    place = LivedIn()
    with live.services.database.unit_of_work() as session:
        for username, roles in STAFF.items():
            make_account(session, username, *roles)
    _camera(live, place, folder)
    _second_reviews(live, place, monkeypatch)
    _statements(live, place)
    _notified(live, place)
    _decided(live, place)
    _money(live, place)
    _company(live, place)
    _counter_and_kiosk(live, place)
    live.report(kind="motorbike")
    with member_of_staff(live, "canhsat") as officer:
        place.ids["violation_id"] = officer.post("/v1/review/next").json()["id"]
        place.ids["approval_id"] = officer.get("/v1/approvals").json()[0]["id"]
    return place


def _entry(live, registration, dossier_id: uuid.UUID) -> dict[str, str]:
    known = dossier(live, dossier_id)
    secret = secret_of(live, registration, known.notice_number)
    return entry_of(known, secret)


@contextmanager
def _owner(live, entry: Mapping[str, str]) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=live.url, timeout=20) as client:
        assert client.post("/tra-cuu", data=entry).status_code == 303
        yield client


def _camera(live, place: LivedIn, folder: Path) -> None:
    """A camera with a published file, and a release on its way to its box."""
    box = RoadBox(live.box)
    box.beat(release=ReleaseState(running="0.1.0", base="0.1.0", confirmed=True))
    bundle(folder / "9.0.0.zip", RELEASES, "9.0.0", files={"edge/x/vehicles.onnx": b"weights" * 300})
    with member_of_staff(live, "xem-dieuhanh") as operator:
        setup = operator.get(f"/v1/cameras/{CAMERA}/setup").json()
        draft = {"content": FILE, "expected_version": setup["version"]}
        assert operator.put(f"/v1/cameras/{CAMERA}/draft", json=draft).status_code == 200
        made = operator.post(f"/v1/cameras/{CAMERA}/versions", json={"note": "Bản đầu (thử nghiệm)"})
        assert made.status_code == 201, made.text
        begun = operator.post("/v1/roll-outs", json={"camera_ids": [CAMERA], "note": "Bản đầu"})
        assert begun.status_code in {201, 409}, begun.text
        sent = {"file": ("9.0.0.zip", (folder / "9.0.0.zip").read_bytes(), "application/zip")}
        published = operator.post("/dieu-hanh/phan-mem", files=sent)
        assert published.status_code == 303, published.text
        chosen = {"device_id": live.box.device_id, "note": "Đọc biển số đêm tốt hơn (thử nghiệm)"}
        started = operator.post("/dieu-hanh/phan-mem/9.0.0/trien-khai", data=chosen)
        assert started.status_code == 303, started.text
    place.ids |= {"version": "9.0.0", "release_page": started.headers["location"]}
    box.take_file()
    box.beat()
    with live.services.database.unit_of_work() as session:
        roll_out = session.scalars(select(RollOut).order_by(RollOut.started_at.desc())).first()
        place.ids["roll_out_id"] = str(roll_out.id)
    place.ids |= {"camera_id": CAMERA, "number": "1", "device_id": live.box.device_id}


def _second_reviews(live, place: LivedIn, monkeypatch) -> None:
    """One that differs waits for a chief; another lies before the second officer."""
    with monkeypatch.context() as drawn:
        drawn.setattr(rechecks, "is_drawn", lambda *_: True)
        for _ in range(2):
            confirmed(live, live.report(kind="motorbike"), until="owner_lookup")
    with member_of_staff(live, "xem-canhsat2") as second:
        first = second.post("/v1/second-reviews/next").json()
        said = {
            "expected_version": first["version"],
            "verdict": "rejected",
            "reason_code": "no_violation",
        }
        assert second.post(f"/v1/second-reviews/{first['id']}/verdict", json=said).status_code == 200
        place.ids["recheck_id"] = second.post("/v1/second-reviews/next").json()["id"]


def _statements(live, place: LivedIn) -> None:
    """A notified case: its owner named a driver, and an officer asked to drop it."""
    registration = live.report(kind="car")
    dossier_id = confirmed(live, registration)
    entry = _entry(live, registration, dossier_id)
    someone = next(
        one
        for one in live.outside.registrations
        if one["owner"]["kind"] == "person"
        and one["fate"] == "good"
        and one["owner"]["id_number"] != registration["owner"]["id_number"]
    )["owner"]
    named = {"name": someone["name"], "id_number": someone["id_number"], "address": "Số 2 đường Mẫu"}
    with _owner(live, entry) as owner:
        said = {**named, "text": "Anh ấy mượn xe hôm đó.", "truthful": "yes"}
        sent = owner.post("/ho-so/y-kien/driver", data=said)
        assert sent.status_code == 303, sent.text
    with member_of_staff(live, "canhsat") as officer:
        asked = officer.post(
            f"/v1/dossiers/{dossier_id}/dropping",
            json={"reason": TEXT, "expected_version": dossier(live, dossier_id).version},
        )
        assert asked.status_code == 202, asked.text
    place.ids |= {"submission_id": sent.headers["location"].rpartition("/")[2], "dossier_id": str(dossier_id)}
    place.entries["of what was said"] = entry
    place.e_ids = {"owner": registration["owner"]["id_number"], "driver": someone["id_number"]}


def _notified(live, place: LivedIn) -> None:
    """A case in which nobody has said anything yet."""
    registration = live.report(kind="car")
    place.entries["notified"] = _entry(live, registration, confirmed(live, registration))


def _decided(live, place: LivedIn) -> None:
    registration = live.report(kind="motorbike")
    dossier_id = confirmed(live, registration)
    accepted(live, registration, dossier_id)
    sign_decision(live, dossier_id)
    place.entries["decided"] = _entry(live, registration, dossier_id)


def _money(live, place: LivedIn) -> None:
    """A fine paid twice, and a transfer that fits nothing."""
    registration = live.report(kind="motorbike")
    dossier_id = confirmed(live, registration)
    accepted(live, registration, dossier_id)
    sign_decision(live, dossier_id)
    for number in ("FT-1", "FT-2"):
        with live.services.database.unit_of_work() as session:
            held = locked(session, dossier_id)
            payment = unasked(session, held, method="vietqr", amount_vnd=held.fine_vnd, now=utc_now())
            heard = Heard(payment.reference, payment.amount_vnd, Outcome.PAID, number, "00", {})
            posting.record(session, payment, heard, utc_now())
    at = datetime.now(VIETNAM).isoformat(timespec="seconds")
    rows = [f"X-{uuid.uuid4()},{at},{amount},NOP PHAT KHONG MA" for amount in (70_000, 80_000)]
    _upload(live, "/v1/payments/vietqr/statements", "line_id,booked_at,amount_vnd,purpose", *rows)
    batch = f"FT-{uuid.uuid4()}"
    _upload(
        live,
        "/v1/settlements/arrivals",
        "reference,source,arrived_at,amount_vnd",
        f"{batch},vnpay,{at},890000",
    )
    head = "settlement,reference,amount_vnd,fee_vnd"
    _upload(live, "/v1/settlements/vnpay/payments", head, f"{batch},{uuid.uuid4()},900000,10000")
    with live.services.database.unit_of_work() as session:
        refund = session.scalars(select(Refund).where(Refund.dossier_id == dossier_id)).one()
        line = session.scalars(select(StatementLine).where(StatementLine.amount_vnd == 70_000)).first()
        goes_back = session.scalars(select(StatementLine).where(StatementLine.amount_vnd == 80_000)).first()
        back = LineReturn(line_id=goes_back.id, reason="Không thuộc hồ sơ nào (thử nghiệm)")
        session.add(back)
        session.flush()
        place.ids |= {"refund_id": str(refund.id), "line_id": str(line.id), "paid": str(dossier_id)}
        place.ids["return_id"] = str(back.id)
    place.entries["paid"] = _entry(live, registration, dossier_id)


def _upload(live, address: str, head: str, *rows: str) -> None:
    text = "\n".join((head, *rows)) + "\n"
    with member_of_staff(live, "xem-ketoan") as accountant:
        answer = accountant.post(address, files={"file": ("tep.csv", text.encode(), "text/csv")})
        assert answer.status_code == 200, answer.text


def _company(live, place: LivedIn) -> None:
    """A company that subscribed with a list of vehicles and was verified."""
    truck = live.outside.registration("good", "truck")
    place.e_ids["company"] = truck["owner"]["id_number"]
    with httpx2.Client(base_url=live.url, timeout=20, follow_redirects=True) as client:
        signed_in_by_e_id(client, truck["owner"]["id_number"])
        token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/doanh-nghiep").text)[1]
        form = {
            "csrf_token": token,
            "person": "NGUYỄN VĂN MẪU",
            "phone": "0900000001",
            "plates": f"{truck['plate']}, {KIND_NAMES[truck['kind']][0]}",
        }
        answer = client.post("/doanh-nghiep", data=form, files={"papers": ("a.png", paper(), "image/png")})
        assert answer.status_code == 200, answer.text
    with live.services.database.unit_of_work() as session:
        session.execute(update(Company).values(state=CompanyState.VERIFIED))
        place.ids["company_id"] = str(session.scalars(select(Company.id)).first())


def signed_in_by_e_id(client: httpx2.Client, id_number: str) -> None:
    """What a citizen does at the issuer; the client follows redirects."""
    page = client.get("/cua-toi/dang-nhap/eid")
    form = {"account": id_number, "level": "LoA2", "decision": "confirm"}
    assert client.post(str(page.url), data=form).status_code == 200


def _counter_and_kiosk(live, place: LivedIn) -> None:
    registration = live.report(kind="car")
    dossier_id = confirmed(live, registration)
    accepted(live, registration, dossier_id)
    sign_decision(live, dossier_id)
    owner = registration["owner"]
    shown = {"capacity": "owner", "shown": "id_card", "name": owner["name"], "id_number": owner["id_number"]}
    with member_of_staff(live, "xem-quay") as clerk:
        opened = clerk.post(f"/quay/ho-so/{dossier_id}", data=shown)
        assert opened.status_code == 303, opened.text
        place.ids["visit_id"] = opened.headers["location"].rpartition("/")[2]
    with live.services.database.unit_of_work() as session:
        keeper = make_account(session, "xem-lap-dat", "operator")
        pairing.issue(live.services, session, "Trụ sở phường thử nghiệm", keeper, utc_now())
        place.ids["account_id"] = str(keeper.id)
