from __future__ import annotations

import pytest
from sqlalchemy import select

from backend.audit.models import AuditEntry
from backend.evidence.service import evidence_file
from tests.backend.factories import MP4_STUB


@pytest.fixture
def violation_id(box):
    return box.report_violation()


def views(services):
    with services.database.unit_of_work() as session:
        viewed = select(AuditEntry).where(AuditEntry.action == "evidence.viewed")
        found = session.scalars(viewed.order_by(AuditEntry.seq))
        return [(entry.actor, entry.subject_id, entry.data["role"]) for entry in found]


def test_an_officer_reads_a_file_whole_and_the_look_is_logged(staff, violation_id, services):
    answer = staff("canhsat", "officer").get(f"/v1/evidence/{violation_id}/clip")

    assert answer.status_code == 200
    assert answer.content == MP4_STUB
    assert answer.headers["content-type"] == "video/mp4"
    assert answer.headers["accept-ranges"] == "bytes"
    assert views(services) == [("account:canhsat", violation_id, "clip")]


def test_a_browser_reads_video_in_pieces(staff, violation_id, services):
    officer = staff("canhsat", "officer")

    answer = officer.get(f"/v1/evidence/{violation_id}/clip", headers={"range": "bytes=100-199"})

    assert answer.status_code == 206
    assert answer.content == MP4_STUB[100:200]
    assert answer.headers["content-range"] == f"bytes 100-199/{len(MP4_STUB)}"
    outside = officer.get(f"/v1/evidence/{violation_id}/clip", headers={"range": "bytes=9999-"})
    assert outside.status_code == 416
    assert views(services) == [("account:canhsat", violation_id, "clip")]


def test_no_piece_of_a_video_is_seen_without_a_line_in_the_log(staff, violation_id, services):
    """Leaving out the first byte is no way around the log; the pieces of one look are one line."""
    officer, other = staff("canhsat", "officer"), staff("khac", "officer")
    for client in (officer, other, officer, officer):
        client.get(f"/v1/evidence/{violation_id}/clip", headers={"range": "bytes=1-"})
    assert views(services) == [
        ("account:canhsat", violation_id, "clip"),
        ("account:khac", violation_id, "clip"),
    ]


def test_an_unchanged_file_is_not_sent_again(staff, violation_id):
    officer = staff("canhsat", "officer")
    etag = officer.get(f"/v1/evidence/{violation_id}/still_at").headers["etag"]

    again = officer.get(f"/v1/evidence/{violation_id}/still_at", headers={"if-none-match": etag})

    assert again.status_code == 304
    assert again.content == b""


@pytest.mark.parametrize(("roles", "status"), [(("operator",), 403), (("team_chief",), 200)])
def test_only_officers_see_evidence(staff, violation_id, roles, status):
    assert staff("ai-do", *roles).get(f"/v1/evidence/{violation_id}/clip").status_code == status


def test_strangers_see_nothing(client, violation_id):
    assert client.get(f"/v1/evidence/{violation_id}/clip").json()["code"] == "not_signed_in"


def test_unknown_files_and_roles(staff, violation_id):
    officer = staff("canhsat", "officer")

    assert officer.get(f"/v1/evidence/{violation_id}/manifest").status_code == 422
    assert officer.get("/v1/evidence/00000000-0000-4000-8000-000000000000/clip").status_code == 404


def test_a_file_that_vanished_from_the_store_is_an_alarm(staff, violation_id, services):
    officer = staff("canhsat", "officer")
    with services.database.unit_of_work() as session:
        evidence_file(session, violation_id, "clip").object_key = "evidence/gone.mp4"

    answer = officer.get(f"/v1/evidence/{violation_id}/clip")

    assert (answer.status_code, answer.json()["code"]) == (500, "evidence_lost")
