"""A company asks, an officer verifies, its program looks up its own vehicles and nobody else's."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from backend.audit.models import AuditEntry
from backend.errors import Problem
from backend.fleets import checking, keys
from backend.fleets.models import ApiKey, ApiKeyUse, Company, CompanyPlate
from backend.owners.registry import OutsideUnavailableError


def test_a_company_from_asking_to_its_first_look_up(firm, client):
    firm.case.notified(kind="truck")
    plates = f"{firm.truck['plate']}, xe tải\n{firm.foreign['plate']}, motorbike\n51C99999, truck"
    firm.verified(plates)
    assert {one.plate: one.reason for one in firm.case.rows(CompanyPlate)} == {
        firm.truck["plate"]: None,
        firm.foreign["plate"]: "other_owner",
        "51C99999": "not_registered",
    }
    asked = firm.case.rows(AuditEntry, AuditEntry.action == "company.registry_asked")
    assert ["canhsat" in line.actor for line in asked] == [True]
    home = firm.browser.get("/doanh-nghiep").text
    assert firm.truck["plate"] in home
    assert "Đã xác minh" in home

    key, dossier = firm.key(), firm.case.dossier()
    listed = client.get("/v1/fleet/cases", headers=key).json()
    assert [one["id"] for one in listed["items"]] == [str(firm.case.id)]
    assert client.get(f"/v1/fleet/cases/{firm.case.id}", headers=key).json()["state"] == "notified"
    body = f"plate,kind\n{dossier.plate_display},\n{firm.foreign['plate']},\n51A12346,car\n=1+1,\n"
    answer = client.post("/v1/fleet/lookups", headers=key, content=body.encode())
    rows = answer.json()["rows"]
    assert [(one["row"], one["code"], len(one["cases"])) for one in rows] == [
        (2, "ok", 1),
        (3, "not_yours", 0),
        (4, "not_yours", 0),
        (5, "plate_unreadable", 0),
    ]
    # A registered plate of somebody else and one that does not exist get the same words.
    assert rows[1]["vi"] == rows[2]["vi"]
    as_csv = client.post(
        "/v1/fleet/lookups", headers={**key, "Accept": "text/csv"}, content=body.encode()
    ).content
    lines = list(csv.DictReader(io.StringIO(as_csv.decode("utf-8-sig"))))
    assert [line["status"] for line in lines] == ["ok", "not_yours", "not_yours", "plate_unreadable"]
    assert lines[0]["notice_number"] == dossier.notice_number
    assert lines[3]["plate"] == "'=1+1"
    owner = firm.truck["owner"]
    assert not [one for one in (owner["name"], owner["id_number"], owner["phone"]) if one in answer.text]


def test_the_page_looks_up_as_the_program_does(firm):
    firm.case.notified(kind="truck")
    firm.verified()
    page = firm.post("/tra-cuu", plates=f"{firm.truck['plate']}\nabc\n").text
    assert "1 vụ việc" in page
    assert "Không phải biển số Việt Nam" in page
    files = {"file": ("xe.csv", f"plate\n{firm.truck['plate']}\n".encode(), "text/csv")}
    as_json = firm.post("/tra-cuu", files=files, format="json")
    assert len(json.loads(as_json.content)["rows"][0]["cases"]) == 1
    assert firm.post("/tra-cuu", plates=firm.truck["plate"], format="csv").content.startswith(b"\xef\xbb\xbf")
    broken = firm.post("/tra-cuu", files={"file": ("xe.csv", b"\xff\xfe\x00", "text/csv")})
    assert broken.status_code == 422
    assert "CSV UTF-8" in broken.text


def test_a_form_with_faults_names_them_and_nothing_is_kept(firm):
    page = firm.post("", person="", phone="", plates="51C12345\nabc, truck")
    assert page.status_code == 422
    for words in ("Nhập người liên hệ", "Nhập số điện thoại", "Gửi ảnh giấy đăng ký", "Thiếu loại xe", "abc"):
        assert words in page.text
    assert firm.case.rows(Company) == []
    assert firm.ask(csrf_token="guessed").status_code == 403


def test_people_are_not_companies(eid, new_client, outside):
    person = new_client()
    eid.sign_in(person, outside.registration("good", "motorbike")["owner"]["id_number"])
    cookie = person.cookies.get("pn_citizen", path="/cua-toi")
    person.cookies.set("pn_citizen", cookie, path="/doanh-nghiep")
    answer = person.get("/doanh-nghiep")
    assert answer.status_code == 403
    assert "tài khoản tổ chức" in answer.text
    stranger = new_client()
    assert "Dành cho doanh nghiệp" in stranger.get("/doanh-nghiep").text
    assert stranger.get("/doanh-nghiep/khoa").headers["location"] == "/cua-toi/dang-nhap"


def test_an_officer_refuses_verifies_and_suspends(firm, client):
    firm.ask()
    assert "Chờ xác minh" in firm.browser.get("/doanh-nghiep").text
    assert firm.browser.get("/doanh-nghiep/khoa").status_code == 403
    assert firm.staff("xac-minh").status_code == 409
    assert firm.staff("tu-choi", reason="không").status_code == 422
    assert firm.staff("tu-choi", expected_version=99, reason="Giấy tờ không đọc được.").status_code == 412
    paper = firm.case.officer.get(f"/canh-sat/doanh-nghiep/{firm.company().id}/giay-to/1")
    assert paper.headers["content-type"] == "image/jpeg"
    assert firm.staff("tu-choi", reason="Giấy tờ không đọc được.").status_code == 303
    assert "Giấy tờ không đọc được." in firm.browser.get("/doanh-nghiep").text

    firm.verified()
    key = firm.key()
    assert client.get("/v1/fleet/vehicles", headers=key).json()["items"][0]["state"] == "verified"
    assert firm.staff("tam-ngung", reason="Nghi khóa đã bị lộ ra ngoài.").status_code == 303
    assert client.get("/v1/fleet/vehicles", headers=key).status_code == 403
    assert firm.staff("xac-minh").status_code == 303
    assert client.get("/v1/fleet/vehicles", headers=key).status_code == 200
    assert firm.post("/ngung").status_code == 303
    assert client.get("/v1/fleet/vehicles", headers=key).status_code == 401


def test_a_silent_registry_is_asked_again(firm, services):
    firm.ask()
    firm.case.outside.faults(registry_down=True)
    firm.staff("dang-ky-xe")
    [plate] = firm.case.rows(CompanyPlate)
    from tests.backend.world import registered

    with pytest.raises(OutsideUnavailableError):
        registered("fleets.check_plate")(services, plate_id=str(plate.id))
    page = firm.case.officer.get(f"/canh-sat/doanh-nghiep/{firm.company().id}").text
    assert "hệ thống sẽ hỏi lại" in page
    firm.case.outside.mend()
    firm.case.jobs()
    [plate] = firm.case.rows(CompanyPlate)
    assert (plate.state, plate.last_error) == ("verified", None)


def test_vehicles_come_and_go(firm, client):
    firm.verified()
    key = firm.key()
    wrong = firm.post("/xe", plates="51C55555, truck\nabc, truck")
    assert wrong.status_code == 422
    assert "Chưa thêm xe nào" in wrong.text
    assert firm.post("/xe", plates="51C55555, truck").status_code == 303
    states = {
        one["plate"]: one["state"] for one in client.get("/v1/fleet/vehicles", headers=key).json()["items"]
    }
    assert states == {firm.truck["plate"]: "verified", "51C55555": "asked"}
    [mine] = firm.case.rows(CompanyPlate, CompanyPlate.plate == firm.truck["plate"])
    firm.post(f"/xe/{mine.id}/bo")
    body = firm.truck["plate"].encode()
    answer = client.post("/v1/fleet/lookups", headers=key, content=body).json()
    assert answer["rows"][0]["code"] == "not_yours"


def test_a_case_of_another_owner_is_not_shown_although_the_plate_is_on_the_list(firm, client, services):
    """The vehicle was sold: the registry of the day of the act names somebody else."""
    from backend.owners.models import OwnerLookup

    firm.case.notified(kind="truck")
    firm.verified()
    key = firm.key()
    with services.database.unit_of_work() as session:
        session.execute(update(OwnerLookup).values(id_number_index="somebody else"))
    assert client.get("/v1/fleet/cases", headers=key).json()["items"] == []
    assert client.get(f"/v1/fleet/cases/{firm.case.id}", headers=key).status_code == 404
    row = client.post("/v1/fleet/lookups", headers=key, content=firm.truck["plate"].encode()).json()["rows"][
        0
    ]
    assert (row["code"], row["cases"]) == ("ok", [])


def test_keys_are_shown_once_hashed_scoped_and_end(firm, client, services):
    firm.verified()
    key = firm.key("webhooks")
    text = key["Authorization"].removeprefix("Bearer ")
    assert text not in firm.browser.get("/doanh-nghiep/khoa").text
    [row] = firm.case.rows(ApiKey)
    assert text not in {row.prefix, row.secret_hash, row.name}
    refused = client.get("/v1/fleet/cases", headers=key)
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")
    good = firm.key("cases")
    assert client.get("/v1/fleet/cases", headers=good).status_code == 200
    changed = good["Authorization"][:-1] + ("A" if good["Authorization"][-1] != "A" else "B")
    for wrong in (
        {},
        {"Authorization": changed},
        {"Authorization": "Bearer pnk__"},
        {"Authorization": "Basic x"},
    ):
        answer = client.get("/v1/fleet/cases", headers=wrong)
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    [mine] = firm.case.rows(ApiKey, ApiKey.scopes == ["cases"])
    firm.post(f"/khoa/{mine.id}/thu-hoi")
    assert client.get("/v1/fleet/cases", headers=good).status_code == 401
    late = datetime.now(UTC) + keys.LIVES + timedelta(days=1)
    with pytest.raises(Problem, match="key_wrong"):
        keys.admit(services, text, "webhooks", late)


def test_a_key_has_so_many_calls_a_minute(firm, services):
    firm.verified()
    text = firm.key("cases")["Authorization"].removeprefix("Bearer ")
    at = datetime.now(UTC).replace(second=10)
    most = services.settings.fleet_calls_a_minute
    with services.database.unit_of_work() as session:
        [key] = session.query(ApiKey).all()
        minute = at.replace(second=0, microsecond=0)
        session.add(ApiKeyUse(key_id=key.id, minute=minute, calls=most - 1))
    assert keys.admit(services, text, "cases", at).key_id == key.id
    with pytest.raises(Problem) as refused:
        keys.admit(services, text, "cases", at)
    assert refused.value.headers == {"Retry-After": "50"}
    assert keys.admit(services, text, "cases", at + timedelta(minutes=1))


@pytest.mark.parametrize(
    ("kind", "ours", "fault"),
    [
        ("truck", True, None),
        ("pickup", True, None),
        ("car", True, "kind_differs"),
        ("truck", False, "other_owner"),
    ],
)
def test_what_the_registry_must_say(kind, ours, fault):
    from backend.owners.registry import Registration

    answer = Registration.model_validate(
        {
            "updated_at": "2026-01-01",
            "vehicle": {"kind": kind},
            "owner": {"kind": "organisation", "name": "MẪU", "id_number": "0000000006"},
        }
    )
    assert checking.fault(answer, "truck", ours=ours) == fault
    assert checking.fault(None, "truck", ours=ours) == "not_registered"
