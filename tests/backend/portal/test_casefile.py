"""The whole case to take home, and the drawings of the place."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile

import pytest

from backend.dossiers.models import Document, DocumentKind
from backend.portal.place import HEIGHT, SIGNS, WIDTH, sign_of, sketch
from edge.report import ORIGINALS
from tests.backend.factories import make_report


def taken(case) -> zipfile.ZipFile:
    answer = case.owner.get("/ho-so/tat-ca.zip")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "private, no-store"
    return zipfile.ZipFile(io.BytesIO(answer.content))


def test_the_whole_case_is_one_file_that_can_be_checked(case):
    case.decided(kind="motorbike")
    case.owner.post("/ho-so/y-kien/complaint", data={"text": "Tôi thấy chưa đúng.", "grounds": "other"})
    with taken(case) as archive:
        names = set(archive.namelist())
        dossier = case.dossier()
        papers = {
            f"giay-to/{n.replace('Đ', 'D')}.pdf" for n in (dossier.notice_number, dossier.decision_number)
        }
        assert papers <= names
        assert {"chung-cu/manifest.json", "chung-cu/masked_at.jpg", "chung-thu.pem"} <= names
        assert not any(name.removeprefix("chung-cu/").split(".")[0] in ORIGINALS for name in names)
        listed = json.loads(archive.read("danh-sach.json"))
        assert set(listed) == names - {"danh-sach.json"}
        for name, fingerprint in listed.items():
            assert hashlib.sha256(archive.read(name)).hexdigest() == fingerprint
        story = json.loads(archive.read("ho-so.json"))
        assert [one["kind_vi"] for one in story["statements"]] == ["Khiếu nại quyết định"]
        assert story["fine_vnd"] == dossier.fine_vnd
        assert case.registration["owner"]["id_number"] not in archive.read("ho-so.json").decode()
    assert "Bạn: Tải chứng cứ về" in case.owner.get("/ho-so/tien-trinh").text


def test_nobody_else_takes_it_and_a_paper_that_was_changed_stops_it(case, services, new_client):
    case.notified(kind="motorbike").enter()
    assert new_client().get("/ho-so/tat-ca.zip").status_code == 401
    notice = next(paper for paper in case.rows(Document) if paper.kind == DocumentKind.NOTICE)
    services.store.put(
        services.settings.s3_documents_bucket, notice.object_key, b"%PDF other", "application/pdf"
    )
    assert case.owner.get("/ho-so/tat-ca.zip").status_code == 500


def test_an_open_page_learns_that_something_is_new(case):
    case.entered(kind="motorbike")
    before = case.owner.get("/ho-so/phien-ban").json()["version"]
    assert f'data-version="{before}"' in case.owner.get("/ho-so").text
    case.owner.post("/ho-so/y-kien/sold", data={"text": "Tôi đã bán xe này từ năm ngoái."})
    assert case.owner.get("/ho-so/phien-ban").json()["version"] > before


@pytest.mark.parametrize("rule", ["red_light", "speeding"])
def test_the_sketch_keeps_to_its_frame_and_the_sign_to_the_rule(rule):
    report = make_report(rule=rule)[0].model_dump(mode="json")
    drawn = sketch(report)
    assert drawn is not None
    for x, y in [map(float, place.split(",")) for place in drawn.path.split()]:
        assert 0 <= x <= WIDTH
        assert 0 <= y <= HEIGHT
    assert drawn.end[1] > drawn.start[1]  # it comes towards the camera: downwards
    assert sign_of(report) == SIGNS[rule]
    still = {**report, "track": report["track"][:1]}
    assert sketch(still) is None
