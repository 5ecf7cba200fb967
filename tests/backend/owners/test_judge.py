from __future__ import annotations

from datetime import UTC, datetime

import pytest

from backend.owners.judge import judge
from backend.owners.registry import Registration

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
