"""Decisions become a folder of labels. `tests/officer_labels` is that folder; the edge reads the same one.

PHATNGUOI_RENEW=1 writes it anew from what is exported here.
"""

from __future__ import annotations

import json
import os
import shutil
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from backend import audit
from backend.audit.models import AuditEntry
from backend.intake.models import Violation
from backend.review.labels import KINDS, LabelsFolderError, export_labels, jpeg_size
from edge.report import Vehicle
from tests.backend.factories import MP4_STUB, PICTURES, picture
from tests.backend.review.test_review import confirm, correct, reject, take
from tests.backend.test_cli import environment, run  # noqa: F401 -- the fixture is used by its name
from tests.conftest import REPOSITORY

FOLDER = REPOSITORY / "tests" / "officer_labels"
STILL = (REPOSITORY / "edge" / "detector" / "selftest.jpg").read_bytes()
CAR_PX = (356.0, 248.0, 126.0, 110.0)
OTHER_CAR_PX = (199.0, 157.0, 86.0, 75.0)


@pytest.fixture
def officer(staff):
    return staff("canhsat", "officer")


def seen(box, *, kind, box_px, plate):
    contents = dict.fromkeys(PICTURES, STILL)
    contents |= {"clip": MP4_STUB, "masked_clip": MP4_STUB}
    contents["plate_crop"] = picture(plate, (96, 64), format_="PNG")
    vehicle = Vehicle(kind=kind, confidence=0.9, track=3, box_px=box_px)
    return box.report_violation(kind=kind, plate=plate, contents=contents, vehicle=vehicle)


@pytest.fixture
def decided(box, officer, services):
    """Six decisions, oldest first; the last two say nothing about the eyes."""
    steps = [
        ("truck", CAR_PX, "51C12345", {"vehicle_kind": "car", "plate": "51K12345"}, None),
        ("motorbike", CAR_PX, "59X112345", None, "plate_unreadable"),
        ("car", OTHER_CAR_PX, "51A12346", None, "no_vehicle"),
        ("motorbike", CAR_PX, "59X112346", {"plate": "59X112349"}, "no_violation"),
        ("motorbike", CAR_PX, "59X112347", None, "directed_by_police"),
        ("motorbike", CAR_PX, "59X112348", {"plate": "59X112340"}, "wrong_vehicle"),
    ]
    ids = []
    for kind, box_px, plate, correction, code in steps:
        ids.append(seen(box, kind=kind, box_px=box_px, plate=plate))
        item = take(officer)
        if correction:
            item = correct(officer, item, **correction).json()
        answer = reject(officer, item, code) if code else confirm(officer, item)
        assert answer.status_code == 200, answer.text
    return ids


def export(services, folder, **options):
    with services.database.unit_of_work() as session:
        return export_labels(services, session, folder, actor="system", **options)


def plain(folder, ids):
    """The folder's texts and file names, with its ids numbered."""
    names = {real: f"00000000-0000-0000-0000-{number:012}" for number, real in enumerate(ids, start=1)}

    def renamed(text):
        for real, name in names.items():
            text = text.replace(real, name)
        return text

    files = {renamed(str(path.relative_to(folder))): path for path in folder.rglob("*") if path.is_file()}
    texts = {
        name: renamed(path.read_text()) for name, path in files.items() if path.suffix not in {".jpg", ".png"}
    }
    return files, texts


def test_the_folder_is_the_one_that_the_edge_reads(decided, services, tmp_path):
    done = export(services, tmp_path / "labels")
    assert done.written == 4
    assert done.left_out == {"directed_by_police": 1, "wrong_vehicle": 1}
    files, texts = plain(tmp_path / "labels", decided)
    if os.environ.get("PHATNGUOI_RENEW"):
        shutil.rmtree(FOLDER, ignore_errors=True)
        for name, path in files.items():
            (FOLDER / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, FOLDER / name)
            if name in texts:
                (FOLDER / name).write_text(texts[name])
    expected_files, expected_texts = plain(FOLDER, [])
    assert sorted(files) == sorted(expected_files)
    assert texts == expected_texts


def test_the_picture_is_the_evidence_and_its_box_the_officers(decided, services, tmp_path):
    export(services, tmp_path / "labels")
    first, _, nothing, plate_only, *_ = decided
    assert (tmp_path / f"labels/images/{first}.jpg").read_bytes() == STILL
    number, cx, cy, w, h = (tmp_path / f"labels/labels/{first}.txt").read_text().split()
    assert KINDS[int(number)] == "car"
    assert [float(cx) * 640, float(cy) * 360] == pytest.approx([356 + 63, 248 + 55], abs=0.01)
    assert [float(w) * 640, float(h) * 360] == pytest.approx([126, 110], abs=0.01)
    assert (tmp_path / f"labels/labels/{nothing}.txt").read_text() == ""
    assert not (tmp_path / f"labels/images/{plate_only}.jpg").exists()
    rows = [json.loads(line) for line in (tmp_path / "labels/labels.jsonl").read_text().splitlines()]
    assert [row["officer"]["plate"] for row in rows] == ["51K12345", None, None, "59X112349"]


def test_the_export_is_logged_and_only_its_owner_reads_it(decided, services, tmp_path):
    export(services, tmp_path / "labels")
    with services.database.unit_of_work() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "labels.exported")).one()
        assert entry.actor == "system"
        assert entry.data["decisions"] == 4
        assert entry.data["folder"] == str(tmp_path / "labels")
        assert audit.verify(session) is None
    assert (tmp_path / "labels").stat().st_mode & 0o077 == 0


def test_what_was_decided_before_may_be_left_out(decided, services, tmp_path):
    with services.database.unit_of_work() as session:
        for violation in session.scalars(select(Violation)):
            violation.decided_at -= timedelta(days=9 if violation.reject_code is None else 2)
    done = export(services, tmp_path / "labels", since=datetime.now(UTC) - timedelta(days=3))
    assert done.written == 3


def test_a_folder_in_use_is_refused(services, tmp_path):
    (tmp_path / "something").touch()
    with pytest.raises(LabelsFolderError, match="not empty"):
        export(services, tmp_path)


def test_a_picture_missing_from_the_store_is_said_and_the_rest_written(
    decided, services, tmp_path, monkeypatch
):
    from backend.evidence.store import ObjectMissingError, ObjectStore

    read = ObjectStore.read

    def gone(store, bucket, key):
        if key.endswith("still_at.jpg"):
            raise ObjectMissingError(key)
        return read(store, bucket, key)

    monkeypatch.setattr(ObjectStore, "read", gone)
    done = export(services, tmp_path / "labels")
    assert len(done.missing_files) == 2
    assert done.written == 4
    assert len(list((tmp_path / "labels/plates").iterdir())) == 3


def test_the_command(decided, environment, tmp_path):  # noqa: F811 -- a fixture
    answer = run("labels", "export", tmp_path / "labels", "--since", "2020-01-31")
    assert answer.exit_code == 0, answer.output
    assert "4 decisions" in answer.output
    assert "wrong_vehicle 1" in answer.output
    again = run("labels", "export", tmp_path / "labels")
    assert again.exit_code == 1
    assert "not empty" in " ".join(again.output.split())  # a long path wraps the line


@pytest.mark.parametrize("size", [(1, 1), (640, 360), (1920, 1080), (17, 4000)])
def test_the_size_in_a_jpeg(size):
    assert jpeg_size(picture("x", size)) == size


@pytest.mark.parametrize("data", [b"", b"\xff\xd8", b"\x89PNG\r\n", b"\xff\xd8\xff\xe0\x00\x10" + bytes(9)])
def test_no_size_in_what_is_no_jpeg(data):
    assert jpeg_size(data) is None
