"""The auditor reads the log by who, what and when, and recomputes its chain."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest

from backend import audit
from backend.audit.chain import Line, first_fault
from backend.database import utc_now
from penalty.calendar import vietnam_date
from tests.backend.factories import make_account


@pytest.fixture
def auditor(staff):
    return staff("kiem-tra", "auditor")


@pytest.fixture
def log(services):
    with services.database.unit_of_work() as session:
        for number in range(1, 105):
            audit.record(
                session,
                actor="account:can-bo%" if number % 2 else "device:hop-1",
                action="violation.confirmed" if number % 2 else "violation.received",
                subject_type="violation",
                subject_id=f"v-{number}",
                data={"number": number},
            )


@pytest.mark.usefixtures("log")
def test_it_is_searched_and_paged(auditor):
    page = auditor.get("/quan-tri/nhat-ky").text
    assert "v-104" in page
    older = page.split('href="?before=')[1].split('"')[0]
    assert "v-1<" in auditor.get(f"/quan-tri/nhat-ky?before={older}").text
    found = auditor.get("/quan-tri/nhat-ky", params={"actor": "account:can-bo%", "subject": "v-3"}).text
    assert "v-3<" in found
    assert "v-5<" not in found
    tomorrow = (vietnam_date(utc_now()) + timedelta(days=2)).isoformat()
    assert "v-104" not in auditor.get(f"/quan-tri/nhat-ky?first={tomorrow}").text
    assert "v-104" in auditor.get(f"/quan-tri/nhat-ky?last={tomorrow}").text
    assert "v-104" in auditor.get("/quan-tri/nhat-ky?last=9999-12-31").text
    assert 'role="alert"' in auditor.get("/quan-tri/nhat-ky?first=x").text
    assert "nguyên vẹn" in auditor.get("/quan-tri/nhat-ky?verify=true").text


def test_a_name_finds_all_who_are_called_so_and_nobody_else(auditor, services):
    with services.database.unit_of_work() as session:
        for username in ("hung", "hung2", "h_ng"):
            make_account(session, username, "officer").full_name = "PHẠM VĂN HÙNG"
        make_account(session, "hang", "officer").full_name = "PHẠM VĂN HANG"
        for username in ("hung", "hung2", "h_ng", "hang"):
            act = {"action": "violation.confirmed", "subject_type": "violation"}
            audit.record(session, actor=f"account:{username}", subject_id=f"of-{username}", **act)

    def seen(actor: str) -> set[str]:
        page = auditor.get("/quan-tri/nhat-ky", params={"actor": actor}).text
        return {name for name in ("hung", "hung2", "h_ng", "hang") if f"of-{name}<" in page}

    assert seen("Phạm Văn Hùng") == {"hung", "hung2", "h_ng"}
    assert seen("hung") == {"hung"}
    assert seen("h_ng") == {"h_ng"}
    assert seen("account:hung") == {"hung", "hung2"}


@pytest.mark.usefixtures("log")
def test_a_program_can_recompute_the_chain_and_reading_is_written_down(auditor):
    lines, after = [], 0
    while part := auditor.get(f"/v1/audit?after={after}&limit=50").json():
        lines += part
        after = part[-1]["seq"]
        if len(part) < 50:
            break
    hashes = [line.pop("entry_hash") for line in lines]
    read = [Line(**{**line, "at": datetime.fromisoformat(line["at"])}) for line in lines]
    assert first_fault(zip(read, hashes, strict=True)) is None
    assert lines[-1]["action"] == "audit.exported"
    assert auditor.get("/v1/audit/verification").json() == {"holds": True, "fault": None}


def test_lines_are_read_in_words_and_cases_by_their_number(case, staff):
    case.notified(kind="motorbike")
    dossier = case.dossier()
    auditor = staff("kiem-tra", "auditor")
    for asked in (dossier.notice_number, dossier.plate_display):
        page = auditor.get("/quan-tri/nhat-ky", params={"subject": asked}).text
        for said in ("Xác nhận vi phạm", "Đã gửi thông báo vi phạm", "Yêu cầu tra cứu chủ xe", "Hồ sơ"):
            assert said in page
        assert f"?subject={dossier.notice_number}" in page
        assert dossier.plate_display in page
    english = auditor.get("/quan-tri/nhat-ky", params={"actor": "canhsat", "lang": "en"}).text
    assert "Confirmed a violation" in english
    shown = re.sub(r"<details>.*?</details>", "", english.partition("<table")[2], flags=re.DOTALL)
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-", shown)
    assert not re.search(r"\b[a-z_]+\.[a-z_]+\b", re.sub(r"<[^>]*>", " ", shown))
    for said in (
        "CÁN BỘ THỬ NGHIỆM CANHSAT",
        "State: Finding the owner",
        "Fine: VND\N{NO-BREAK SPACE}5,000,000",
        "Kind of vehicle Motorbike",
    ):
        assert said in shown
