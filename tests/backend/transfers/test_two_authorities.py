"""A case goes to another authority and is settled there; whatever happens, both sides agree again."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, date, datetime, timedelta

import pytest

from backend.audit import verify
from backend.dossiers.issuer import signing_key
from backend.dossiers.models import Document, Dossier, DossierDeadline, DossierEvent
from backend.evidence.integrity import check
from backend.intake.models import Device, Violation
from backend.transfers import package, sync
from backend.transfers.models import Transfer, TransferDifference
from backend.transfers.sending import PeerUnavailableError
from backend.transfers.values import TransferError
from tests.backend.pages import confirmed
from tests.backend.transfers.two import HERE, THERE

REASON = "Chủ xe cư trú ở phường Mẫu; hành vi thuộc thẩm quyền của Công an cấp xã."


def hand_over(case, reason: str = REASON):
    body = {"peer": THERE, "reason": reason, "expected_version": case.dossier().version}
    return case.officer.post(f"/v1/dossiers/{case.id}/transfer", json=body)


def deliver(wire, package: bytes):
    return wire.post("http://cap-mau/v1/transfers/packages", content=package, headers={}, timeout=1)


def compare(case) -> list[sync.Outcome]:
    return sync.compare_all(case.services, datetime.now(UTC))


def here(case) -> Transfer:
    (found,) = case.rows(Transfer)
    return found


def there(other) -> Transfer:
    (found,) = other.rows(Transfer)
    return found


def kinds(case) -> list[str]:
    events = case.rows(DossierEvent, DossierEvent.dossier_id == case.id)
    return [event.kind for event in sorted(events, key=lambda event: event.seq)]


@pytest.fixture
def sent(case, other):
    """A case whose package has arrived."""
    case.notified(kind="car")
    assert hand_over(case).status_code == 201
    case.jobs()
    return case


def take_over(other, case) -> None:
    """An officer there presses twice: the first press only shows what would be taken."""
    address = f"/canh-sat/chuyen-ho-so/{there(other).id}/tiep-nhan"
    asked = other.officer.post(address)
    assert asked.status_code == 200
    assert "Chưa có gì được thực hiện" in asked.text
    assert case.dossier().plate_display in asked.text
    assert there(other).state == "received"
    assert other.rows(Dossier) == []
    assert other.officer.post(address, data={"confirmed": "true"}).status_code == 303
    assert other.officer.post(address).status_code == 409
    other.jobs()


def limitation(case) -> date:
    return next(row.raw_due_on for row in case.rows(DossierDeadline) if row.step_id == "A4")


def assert_whole_evidence(other) -> None:
    """What came is as the box signed it, and the box itself may send nothing there."""
    with other.services.database.unit_of_work() as session:
        found = check(
            other.services, session, session.query(Violation).one(), actor="test", now=datetime.now(UTC)
        )
        assert found.intact
        assert session.query(Device).one().state == "revoked"


def test_a_case_goes_there_is_settled_there_and_closes_here(sent, other, real_papers):
    case = sent
    assert (case.dossier().state, here(case).state, there(other).state) == ("transferred", "sent", "received")
    assert there(other).id == here(case).id
    page = other.officer.get("/canh-sat/chuyen-ho-so").text
    assert case.dossier().plate_display in page
    assert REASON in page
    take_over(other, case)
    (theirs,) = other.rows(Dossier)
    assert theirs.state == "notified"
    assert (theirs.plate, theirs.act, theirs.happened_at) == (
        case.dossier().plate,
        case.dossier().act,
        case.dossier().happened_at,
    )
    assert limitation(case) == limitation(other)
    assert_whole_evidence(other)

    (outcome,) = compare(case)
    assert (outcome.compared, outcome.mended, outcome.waiting) == (1, 1, 0)
    assert here(case).state == "accepted"
    assert kinds(case)[-1] == "transfer_accepted"
    assert compare(case)[0].mended == 0

    with other.services.database.unit_of_work() as session:
        session.get_one(Dossier, theirs.id).state = "closed"
    assert compare(case)[0].mended == 1
    assert (case.dossier().state, here(case).state, there(other).state) == ("closed", "settled", "settled")
    assert kinds(case)[-1] == "settled_elsewhere"
    assert compare(case)[0].mended == 0
    for services in (case.services, other.services):
        with services.database.unit_of_work() as session:
            assert verify(session) is None


def test_a_refusal_brings_the_case_back_with_its_reason(sent, other):
    case = sent
    short = other.officer.post(f"/v1/transfers/{there(other).id}/refuse", json={"reason": "không"})
    assert short.status_code == 422
    reason = "Chủ xe đã chuyển đi nơi khác từ tháng trước."
    url = f"/v1/transfers/{there(other).id}/refuse"
    assert other.officer.post(url, json={"reason": reason}).status_code == 200
    assert other.officer.post(url, json={"reason": reason}).status_code == 409
    assert other.officer.post(f"/v1/transfers/{there(other).id}/accept").status_code == 409
    compare(case)
    assert (case.dossier().state, here(case).state, here(case).answer) == ("notified", "refused", reason)
    assert case.rows(DossierDeadline, DossierDeadline.step_id == "A2")[0].ended_at is None
    assert hand_over(case).status_code == 201


def test_a_case_given_away_before_the_notice_comes_back_to_finding_the_owner(case, other):
    case.confirmed(kind="motorbike")
    assert hand_over(case).status_code == 201
    case.jobs()
    assert there(other).summary["notified"] is False
    url = f"/v1/transfers/{there(other).id}/refuse"
    assert other.officer.post(url, json={"reason": "Không thuộc địa bàn quản lý."}).status_code == 200
    compare(case)
    assert case.dossier().state == "owner_lookup"


def test_one_taken_over_may_still_be_sent_back_before_a_record(sent, other):
    case = sent
    other.officer.post(f"/v1/transfers/{there(other).id}/accept")
    other.jobs()
    compare(case)
    reason = {"reason": "Người này đã chuyển nơi cư trú."}
    assert other.officer.post(f"/v1/transfers/{there(other).id}/refuse", json=reason).status_code == 200
    compare(case)
    assert case.dossier().state == "notified"
    assert other.rows(Dossier)[0].state == "rejected"


def test_once_a_record_was_made_it_is_not_sent_back_by_one_person(sent, other):
    other.officer.post(f"/v1/transfers/{there(other).id}/accept")
    other.jobs()
    (theirs,) = other.rows(Dossier)
    signed = {"waives_explanation": True}
    assert other.officer.post(f"/v1/dossiers/{theirs.id}/record", json=signed).status_code == 200
    reason = {"reason": "Người này đã chuyển nơi cư trú."}
    refused = other.officer.post(f"/v1/transfers/{there(other).id}/refuse", json=reason)
    assert (refused.status_code, refused.json()["code"]) == (409, "record_made")
    assert other.rows(Dossier)[0].state == "recorded"


@pytest.mark.parametrize("fault", ["cut", "deaf"])
def test_a_package_that_is_lost_or_doubled_arrives_once(case, other, wire, fault):
    case.notified(kind="car")
    hand_over(case)
    setattr(wire, fault, True)
    with pytest.raises(PeerUnavailableError):
        case.jobs()
    setattr(wire, fault, False)
    assert here(case).state == "waiting"
    assert len(other.rows(Transfer)) == (0 if fault == "cut" else 1)
    compare(case)
    case.jobs()
    assert here(case).state == "sent"
    assert len(other.rows(Transfer)) == 1
    data = next(data for path, data in wire.sent if path.endswith("packages"))
    assert deliver(wire, data).status_code == 202
    assert len(other.rows(Transfer)) == 1


def test_a_silent_authority_changes_nothing_and_is_asked_again(sent, wire):
    wire.cut = True
    assert compare(sent) == []
    wire.cut = False
    assert len(compare(sent)) == 1


def test_differences_that_need_a_person_are_listed_until_settled_and_come_back_when_they_change(sent, other):
    case = sent
    other.officer.post(f"/v1/transfers/{there(other).id}/accept")
    other.jobs()
    compare(case)
    with case.services.database.unit_of_work() as session:
        session.get_one(Dossier, case.id).state = "notified"
    assert compare(case)[0].waiting == 1
    (row,) = case.officer.get("/v1/transfers/differences").json()
    assert (row["kind"], row["ours"]["dossier_state"]) == ("both_hold", "notified")
    assert "Cả hai bên cùng đang xử lý" in case.officer.get("/canh-sat/chuyen-ho-so").text
    note = {"note": "Đã gọi điện: phường Mẫu xử lý, bên này sẽ đóng."}
    url = f"/v1/transfers/differences/{row['id']}/settle"
    assert case.officer.post(url, json=note).status_code == 200
    assert case.officer.post(url, json=note).status_code == 409
    assert compare(case)[0].waiting == 0
    with case.services.database.unit_of_work() as session:
        session.get_one(Dossier, case.id).state = "recorded"
    assert compare(case)[0].waiting == 1
    with case.services.database.unit_of_work() as session:
        session.get_one(Dossier, case.id).state = "transferred"
    assert compare(case)[0].waiting == 0
    hows = [one.how for one in case.rows(TransferDifference) if one.kind == "both_hold"]
    assert sorted(hows) == ["by_person", "gone"]


def test_other_facts_on_the_other_side_are_told(sent, other):
    case = sent
    other.officer.post(f"/v1/transfers/{there(other).id}/accept")
    with other.services.database.unit_of_work() as session:
        session.query(Dossier).one().plate = "51A99999"
    compare(case)
    assert [one.kind for one in case.rows(TransferDifference) if one.ended_at is None] == ["facts_differ"]


def test_the_package_says_what_it_holds_and_names_nobody_outside_the_owner(sent, wire):
    case = sent
    data = next(data for path, data in wire.sent if path.endswith("packages"))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = set(archive.namelist())
        manifest = json.loads(archive.read("manifest.json"))
        dossier = json.loads(archive.read("dossier.json"))
        lines = json.loads(archive.read("audit.json"))
    assert {"manifest.json", "manifest.sig", "dossier.json", "report.json", "audit.json"} <= names
    assert {"papers/notice-1.pdf", "papers/evidence_list-1.pdf", "papers/transfer-1.pdf"} <= names
    assert (manifest["sender"], manifest["receiver"], manifest["reason"]) == (HERE, THERE, REASON)
    assert dossier["owner"]["id_number"] == case.registration["owner"]["id_number"]
    assert all(one["path"] in names for one in dossier["evidence"])
    assert "dossier.transferred" in {line["action"] for line in lines}
    (slip,) = case.rows(Document, Document.kind == "transfer")
    assert slip.says["package_id"] == manifest["transfer_id"]


@pytest.mark.parametrize(
    ("harm", "refused"),
    [
        (lambda data: data[:-40], (422, "package_unreadable")),
        (lambda data: b"no zip at all", (422, "package_unreadable")),
        (lambda data: _changed(data, "dossier.json", b'{"fine_vnd": 1}'), (422, "files_differ")),
        (lambda data: _changed(data, "evidence/extra.jpg", b"more"), (422, "files_differ")),
        (lambda data: _changed(data, "manifest.sig", b"A" * 201), (422, "package_unreadable")),
        (lambda data: _said(data, reason="Một lý do khác"), (403, "signature_wrong")),
        (lambda data: _said(data, sender="AI-DO"), (403, "sender_unknown")),
    ],
)
def test_a_package_that_is_not_whole_or_not_from_a_known_authority_is_refused(
    sent, other, wire, harm, refused
):
    data = harm(next(data for path, data in wire.sent if path.endswith("packages")))
    answer = deliver(wire, data)
    assert (answer.status_code, answer.json()["code"]) == refused
    assert len(other.rows(Transfer)) == 1


@pytest.mark.parametrize("kind", ["counted", "hidden", "zip64"])
def test_a_long_directory_is_refused_before_it_is_read(monkeypatch, kind):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for number in range(70_000 if kind == "zip64" else 3_000):
            archive.writestr(f"{number:0100d}" if kind == "hidden" else f"{number}", b"")
    data = bytearray(target.getvalue())
    if kind == "hidden":
        data[-14:-10] = b"\x01\x00\x01\x00"
    monkeypatch.setattr(zipfile, "ZipFile", None)
    with pytest.raises(TransferError, match=r"too many files|without ZIP64"):
        package.read(io.BytesIO(data), (), us=THERE, most_bytes=10**9)


def test_without_other_authorities_nobody_is_listened_to(case, monkeypatch):
    monkeypatch.setitem(case.services.settings.__dict__, "transfer_peers", ())
    for path in ("packages", "comparison"):
        assert case.owner.post(f"/v1/transfers/{path}", content=b"x").status_code == 404


def test_a_body_that_says_it_is_too_large_is_not_read(case):
    for said in ("999999999", "9" * 5_000):
        answer = case.owner.post("/v1/transfers/packages", content=b"x", headers={"Content-Length": said})
        assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")  # backend/sizes.py


def _altered(case, data: bytes) -> bytes:
    """Another package of the same transfer, signed by its sender."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    about = json.loads(files.pop("manifest.json"))
    del files["manifest.sig"], about["files"], about["format"]
    dossier = {**json.loads(files["dossier.json"]), "plate": "61A99999", "plate_display": "61A-999.99"}
    files["dossier.json"] = json.dumps(dossier, ensure_ascii=False).encode()
    return package.build(signing_key(case.services.settings), files, **about)


def test_the_package_that_was_shown_is_the_one_that_is_accepted(sent, other, wire):
    data = next(data for path, data in wire.sent if path.endswith("packages"))
    answer = deliver(wire, _altered(sent, data))
    assert (answer.status_code, answer.json()["code"]) == (422, "other_content")
    assert other.officer.post(f"/v1/transfers/{there(other).id}/accept").status_code == 200
    assert other.rows(Dossier)[0].plate == sent.dossier().plate == there(other).summary["plate"]


@pytest.mark.parametrize("harm", ["content", "peer"])
def test_a_package_that_was_changed_where_it_is_kept_is_not_accepted(sent, other, wire, harm):
    data = next(data for path, data in wire.sent if path.endswith("packages"))
    if harm == "content":
        bucket = other.services.settings.s3_documents_bucket
        other.services.store.put(bucket, there(other).package_key, _altered(sent, data), "application/zip")
    else:
        with other.services.database.unit_of_work() as session:
            session.query(Transfer).one().peer = "AI-DO"
    answer = other.officer.post(f"/v1/transfers/{there(other).id}/accept")
    assert (answer.status_code, answer.json()["code"]) == (409, "package_differs")
    assert other.rows(Dossier) == []


def _changed(data: bytes, path: str, content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, old in {**files, path: content}.items():
            archive.writestr(name, old if name != path else content)
    return target.getvalue()


def _said(data: bytes, **changes: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        manifest = json.loads(archive.read("manifest.json"))
    return _changed(data, "manifest.json", json.dumps({**manifest, **changes}).encode())


def test_an_old_or_foreign_question_is_not_answered(sent, other, wire, services):
    late = datetime.now(UTC) - timedelta(minutes=11)
    with pytest.raises(PeerUnavailableError, match="message_old"):
        sync.compare_with(services, services.settings.transfer_peers[0], late)
    answer = wire.post("http://cap-mau/v1/transfers/comparison", content=b"{}", headers={}, timeout=1)
    assert answer.json()["code"] == "message_unreadable"
    assert answer.status_code == 422


def test_who_may_hand_over_what_and_the_form_says_what_is_wrong(case, other, services):
    case.notified(kind="car")
    unknown = {"peer": "AI-DO", "reason": REASON, "expected_version": case.dossier().version}
    assert (
        case.officer.post(f"/v1/dossiers/{case.id}/transfer", json=unknown).json()["code"] == "peer_unknown"
    )
    stale = {"peer": THERE, "reason": REASON, "expected_version": 1}
    assert case.officer.post(f"/v1/dossiers/{case.id}/transfer", json=stale).status_code == 412
    page = f"/canh-sat/ho-so/{case.id}/chuyen"
    assert "Công an phường Mẫu" in case.officer.get(page).text
    token = {"csrf_token": case.officer.headers["X-CSRF-Token"], "expected_version": case.dossier().version}
    assert case.officer.post(page, data={**token, "peer": THERE, "reason": "ngắn"}).status_code == 422
    wanted = {**token, "peer": THERE, "reason": REASON}
    asked = case.officer.post(page, data=wanted)
    assert "Công an phường Mẫu" in asked.text
    assert case.dossier().state == "notified"
    assert confirmed(case.officer, page, wanted).status_code == 303
    assert case.dossier().state == "transferred"
    assert case.officer.get(page).status_code == 409
    assert case.owner.get("/canh-sat/chuyen-ho-so").status_code == 303
