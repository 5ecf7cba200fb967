from __future__ import annotations

from datetime import UTC, datetime

import pytest

from backend.owners.body_colour import Paint
from backend.owners.judge import judge
from backend.owners.registry import Registration

RED = Paint("red", 0.92, "#b02830")
NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


def registration(**changes):
    vehicle = {"kind": "car", "ground_colour": "white", **changes.pop("vehicle", {})}
    owner = {"kind": "person", "name": "TRẦN THỊ THỬ NGHIỆM", "id_number": "000190000001"}
    record = {"updated_at": "2026-01-05", "vehicle": vehicle, "owner": owner, **changes}
    return Registration.model_validate(record)


@pytest.mark.parametrize(
    ("answer", "seen", "state", "codes"),
    [
        (registration(), {}, "found", []),
        (None, {}, "missing", ["not_registered"]),
        (registration(vehicle={"kind": "motorbike"}), {}, "conflict", ["kind_differs"]),
        (registration(vehicle={"kind": "van"}), {}, "found", []),
        (registration(vehicle={"ground_colour": "yellow"}), {}, "conflict", ["ground_colour_differs"]),
        (registration(vehicle={"ground_colour": "yellow"}), {"ground_colour": "unknown"}, "found", []),
        (registration(vehicle={"ground_colour": None}), {}, "found", []),
        (registration(vehicle={"colour": "trắng"}), {"colour": RED}, "conflict", ["colour_differs"]),
        (registration(vehicle={"colour": "Đỏ - đen"}), {"colour": RED}, "found", []),
        (registration(vehicle={"colour": "cam"}), {"colour": RED}, "found", []),
        (registration(vehicle={"colour": None}), {"colour": RED}, "found", []),
        (registration(vehicle={"colour": "trắng"}), {"colour": None}, "found", []),
        (registration(updated_at="2021-11-25"), {}, "found", []),
        (registration(updated_at="2021-11-24"), {}, "found", []),
        (registration(updated_at="2021-11-23"), {}, "stale", ["record_old"]),
        (registration(updated_at="2021-11-23T17:30:00Z"), {}, "found", []),  # the 24th in Vietnam
        (registration(), {"person_confirmed": False}, "conflict", ["person_not_confirmed"]),
        (
            registration(updated_at="2014-03-05", vehicle={"kind": "bus"}),
            {},
            "conflict",
            ["kind_differs", "record_old"],
        ),
    ],
)
def test_what_goes_to_a_person(answer, seen, state, codes):
    verdict = judge(answer, **{"vehicle_kind": "car", "ground_colour": "white", "now": NOW, **seen})
    assert (verdict.state, [doubt.code for doubt in verdict.doubts]) == (state, codes)


def test_a_difference_is_told_in_words_that_people_know():
    answer = registration(vehicle={"kind": "motorbike", "colour": "trắng"})

    told = judge(answer, vehicle_kind="car", ground_colour="white", colour=RED, now=NOW).doubts

    assert [doubt.vi for doubt in told] == [
        "Camera thấy ô tô con, đăng ký ghi mô tô, xe gắn máy: biển số bị dùng trùng, hay đọc nhầm?",
        "Xe trong ảnh màu đỏ, đăng ký ghi “trắng”: biển số bị dùng trùng, hay đọc nhầm?",
    ]
    kind, colour = (doubt.en.removesuffix(": a cloned plate, or a misread one?") for doubt in told)
    assert kind == "The camera saw: car; the registration says: motorbike"
    assert colour == "The vehicle in the pictures is painted red, the registration says “trắng (white)”"
