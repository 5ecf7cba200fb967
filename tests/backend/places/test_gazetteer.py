"""Which area answers for what, on which day."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.places.gazetteer import Gazetteer, parse_areas, provinces
from penalty.tables import TableError

BEFORE, SINCE = date(2025, 6, 30), date(2025, 7, 1)
HEADING = "code,level,name,parent_code,valid_from,valid_to,successor_code,source,confidence\n"
WARDS = parse_areas(
    HEADING
    + "25747,ward,Phường Mẫu Cũ,74,,2025-06-30,TN-1,test,unconfirmed\n"
    + "TN-1,ward,Phường Thử Nghiệm,79,2025-07-01,,,test,unconfirmed\n"
    + "TN-2,ward,Phường Ví Dụ,79,2025-07-01,,,test,unconfirmed\n"
)
AREAS = Gazetteer((*provinces(), *WARDS))


def test_binh_duong_became_part_of_ho_chi_minh_city():
    assert AREAS.on("74", BEFORE).name == "Bình Dương"
    assert AREAS.on("74", SINCE) is None
    assert AREAS.today("74", BEFORE).name == "Bình Dương"
    assert AREAS.today("74", SINCE).name == "TP. Hồ Chí Minh"
    assert AREAS.within("74", frozenset({"79"}), SINCE)
    assert not AREAS.within("74", frozenset({"79"}), BEFORE)


def test_a_code_may_go_on_under_another_name():
    assert AREAS.on("80", BEFORE).name == "Long An"
    assert AREAS.on("80", SINCE).name == "Tây Ninh"
    assert AREAS.today("72", SINCE).code == "80"


def test_there_are_63_provinces_and_then_34():
    assert sum(area.level == "province" and area.valid(BEFORE) for area in provinces()) == 63
    assert sum(area.level == "province" and area.valid(SINCE) for area in provinces()) == 34


@pytest.mark.parametrize(
    ("granted", "day", "reached"),
    [
        ({"TN-1"}, SINCE, {"TN-1", "25747"}),
        ({"79"}, SINCE, {"79", "74", "77", "TN-1", "TN-2", "25747"}),
        ({"74"}, BEFORE, {"74", "25747"}),
        ({"74"}, SINCE, {"79", "74", "77", "TN-1", "TN-2", "25747"}),
        ({"01"}, SINCE, {"01"}),
        ({"nowhere"}, SINCE, set()),
        (set(), SINCE, set()),
    ],
)
def test_what_a_grant_reaches(granted, day, reached):
    assert AREAS.reach(granted, day) == reached


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)))
def test_every_code_of_any_day_is_answered_for_by_one_area(day):
    country = frozenset({"VN"})
    assert all(AREAS.within(area.code, country, day) for area in provinces() if area.valid(day))
    assert all(AREAS.today(area.code, day) for area in provinces() if area.valid_to and day > area.valid_to)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("TN-1,ward,Phường,79,2025-07-01,2025-06-30,,test,unconfirmed", "must not be before"),
        ("TN-1,village,Phường,79,,,,test,unconfirmed", "expected one of country, province, ward"),
        ("TN-1,ward,Phường,79,,,,test,unconfirmed\nTN-1,ward,Phường,79,2025-07-01,,,t,unconfirmed", "row 3"),
        ("TN-1,ward,,79,,,,test,unconfirmed", "name"),
    ],
)
def test_a_wrong_table_says_where(row, words):
    with pytest.raises(TableError, match=words):
        parse_areas(HEADING + row + "\n")
