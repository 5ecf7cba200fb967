from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penalty.plates import canonical, classify, display, is_ambiguous, masked, patterns, provinces

CASES = [
    ("61B-000.01", "61B00001", {"car_white_yellow_5", "car_blue_5"}),
    ("51A-123.45", "51A12345", {"car_white_yellow_5", "car_blue_5", "moto_4_old"}),
    ("59S2-1234", "59S21234", {"car_white_yellow_5", "moto_4_old"}),
    ("59-X1 123.45", "59X112345", {"moto_white_5_old"}),
    ("59-A1 123.45", "59A112345", {"moto_blue_5", "moto_white_5_old"}),
    ("59-AB 123.45", "59AB12345", {"moto_white_5_new"}),
    ("29-LD 123.45", "29LD12345", {"moto_white_5_new", "legacy_series"}),
    ("29-KT 123.45", "29KT12345", {"moto_white_5_new", "special_series"}),
    ("29-MĐ1 123.45", "29MD112345", {"moto_electric_old"}),
    ("51RM-012.34", "51RM01234", {"special_series"}),
    ("51F-1234", "51F1234", {"car_4_old"}),
    ("80-011-QT-01", "80011QT01", {"foreign_car"}),
    ("29-123-NN-456", "29123NN456", {"foreign_moto"}),
    ("TM-22-33", "TM2233", {"military"}),
    ("13A-123.45", "13A12345", set()),
    ("51O-123.45", "51O12345", set()),
    ("51A-000.00", "51A00000", set()),
    ("", "", set()),
]


@pytest.mark.parametrize(("text", "plain", "names"), CASES)
def test_canonical_form_and_classes(text: str, plain: str, names: set[str]) -> None:
    assert canonical(text) == plain
    assert {reading.name for reading in classify(text)} == names


@pytest.mark.parametrize("pattern", patterns(), ids=lambda pattern: pattern.name)
def test_the_display_form_of_every_class_is_that_of_the_table(pattern: object) -> None:
    shown = pattern.example_display  # type: ignore[attr-defined]
    readings = {reading.name: reading.display for reading in classify(shown)}
    assert readings[pattern.name] == shown  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "kind", "colour", "shown"),
    [
        ("51A12345", "car", "white", "51A-123.45"),
        ("51A12345", "motorbike", "white", "51A1-2345"),
        ("59S21234", "motorbike", None, "59S2-1234"),
        ("59S21234", "truck", "yellow", "59S-212.34"),
        ("59a112345", "motorbike", "blue", "59-A1 123.45"),
        ("ABC", None, None, "ABC"),
    ],
)
def test_kind_and_colour_settle_the_display(
    text: str, kind: str | None, colour: str | None, shown: str
) -> None:
    assert display(text, vehicle_kind=kind, ground_colour=colour) == shown


def test_an_unknown_colour_excludes_nothing() -> None:
    assert classify("61B00001", ground_colour="unknown") == classify("61B00001")
    assert classify("61B00001", ground_colour="red") == ()


def test_ambiguity_is_said_until_the_kind_settles_it() -> None:
    assert is_ambiguous("51A12345")
    assert not is_ambiguous("51A12345", vehicle_kind="car")
    assert not is_ambiguous("61B00001")
    assert is_ambiguous("29LD12345")


def test_no_plate_of_a_code_that_is_not_in_use() -> None:
    codes = provinces()
    assert len(codes) == 81
    assert codes["61"]
    for number in range(10, 100):
        assert bool(classify(f"{number}A12345")) is (str(number) in codes)


def test_masking_hides_enough() -> None:
    assert masked("51A12345") == "51A-1**.*5"
    assert masked("59X112345").count("*") == 3


@given(st.text(max_size=20))
def test_canonical_is_stable_and_plain(text: str) -> None:
    once = canonical(text)
    assert canonical(once) == once
    assert all(letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789" for letter in once)


@given(st.sampled_from([pattern.regex.pattern for pattern in patterns()]).flatmap(st.from_regex))
def test_every_plate_reads_back_from_its_display(text: str) -> None:
    for reading in classify(text.strip()):
        assert canonical(reading.display) == reading.canonical
