"""What the review screen says of the owner: compared, where each field came from, a register down."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from backend.intake.models import Violation
from edge.report import BodyColour, Vehicle


def page_of(case, lang="en", **how):
    case.registration = case.outside.registration(how.pop("fate", "good"), how.pop("kind", None))
    case.box.report_violation(plate=case.registration["plate"], kind=case.registration["kind"], **how)
    item = case.officer.post("/v1/review/next").json()
    case.jobs()
    return case.officer.get(f"/canh-sat/duyet/{item['id']}?lang={lang}").text


def test_the_vehicle_is_compared_and_each_field_names_its_source(case):
    page = page_of(case)
    for words in ("agrees", "HÃNG MẪU", "population database", "vehicle registry", "filled"):
        assert words in page, words
    assert "differs" not in page


def car(name: str, rgb: str, confidence: float = 0.9) -> Vehicle:
    colour = BodyColour(name=name, confidence=confidence, looks=4, agreeing=4, seen_rgb=rgb)
    return Vehicle(kind="car", confidence=0.94, track=7, box_px=(410, 220, 520, 360), colour=colour)


def test_the_colour_that_the_camera_saw_is_compared(case):
    page = page_of(case, kind="car", vehicle=car("white", "#e8e9e7"))
    for words in ("white", "trắng", 'fill="#e8e9e7"'):
        assert words in page, words
    assert "differs" not in page


def test_another_colour_is_a_question_and_waits_for_a_person_with_a_reason(case):
    case.confirmed(kind="car", vehicle=car("red", "#b02830"))
    case.jobs()
    assert case.dossier().state == "owner_lookup"
    address = f"/canh-sat/ho-so/{case.id}"
    for page in (case.officer.get(f"{address}?lang=en").text, case.officer.get(f"{address}/chung-cu").text):
        assert "The vehicle in the pictures is painted red, the registration says “trắng (white)”" in page
        assert "This may be another vehicle." in page
        assert 'fill="#b02830"' in page

    taken = {"basis": "registry", "reason": "Đã gọi chủ xe: xe được sơn lại năm 2025"}
    assert case.officer.post(f"{address}/chu-xe", data=taken).status_code == 303
    case.jobs()

    assert case.dossier().state == "notified"


def corrected(case, colour: str, **changes) -> dict:
    item = case.officer.post("/v1/review/next").json()
    body = {"expected_version": item["version"], "reason": "nhìn rõ trên ảnh", "vehicle_colour": colour}
    answer = case.officer.patch(f"/v1/review/{item['id']}", json=body | changes)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_an_officer_sees_another_paint_than_the_camera(case):
    page_of(case, kind="car", vehicle=car("red", "#b02830"))
    after = corrected(case, "white")
    owner = after["owner_lookup"]
    assert (owner["state"], owner["warnings"], after["vehicle_colour"]) == ("found", [], "white")
    page = case.officer.get(f"/canh-sat/duyet/{after['id']}?lang=vi").text
    for words in ("trắng (cán bộ nhìn ảnh)", "Màu xe: đỏ → <strong>trắng</strong>", "nhìn rõ trên ảnh"):
        assert words in page, words
    assert 'fill="#b02830"' not in page
    act = after["acts"][-1]
    assert (act["before"]["vehicle_colour"], act["after"]["vehicle_colour"]) == ("red", "white")
    assert after["report"]["vehicle"]["colour"]["name"] == "red"  # what the box signed stays

    owner = corrected(case, "black")["owner_lookup"]
    assert (owner["state"], [one["code"] for one in owner["warnings"]]) == ("conflict", ["colour_differs"])
    assert corrected(case, "unknown")["owner_lookup"]["state"] == "found"


def test_a_colour_left_as_it_was_measured_is_not_the_officers(case, services):
    page_of(case, kind="car", vehicle=car("red", "#b02830", 0.5))
    corrected(case, "red", ground_colour="yellow")
    with services.database.unit_of_work() as session:
        assert session.scalars(select(Violation.vehicle_colour_confirmed)).one() is None


def test_a_colour_that_is_not_sure_stops_nothing(case):
    case.confirmed(kind="car", vehicle=car("red", "#b02830", 0.5))
    case.jobs()
    assert case.dossier().state == "notified"


@pytest.mark.parametrize(
    ("fate", "words"),
    [
        ("conflict", ("differs", "The registration does not match the picture")),
        ("stale", ("The registration is old", "sources differ", ">old<")),
        ("missing", ("Not in the registry",)),
    ],
)
def test_doubtful_data_are_shown_as_such(case, fate, words):
    page = page_of(case, fate=fate)
    for one in words:
        assert one in page, one


def test_a_register_that_is_down_is_said_and_nothing_is_lost(case):
    case.outside.faults(registry_down=True)
    page = page_of(case)
    assert "The registry does not answer. Nothing is lost" in page
    assert "Asked 1 times." in page
