"""The operators' pages, each opened in both languages, and what their buttons do without a script."""

from __future__ import annotations

import pytest

from backend.cameras.models import CameraFileVersion
from tests.backend.cameras.kit import CAMERA, beat, camera_file, reply, sha256
from tests.backend.factories import picture

PAGE = f"/dieu-hanh/may-quay/{CAMERA}"
GOOD, MOVED = camera_file(), camera_file(line_y=62.0)


@pytest.fixture
def operator(staff):
    return staff("truc", "operator")


@pytest.fixture
def known(box):
    """A box that runs a file of its own and has been asked for it."""
    beat(box, camera_file_sha256=sha256(GOOD), rules=("red_light",))
    return box


def answer_view(box, operator):
    """The editor asks for a view by itself; the box answers."""
    assert operator.get(f"{PAGE}/thiet-lap").status_code == 200
    (ask,) = beat(box, camera_file_sha256=sha256(GOOD))["asks"]
    import base64

    jpeg = base64.b64encode(picture("road", (160, 96))).decode()
    assert reply(box, ask["id"], picture_jpeg_b64=jpeg, camera_file=GOOD).status_code == 204


def save(operator, content: str, doing: str, **more):
    version = operator.get(f"/v1/cameras/{CAMERA}/setup").json()["version"]
    form = {"content": content, "doing": doing, "expected_version": version, **more}
    return operator.post(f"{PAGE}/thiet-lap", data=form | {"csrf_token": operator.headers["X-CSRF-Token"]})


def test_every_page_opens_in_both_languages(known, operator):
    answer_view(known, operator)
    published = save(operator, MOVED, "publish", note="Dời vạch dừng")
    assert published.status_code == 303
    pages = ("", "/ban-do", "/hop", f"/hop/{known.device_id}", "/canh-bao", f"/may-quay/{CAMERA}")
    pages += (f"/may-quay/{CAMERA}/thiet-lap", f"/may-quay/{CAMERA}/phien-ban/2")
    for page in (*(f"/dieu-hanh{one}" for one in pages), published.headers["location"]):
        for language in ("vi", "en"):
            answer = operator.get(f"{page}?lang={language}")
            assert answer.status_code == 200, (page, answer.text)
            assert f'<html lang="{language}"' in answer.text
    assert operator.get("/dieu-hanh/may-quay/none").status_code == 404
    assert operator.get("/dieu-hanh/hop/none").status_code == 404


def test_the_editor_is_calm_while_it_waits_for_the_box_and_red_only_for_a_faulty_file(known, operator):
    for language, said in (("vi", "không có lỗi gì"), ("en", "nothing is wrong")):
        page = operator.get(f"{PAGE}/thiet-lap?lang={language}").text
        assert said in page
        assert "notice error" not in page
    faulty = save(operator, "id = 7", "save").text
    assert "notice error" in faulty


def test_what_a_box_began_with_is_version_one_and_can_be_gone_back_to(known, operator, services):
    answer_view(known, operator)
    save(operator, MOVED, "publish", note="Dời vạch dừng")
    orders = beat(known, camera_file_sha256=sha256(GOOD))
    assert orders["camera_files"] == {CAMERA: sha256(MOVED)}
    page = operator.get(f"{PAGE}/phien-ban/2").text
    assert "+ends_px = [[35, 62.0], [125, 62.0]]" in page
    with services.database.unit_of_work() as session:
        rows = session.query(CameraFileVersion).order_by(CameraFileVersion.number)
        assert [(row.number, row.author) for row in rows] == [
            (1, f"device:{known.device_id}"),
            (2, "account:truc"),
        ]


def test_a_faulty_file_is_kept_as_a_draft_and_not_published(known, operator):
    broken = GOOD.replace("direction_m = [0, 1]", "direction_m = [0, 0]")
    assert save(operator, broken, "save").status_code == 200
    refused = save(operator, broken, "publish", note="Thử nghiệm")
    assert refused.status_code == 422
    assert "road.direction_m" in refused.text
    assert broken.splitlines()[17] in refused.text  # what was typed is still there
    assert operator.get(f"/v1/cameras/{CAMERA}/setup").json()["has_draft"] is True


def test_two_people_do_not_overwrite_one_another(known, operator):
    form = {"content": GOOD, "doing": "save", "expected_version": 0}
    form["csrf_token"] = operator.headers["X-CSRF-Token"]
    assert operator.post(f"{PAGE}/thiet-lap", data=form).status_code == 412


def test_coordinates_put_a_camera_on_the_map(known, operator):
    assert "Chưa camera nào có tọa độ" in operator.get("/dieu-hanh/ban-do").text
    token = {"csrf_token": operator.headers["X-CSRF-Token"]}
    wrong = operator.post(f"{PAGE}/vi-tri", data={"latitude": "bắc", "longitude": "1", **token})
    assert wrong.status_code == 422
    placed = operator.post(f"{PAGE}/vi-tri", data={"latitude": "10,9804", "longitude": "106.6519", **token})
    assert placed.status_code == 303
    assert "10.98040, 106.65190" in operator.get("/dieu-hanh/ban-do").text


def test_officers_set_nothing_up(known, staff):
    officer = staff("canhsat", "officer")
    for page in (PAGE, f"{PAGE}/thiet-lap", "/dieu-hanh/hop", "/dieu-hanh/canh-bao", "/dieu-hanh/ban-do"):
        assert officer.get(page).status_code == 403, page
    assert officer.get(f"/v1/cameras/{CAMERA}/setup").status_code == 403


def test_what_a_box_answered_is_deleted_when_its_days_are_over(known, operator, services):
    from datetime import timedelta

    from backend.cameras import asks
    from backend.database import utc_now

    answer_view(known, operator)
    days = services.settings.box_answers_days
    for later, left in ((days - 1, 200), (days + 1, 404)):
        with services.database.unit_of_work() as session:
            asks.forget(session, utc_now() + timedelta(days=later), kept_days=days)
        assert operator.get(f"/v1/cameras/{CAMERA}/picture").status_code == left
