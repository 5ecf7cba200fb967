"""The page and the download that tell whether evidence is intact: real database, real store."""

from __future__ import annotations

import io
import random
import re
import uuid
import zipfile
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from backend.audit.models import AuditEntry
from backend.evidence.integrity import check
from backend.evidence.models import EvidenceFile
from backend.intake.models import Violation
from edge.report import FOR_OWNERS, GUIDE_NAME, ORIGINALS, TrackPoint
from edge.verify import is_whole, summary, verify_path
from tests.backend.factories import make_report, manifest_key

NAMES = {
    "manifest.json",
    "still_before.jpg",
    "still_at.jpg",
    "still_after.jpg",
    "masked_before.jpg",
    "masked_at.jpg",
    "masked_after.jpg",
    "drawing.jpg",
    "plate_crop.png",
    "clip.mp4",
    "masked_clip.mp4",
}


@pytest.fixture
def violation_id(box):
    return uuid.UUID(box.report_violation())


def checked(services, violation_id):
    with services.database.unit_of_work() as session:
        violation = session.get_one(Violation, violation_id)
        return check(services, session, violation, actor="account:x", now=datetime.now(UTC))


def keys(services, violation_id) -> dict[str, str]:
    """Where everything lies, by file name."""
    with services.database.unit_of_work() as session:
        rows = session.query(EvidenceFile).filter_by(violation_id=violation_id)
        found = {row.name: row.object_key for row in rows}
    any_key = next(iter(found.values()))
    return {**found, "manifest.json": f"{any_key.rsplit('/', 1)[0]}/manifest.json"}


def test_untouched_evidence_is_intact_and_the_check_is_logged(services, violation_id):
    found = checked(services, violation_id)
    assert found.intact
    assert {one.name for one in found.files} == NAMES
    assert {one.name for one in found.files if one.sealed} == {
        "still_before.jpg",
        "still_at.jpg",
        "still_after.jpg",
        "clip.mp4",
    }
    with services.database.unit_of_work() as session:
        (line,) = session.query(AuditEntry).filter_by(action="evidence.checked")
        assert line.data == {"intact": True, "faulty": []}


@pytest.mark.parametrize("name", sorted(NAMES))
def test_one_flipped_bit_in_any_file_is_found_and_its_file_named(services, violation_id, name):
    chance = random.Random(name)
    store, bucket, key = services.store, services.settings.s3_bucket, keys(services, violation_id)[name]
    whole = store.read(bucket, key)
    for _ in range(3):
        flipped = bytearray(whole)
        flipped[chance.randrange(len(whole))] ^= 1 << chance.randrange(8)
        store.put(bucket, key, bytes(flipped), "application/octet-stream")
        assert checked(services, violation_id).faulty == (name,)
    store.put(bucket, key, whole, "application/octet-stream")
    assert checked(services, violation_id).intact


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE violation SET payload = jsonb_set(payload, '{rule}', '\"speeding\"')",
        "UPDATE violation SET payload = jsonb_set(payload, '{measures,0,value}', '9.9')",
        "UPDATE violation SET payload_sha256 = repeat('0', 64)",
        "UPDATE violation SET signature = translate(signature, substr(signature, 3, 1), '/')",
        "UPDATE device SET public_key = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA='",
    ],
)
def test_a_report_that_was_changed_in_the_database_is_found(services, violation_id, change):
    with services.database.unit_of_work() as session:
        session.execute(text(change))
    assert checked(services, violation_id).faulty == ("manifest.json",)


def test_a_row_that_speaks_of_another_file_is_found(services, violation_id):
    with services.database.unit_of_work() as session:
        session.query(EvidenceFile).filter_by(role="clip").update({"sha256": "0" * 64})
    assert checked(services, violation_id).faulty == ("clip.mp4",)


def test_a_missing_file_is_named(services, box, violation_id):
    with services.database.unit_of_work() as session:
        payload = session.get_one(Violation, violation_id).payload
        moved = {**payload, "files": [{**file, "object_key": "gone"} for file in payload["files"]]}
        session.get_one(Violation, violation_id).payload = moved
    found = checked(services, violation_id)
    assert {one.verdict for one in found.files if one.name != "manifest.json"} == {"missing"}


def test_numbers_survive_the_database(services, box):
    """JSONB writes numbers its own way; the signature must hold for what comes back."""
    track = tuple(
        TrackPoint(t_s=1 / 3, x_m=x, y_m=1e-7, box_px=(-0.0, 100.0, 1e5, 0.1)) for x in (-0.0, 5.0, -1.25e-05)
    )
    report, contents = make_report(device_id=box.device_id, track=track)
    box.upload(report, contents)
    answer = box.send(report)
    assert checked(services, uuid.UUID(answer.json()["violation_id"])).intact


# -- pages ---------------------------------------------------------------------------------------------------


def spoil(services, violation_id, name):
    key = keys(services, violation_id)[name]
    services.store.put(services.settings.s3_bucket, key, b"other", "image/jpeg")


def test_an_officer_is_told_in_plain_words(staff, services, violation_id):
    officer = staff("canhsat", "officer")
    page = officer.get(f"/canh-sat/duyet/{violation_id}/nguyen-ven")
    assert "Không có gì bị thay đổi" in page.text
    spoil(services, violation_id, "masked_at.jpg")
    page = officer.get(f"/canh-sat/duyet/{violation_id}/nguyen-ven?lang=en").text
    assert "Something is not as it was recorded" in page
    assert re.search(r'role="alert">.*masked_at\.jpg', page)
    assert (
        f'href="/canh-sat/duyet/{violation_id}/nguyen-ven"'
        in officer.get(f"/canh-sat/duyet/{violation_id}").text
    )


@pytest.mark.parametrize("path", ["nguyen-ven", "chung-cu.zip"])
def test_only_officers_get_there(staff, client, violation_id, path):
    assert staff("dieuhanh2", "operator").get(f"/canh-sat/duyet/{violation_id}/{path}").status_code == 403
    assert client.get(f"/canh-sat/duyet/{violation_id}/{path}").status_code in {303, 401}


def test_an_officer_takes_everything_away_and_it_is_logged(staff, services, box, violation_id, tmp_path):
    answer = staff("canhsat", "officer").get(f"/canh-sat/duyet/{violation_id}/chung-cu.zip")
    path = tmp_path / "whole.zip"
    path.write_bytes(answer.content)
    findings = verify_path(path, box.key.public_key())
    assert {one.verdict for one in findings} == {"good"}
    assert {one.subject for one in findings} == NAMES
    with services.database.unit_of_work() as session:
        (line,) = session.query(AuditEntry).filter_by(action="evidence.taken_away")
        assert (line.actor, line.data) == ("account:canhsat", {"whole": True})


def test_the_key_of_a_box_is_public_once_it_is_approved(client, box, violation_id):
    page = client.get(f"/xac-minh/thiet-bi/{box.device_id}")
    assert page.status_code == 200
    assert re.search(r"[A-Za-z0-9+/]{43}=", page.text)
    assert client.get("/xac-minh/thiet-bi/box-nobody").status_code == 404


def test_a_box_that_only_enrolled_vouches_for_nothing(client, services):
    from tests.backend.factories import Box

    Box(client, services, device_id="box-waiting").enrol()
    assert client.get("/xac-minh/thiet-bi/box-waiting").status_code == 404


def test_manifests_lie_where_the_check_looks(box):
    report, _ = make_report(device_id=box.device_id)
    assert manifest_key(report).startswith("evidence/pnt-01/")
    assert manifest_key(report).rsplit("/", 1)[0] == report.files[0].object_key.rsplit("/", 1)[0]


# -- the owner's ---------------------------------------------------------------------------------------------


def read_zip(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_an_owner_checks_his_evidence_and_takes_a_copy_home(case, tmp_path):
    case.entered(kind="motorbike")
    page = case.owner.get("/ho-so/nguyen-ven")
    assert "Không có gì bị thay đổi" in page.text
    assert "bản gốc niêm phong" in page.text
    assert 'href="/ho-so/nguyen-ven"' in case.owner.get("/ho-so").text

    answer = case.owner.get("/ho-so/bang-chung.zip")
    files = read_zip(answer.content)
    assert {name.split(".")[0] for name in files} == {"manifest", "HUONG-DAN-README", *FOR_OWNERS}
    assert not {name.split(".")[0] for name in files} & ORIGINALS
    assert case.box.device_id in files[GUIDE_NAME].decode()
    path = tmp_path / "copy.zip"
    path.write_bytes(answer.content)
    findings = verify_path(path, case.box.key.public_key())
    assert is_whole(findings)
    assert "4 originals are sealed" in summary(findings)[1]
    said = case.owner.get("/ho-so/tien-trinh").text
    assert "Bạn: Kiểm tra chứng cứ" in said
    assert "Bạn: Tải chứng cứ về" in said


def test_an_owner_is_told_when_an_original_was_changed_that_he_cannot_see(case):
    case.entered(kind="motorbike")
    spoil(case.services, case.dossier().violation_id, "clip.mp4")
    page = case.owner.get("/ho-so/nguyen-ven").text
    assert "Không. Có tệp không còn như lúc ghi." in page
    assert "<code>clip.mp4</code>" in page


def test_without_a_session_there_is_no_check_and_no_copy(new_client):
    for path in ("/ho-so/nguyen-ven", "/ho-so/bang-chung.zip"):
        assert new_client().get(path).status_code == 401
