"""Who is made up, and that it shows."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.people import SeenVehicle, World, read_truth

plates = st.from_regex(r"\A[1-9][1-9][A-Z][0-9]{5}\Z")
vehicles = st.builds(
    SeenVehicle,
    plate=plates,
    kind=st.sampled_from(["motorbike", "car", "bus", "truck"]),
    ground_colour=st.sampled_from(["white", "yellow", "blue"]),
    violates=st.booleans(),
)


@given(st.lists(vehicles, max_size=60, unique_by=lambda vehicle: vehicle.plate))
def test_everybody_is_visibly_a_sample_and_nobody_is_twice(seen):
    world = World(seen)

    assert set(world.registrations) == {vehicle.plate for vehicle in seen}
    companies_own = sum(vehicle.kind in {"bus", "truck"} for vehicle in seen)
    minors = 3
    assert len(world.people) == len(world.phones) == minors + len(seen) - max(0, companies_own - 1)
    for person in world.people.values():
        assert person.id_number.startswith("000")
        assert person.phone.startswith("0900000")
        assert any(
            word in person.name
            for word in ("MẪU", "VÍ DỤ", "TRÌNH DIỄN", "MÔ PHỎNG", "THỬ", "GIẢ", "MINH", "THIẾU NIÊN")
        )
        if person.kind == "person":
            assert len(person.id_number) == 12
            assert int(person.id_number[4:6]) == person.birth_date.year % 100
            assert (int(person.id_number[3]) % 2 == 1) == (person.sex == "female")


@given(st.lists(vehicles, max_size=30, unique_by=lambda vehicle: vehicle.plate), st.randoms())
def test_the_same_plates_in_any_order_make_the_same_world(seen, random):
    shuffled = list(seen)
    random.shuffle(shuffled)

    assert World(shuffled).registrations == World(seen).registrations


@pytest.mark.parametrize(
    ("violators", "expected"),
    [
        (0, []),
        (1, ["good"]),
        (2, ["good", "missing"]),
        (4, ["conflict", "good", "missing", "stale"]),
        (6, ["conflict", "good", "good", "good", "missing", "stale"]),
    ],
)
def test_one_violator_each_has_a_troubled_record(violators, expected):
    seen = [
        SeenVehicle(f"61A{n:05d}", "car", "white", "navy", violates=True) for n in range(1, violators + 1)
    ]
    innocent = [SeenVehicle(f"61B{n:05d}", "car", "white", "navy", violates=False) for n in range(1, 4)]
    fates = [World([*seen, *innocent]).registrations[vehicle.plate].fate for vehicle in seen]

    assert sorted(fates) == expected


def test_truth_files_are_found_under_a_folder_and_vehicles_without_a_plate_are_nobodys(tmp_path):
    truth = {
        "vehicles": [
            {
                "id": "x1",
                "class": "car",
                "colour": "navy",
                "plate": {"text": "61A00001", "ground_colour": "yellow"},
            },
            {"id": "x2", "class": "car", "plate": None},
        ],
        "violations": [{"vehicle": "x1"}],
    }
    (tmp_path / "clip").mkdir()
    (tmp_path / "clip" / "truth.json").write_text(json.dumps(truth))

    assert read_truth([tmp_path]) == [SeenVehicle("61A00001", "car", "yellow", "navy", violates=True)]
    assert read_truth([tmp_path / "clip" / "truth.json"]) == read_truth([tmp_path])
