"""The officers' pages as the server sends them; how they behave in a browser is in test_screen_browser.py."""

from __future__ import annotations

import uuid
from datetime import date

import pytest

from backend.cameras.models import CameraSetup
from edge.report import Certificate
from tests.backend.factories import make_report


@pytest.fixture
def officer(staff):
    return staff("canhsat", "officer")


def take(client):
    return client.post("/v1/review/next").json()


def test_the_queue_page(box, officer):
    box.report_violation()
    box.report_violation(plate=None)

    page = officer.get("/canh-sat").text

    assert "<strong>2</strong> đang chờ" in page
    assert "59-X1 123.45" in page
    assert "chưa đọc được" in page
    assert page.count("data-claim=") == 2
    english = officer.get("/canh-sat?lang=en").text
    assert "Ran a red light" in english
    assert "Take it up" in english


def test_a_report_to_look_at_offers_no_decision(box, officer):
    violation_id = box.report_violation()

    page = officer.get(f"/canh-sat/duyet/{violation_id}").text

    assert "Nhận duyệt" in page
    assert 'data-open="confirm"' not in page
    assert "<dialog" not in page


def test_a_report_taken_up_shows_all_that_proves_it(box, officer):
    box.report_violation(rule="speeding", kind="car", plate="51A12345")
    item = take(officer)

    page = officer.get(f"/canh-sat/duyet/{item['id']}").text

    for role in ("still_before", "still_at", "still_after", "clip", "plate_crop"):
        assert f"/v1/evidence/{item['id']}/{role}" in page
    for words in (
        "Chạy quá tốc độ",
        "51A-123.45",
        "67,4 km/h",
        "chỉ tính mức thấp nhất 64,9 km/h",
        "Tốc độ đo được ít nhất 64,9 km/h ở nơi giới hạn 50 km/h.",
        "Nghị định 168/2024",
        "Đang tra cứu",
        "sai số tối đa 0,050 s",
        "box-test-01",
        "4.000.000 đồng – 6.000.000 đồng",
    ):
        assert words in page.replace(chr(160), " "), words
    assert '<button class="go large" data-open="confirm" aria-describedby="seen-hint" disabled>' in page
    assert "Loại bỏ vì lý do gì?" in page


def test_the_camera_stands_on_a_map_among_its_neighbours(box, officer, session):
    box.report_violation()
    item = take(officer)
    assert item["places"] == []
    assert "geo:" not in officer.get(f"/canh-sat/duyet/{item['id']}").text

    camera_id = item["report"]["scene"]["camera_id"]
    for name, east in ((camera_id, 0.0), ("far-9", 0.9), *((f"near-{one}", one / 100) for one in (3, 1, 2))):
        session.add(CameraSetup(camera_id=name, latitude_deg=10.78, longitude_deg=106.69 + east))
    session.commit()

    found = officer.get(f"/v1/review/{item['id']}").json()["places"]
    assert [one["key"] for one in found] == [camera_id, "near-1", "near-2", "near-3"]
    page = officer.get(f"/canh-sat/duyet/{item['id']}?lang=en").text
    assert 'href="geo:10.78,106.69"' in page
    assert page.count('class="mark-near"') == 3
    assert page.count('class="mark-here"') == 1


def test_the_officer_sees_the_certificate_of_the_camera_and_the_drawing(box, officer):
    paper = Certificate(
        number="KĐ-0042/2026",
        issued_by="Viện Đo lường",
        valid_from=date(2026, 3, 1),
        valid_to=date(2027, 2, 28),
        calibrated_on=date(2026, 2, 25),
        record_sha256="ab" * 32,
    )
    scene = make_report()[0].scene.model_copy(update={"certificate": paper})
    box.report_violation(scene=scene, notes=("clip encoded again: a trial",))
    item = take(officer)

    page = officer.get(f"/canh-sat/duyet/{item['id']}").text

    for words in (
        "KĐ-0042/2026, Viện Đo lường",
        "có hiệu lực từ 01/03/2026 đến 28/02/2027; hiệu chuẩn ngày 25/02/2026",
        "ab" * 32,
        "clip encoded again: a trial",
        f"/v1/evidence/{item['id']}/drawing",
        f"/canh-sat/duyet/{item['id']}/nguyen-ven",
    ):
        assert words in page, words


def test_the_officer_sees_where_the_video_has_a_gap(box, officer):
    frames = make_report()[0].frames
    whole = [mark for mark in frames.clip if mark[0] not in range(260, 268)]
    box.report_violation(frames=frames.model_copy(update={"clip": tuple(whole)}), notes=("hỏng / damaged",))
    item = take(officer)
    page = officer.get(f"/canh-sat/duyet/{item['id']}").text
    assert "Video có khoảng trống" in page
    assert "0,76–1,12" in page
    assert "hỏng / damaged" in page
    assert "0.76–1.12" in officer.get(f"/canh-sat/duyet/{item['id']}?lang=en").text


def test_a_video_without_a_gap_says_nothing_of_gaps(box, officer):
    box.report_violation()
    assert "khoảng trống" not in officer.get(f"/canh-sat/duyet/{take(officer)['id']}").text


def test_without_a_certificate_the_officer_is_told_so(box, officer):
    box.report_violation()
    assert "chưa ghi nhận" in officer.get(f"/canh-sat/duyet/{take(officer)['id']}").text


def test_a_motorbike_plate_is_written_in_two_lines(box, officer):
    box.report_violation()
    item = take(officer)

    page = officer.get(f"/canh-sat/duyet/{item['id']}").text

    assert '<span class="plate two-line white"><span>59-X1</span><span>123.45</span></span>' in page


def test_corrections_and_warnings_are_shown(box, officer):
    box.report_violation()
    item = take(officer)
    body = {"expected_version": item["version"], "vehicle_kind": "car", "reason": "<script>ô tô</script>"}
    assert officer.patch(f"/v1/review/{item['id']}", json=body).status_code == 200

    page = officer.get(f"/canh-sat/duyet/{item['id']}").text

    assert "Biển số này không thuộc loại xe hoặc màu nền đã ghi" in page
    assert "&lt;script&gt;ô tô&lt;/script&gt;" in page
    assert "<script>ô tô" not in page


def test_a_decided_report_stays_readable(box, officer):
    box.report_violation()
    item = take(officer)
    body = {"expected_version": item["version"], "reason_code": "no_violation"}
    officer.post(f"/v1/review/{item['id']}/reject", json=body)

    assert "Đã loại" in officer.get(f"/canh-sat/duyet/{item['id']}").text
    queue = officer.get("/canh-sat?done=rejected").text
    assert "Đã loại bỏ. Lý do đã được lưu." in queue
    assert "Hình ảnh không cho thấy hành vi vi phạm" in queue
    assert "Không còn vi phạm chờ duyệt" in queue


def test_an_unknown_report_is_a_plain_page(officer):
    page = officer.get(f"/canh-sat/duyet/{uuid.uuid4()}")

    assert page.status_code == 404
    assert "Không có hồ sơ này" in page.text
