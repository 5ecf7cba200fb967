"""What administrators do to accounts on their pages, and what they cannot do."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from backend.accounts import people
from backend.accounts.models import Account, AccountSession
from backend.audit.models import AuditEntry
from backend.database import utc_now
from tests.backend.factories import PASSWORD, make_account
from tests.backend.places.test_scope import WARDS

NEW = {
    "username": "can-bo-moi",
    "full_name": "CÁN BỘ THỬ NGHIỆM MỚI",
    "title": "Cán bộ",
    "unit": "Đội 1 (thử nghiệm)",
    "role": ["officer", "team_chief"],
    "position": "officer",
    "area_code": "*",
    "basis": "QĐ 12 (thử nghiệm)",
}


@pytest.fixture
def admin(staff):
    return staff("quan-tri", "administrator")


def person(services, username: str) -> Account:
    with services.database.unit_of_work() as session:
        return session.scalars(select(Account).where(Account.username == username)).one()


def opened(admin, **changes):
    return admin.post("/quan-tri/tai-khoan", data={**NEW, **changes})


def test_a_new_person_signs_in_with_the_password_told_once_and_must_replace_it(admin, services, new_client):
    told = opened(admin)
    password = re.search(r'class="told">([^<]+)<', told.text)[1]
    made = person(services, "can-bo-moi")
    assert (made.roles, made.signing_limit_vnd > 0, made.must_change_password) == (
        ["officer", "team_chief"],
        True,
        True,
    )
    answer = new_client().post("/dang-nhap", data={"username": "can-bo-moi", "password": password})
    assert answer.headers["location"] == "/tai-khoan/mat-khau"
    assert "CÁN BỘ THỬ NGHIỆM MỚI" in admin.get("/quan-tri").text


FAULTY = [
    ({"username": "Có dấu"}, 422, "Tên đăng nhập: 3 đến 40"),
    ({"username": "quan-tri"}, 409, "đã có người dùng"),
    ({"role": []}, 422, "Chọn ít nhất một vai trò"),
    ({"role": ["king"]}, 422, "Chọn ít nhất một vai trò"),
    ({"basis": ""}, 422, "từ 2 đến 200"),
    ({"position": "king"}, 422, "Không có chức danh này"),
    ({"area_code": "nowhere"}, 422, "Không có địa bàn này"),
]


def test_a_faulty_form_comes_back_with_what_was_typed(admin):
    for changes, status, said in FAULTY:
        answer = opened(admin, **changes)
        assert answer.status_code == status, changes
        assert said in answer.text
        assert "Đội 1 (thử nghiệm)" in answer.text


def test_roles_offices_and_areas_change_with_their_days(admin, services, staff):
    member = staff("doi-truong", "officer")
    account = person(services, "doi-truong")
    here = f"/quan-tri/tai-khoan/{account.id}"
    with services.database.unit_of_work() as session:
        from backend.places.service import import_areas

        import_areas(session, WARDS, by="system")
    basis = {"basis": "QĐ 7 (thử nghiệm)"}

    form = {**NEW, "role": ["commune"], "expected_version": account.version}
    assert admin.post(here, data=form).status_code == 303
    assert admin.post(here, data=form).status_code == 412
    assert member.get("/canh-sat").status_code == 403

    office = {"position": "commune_chief", "valid_from": "2026-01-01", **basis}
    assert admin.post(f"{here}/chuc-danh", data={**office, "valid_to": "2025-01-01"}).status_code == 422
    assert admin.post(f"{here}/chuc-danh", data={**office, "valid_from": "soon"}).status_code == 422
    assert admin.post(f"{here}/chuc-danh", data=office).status_code == 303
    assert person(services, "doi-truong").signing_limit_vnd > 0
    assert admin.post(f"{here}/dia-ban", data={"area_code": "TN-1", **basis}).status_code == 303
    changed = person(services, "doi-truong")
    whole = next(one for one in changed.jurisdictions if one.area_code == "*")
    assert admin.post(f"{here}/dia-ban/{whole.id}/ket-thuc").status_code == 303
    assert admin.post(f"{here}/chuc-danh/{changed.appointments[0].id}/ket-thuc").status_code == 303
    page = admin.get(here).text
    assert "QĐ 7 (thử nghiệm)" in page
    assert page.count("Kết thúc hôm nay") == 1


def test_a_role_that_needs_a_second_factor_ends_sessions_that_had_none(admin, services, staff):
    member = staff("len-chuc", "officer")
    account = person(services, "len-chuc")

    def change(role, version):
        with services.database.unit_of_work() as session:
            kept = session.get_one(Account, account.id)
            who = {"full_name": kept.full_name, "title": kept.title, "unit": kept.unit, "issuer": None}
            by = session.scalars(select(Account).where(Account.username == "quan-tri")).one()
            people.change(
                session,
                kept,
                **who,
                roles=("officer", role),
                expected_version=version,
                strict_roles=("team_chief",),
                by=by,
                now=utc_now(),
            )

    change("accountant", account.version)
    assert member.get("/v1/sessions/current").status_code == 200
    change("team_chief", account.version + 1)
    assert member.get("/v1/sessions/current").status_code == 401


def test_a_closed_account_and_an_ended_session_open_nothing(admin, services, staff):
    member = staff("nghi-viec", "officer")
    account = person(services, "nghi-viec")
    here = f"/quan-tri/tai-khoan/{account.id}"
    with services.database.unit_of_work() as session:
        (sitting,) = session.scalars(
            select(AccountSession.id).where(AccountSession.account_id == account.id)
        ).all()
    assert "nghi-viec" in admin.get("/quan-tri").text
    assert str(sitting) in admin.get("/quan-tri/phien").text
    assert admin.post(f"{here}/phien/{sitting}/ket-thuc").status_code == 303
    assert member.get("/v1/sessions/current").status_code == 401
    assert admin.post(f"{here}/dong").status_code == 303
    credentials = {"username": "nghi-viec", "password": PASSWORD}
    assert member.post("/v1/sessions", json=credentials).status_code == 401
    assert admin.post(f"{here}/mo").status_code == 303
    assert member.post("/v1/sessions", json=credentials).status_code == 201
    assert "told" in admin.post(f"{here}/mat-khau").text
    assert member.post("/v1/sessions", json=credentials).status_code == 401
    with services.database.unit_of_work() as session:
        acts = session.scalars(
            select(AuditEntry.action)
            .where(AuditEntry.actor == "account:quan-tri", AuditEntry.subject_type == "account")
            .order_by(AuditEntry.seq)
        ).all()
    assert acts[1:] == [
        "session.ended",
        "account.closed",
        "account.opened",
        "account.password_reset",
        "sessions.ended",
    ]


def test_nobody_does_it_to_himself(admin, services):
    here = f"/quan-tri/tai-khoan/{person(services, 'quan-tri').id}"
    for what in ("dong", "mat-khau", "chuc-danh"):
        answer = admin.post(f"{here}/{what}", data={"position": "officer", "basis": "QĐ 1"})
        assert answer.status_code == 409, what
        assert "Không tự làm việc này" in answer.text


def test_a_file_of_areas_is_taken_in_or_refused_whole(admin, services):
    with services.database.unit_of_work() as session:
        make_account(session, "khac", "officer")
    sent = {"file": ("phuong.csv", WARDS.encode("utf-8"), "text/csv")}
    assert admin.post("/quan-tri/dia-ban", files=sent).status_code == 303
    assert "TN-1" in admin.get("/quan-tri/dia-ban?done=imported").text
    for content in (b"\xff\xfe\x00", b"code,level\n1,2\n", WARDS.replace("ward", "planet").encode()):
        answer = admin.post("/quan-tri/dia-ban", files={"file": ("x.csv", content, "text/csv")})
        assert answer.status_code == 422
        assert 'role="alert"' in answer.text
