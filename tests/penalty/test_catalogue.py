from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penalty import catalogue
from penalty.catalogue import CatalogueError, Circumstances, NeedsOfficerError, total_points

LAW = catalogue.load()
DAY = date(2026, 11, 23)
CAMERA_ACTS = sorted(
    {
        (row.act, row.vehicle_class)
        for row in LAW.rows
        if row.subject == "driver" and row.vehicle_class in catalogue.VEHICLE_KINDS and len(row.points) == 1
    }
)


@pytest.mark.parametrize(
    ("act", "kind", "expected"),
    [
        ("red_light", "car", ("CAR-6-9-b", 19_000_000, 4, True)),
        ("red_light", "truck", ("CAR-6-9-b", 19_000_000, 4, True)),
        ("red_light", "bus", ("CAR-6-9-b", 19_000_000, 4, True)),
        ("red_light", "motorbike", ("MC-7-7-c", 5_000_000, 4, False)),
        ("red_light", "bicycle", ("BIC-9-2-dd", 200_000, 0, False)),
        ("speed_5_10", "car", ("CAR-6-3-a", 900_000, 0, False)),
        ("speed_10_20", "car", ("CAR-6-5-dd", 5_000_000, 2, False)),
        ("speed_20_35", "car", ("CAR-6-6-a", 7_000_000, 4, False)),
        ("speed_over_35", "car", ("CAR-6-7-a", 13_000_000, 6, False)),
        ("speed_5_10", "motorbike", ("MC-7-2-b", 500_000, 0, False)),
        ("speed_10_20", "motorbike", ("MC-7-4-a", 900_000, 0, False)),
        ("speed_over_20", "motorbike", ("MC-7-8-a", 7_000_000, 4, False)),
        ("overload_10_30", "truck", ("TRK-21-2-a", 900_000, 0, False)),
    ],
)
def test_the_amount_is_the_average_of_the_band(
    act: str, kind: str, expected: tuple[str, int, int, bool]
) -> None:
    found = LAW.assess(act, kind, DAY)
    assert (found.code, found.fine_vnd, found.points, found.explanation_right) == expected
    assert found.fine_vnd * 2 == found.min_vnd + found.max_vnd


def test_the_sentence_says_act_band_amount_points_and_article() -> None:
    found = LAW.assess("red_light", "car", DAY)
    assert found.sentence_vi == (
        "Không chấp hành hiệu lệnh của đèn tín hiệu giao thông: phạt từ 18.000.000 đồng đến 20.000.000 đồng, "
        "mức áp dụng 19.000.000 đồng, trừ 4 điểm giấy phép lái xe "
        "(điểm b khoản 9 Điều 6 Nghị định 168/2024/NĐ-CP)."
    )
    assert "VND 19,000,000, 4 licence points (point b, clause 9, Article 6" in found.sentence_en


@pytest.mark.parametrize(
    ("mitigating", "aggravating", "fine_vnd"),
    [(0, 0, 19_000_000), (1, 1, 19_000_000), (2, 0, 18_000_000), (3, 1, 18_000_000), (0, 2, 20_000_000)],
)
def test_two_circumstances_left_move_to_an_end_of_the_band(
    mitigating: int, aggravating: int, fine_vnd: int
) -> None:
    given_ones = Circumstances(mitigating=mitigating, aggravating=aggravating)
    assert LAW.assess("red_light", "car", DAY, circumstances=given_ones).fine_vnd == fine_vnd


@pytest.mark.parametrize(
    ("given_ones", "fine_vnd"),
    [
        (Circumstances(1, 0, 18_500_000, "Thành thật hối lỗi"), 18_500_000),
        (Circumstances(0, 1, 19_500_000, "Vi phạm nhiều lần"), 19_500_000),
    ],
)
def test_one_circumstance_left_is_the_officers_choice_with_a_reason(
    given_ones: Circumstances, fine_vnd: int
) -> None:
    assert LAW.assess("red_light", "car", DAY, circumstances=given_ones).fine_vnd == fine_vnd


@pytest.mark.parametrize(
    ("given_ones", "says"),
    [
        (Circumstances(mitigating=1), "choose an amount from 18.000.000 đồng to 19.000.000 đồng"),
        (Circumstances(1, 0, 18_500_000, "  "), "give a reason"),
        (Circumstances(1, 0, 17_000_000, "x"), "must lie from"),
        (Circumstances(1, 0, 19_500_000, "x"), "must lie from"),
        (Circumstances(0, 1, 18_500_000, "x"), "must lie from"),
        (Circumstances(0, 0, 18_500_000, "x"), "the law fixes the amount"),
        (Circumstances(2, 0, 18_500_000, "x"), "the law fixes the amount"),
    ],
)
def test_a_choice_that_is_missing_or_not_free_is_refused(given_ones: Circumstances, says: str) -> None:
    with pytest.raises(NeedsOfficerError, match=says):
        LAW.assess("red_light", "car", DAY, circumstances=given_ones)


def test_negative_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="0 or more"):
        LAW.assess("red_light", "car", DAY, circumstances=Circumstances(mitigating=-2))


@pytest.mark.parametrize(
    ("act", "kind", "on", "says"),
    [
        ("flying", "car", DAY, "act 'flying': not in the catalogue"),
        ("red_light", "boat", DAY, "vehicle_kind 'boat': expected one of car, bus"),
        ("speed_over_35", "motorbike", DAY, "no fine for a motorbike"),
        ("red_light", "car", date(2024, 12, 31), "no version in force on 2024-12-31"),
        ("child_front_seat", "car", date(2026, 8, 14), "no version in force on 2026-08-14"),
    ],
)
def test_what_the_catalogue_does_not_know_is_said(act: str, kind: str, on: date, says: str) -> None:
    with pytest.raises(CatalogueError, match=says):
        LAW.assess(act, kind, on)


def test_an_act_is_in_force_from_its_first_day() -> None:
    assert LAW.assess("child_front_seat", "car", date(2026, 8, 15)).fine_vnd == 900_000
    assert LAW.assess("red_light", "car", date(2025, 1, 1)).fine_vnd == 19_000_000


def test_a_warning_is_a_sanction_without_money() -> None:
    found = LAW.assess("child_restraint", "car", DAY)
    assert found.is_warning
    assert found.fine_vnd == 0
    assert "cảnh cáo" in found.sentence_vi


def test_suspension_of_the_licence_opens_the_right_to_explain() -> None:
    assert LAW.assess("weaving", "motorbike", DAY).explanation_right


def test_an_organisation_is_fined_double_without_points_and_unsure() -> None:
    found = LAW.assess("red_light", "car", DAY, liable="organisation")
    assert (found.min_vnd, found.max_vnd, found.fine_vnd) == (36_000_000, 40_000_000, 38_000_000)
    assert found.points == 0
    assert found.confidence == "unconfirmed"
    assert found.explanation_right
    assert not LAW.assess("speed_over_35", "car", DAY, liable="organisation").explanation_right


def test_a_printed_organisation_band_is_used_as_it_stands() -> None:
    found = LAW.assess("false_statement", "car", DAY, liable="organisation")
    assert (found.min_vnd, found.max_vnd) == (60_000_000, 64_000_000)
    assert found.confidence == "read-primary"


def test_points_that_depend_on_the_degree_are_asked_for() -> None:
    with pytest.raises(NeedsOfficerError, match=r"allows \(0, 4, 10\)"):
        LAW.assess("too_many_passengers", "bus", DAY)
    with pytest.raises(NeedsOfficerError, match="points 5"):
        LAW.assess("too_many_passengers", "bus", DAY, points=5)
    assert LAW.assess("too_many_passengers", "bus", DAY, points=4).points == 4


def test_several_acts_take_only_the_largest_deduction() -> None:
    both = (LAW.assess("red_light", "car", DAY), LAW.assess("speed_over_35", "car", DAY))
    assert total_points(both) == 6
    assert total_points(()) == 0


@pytest.mark.parametrize(
    ("max_vnd", "lowest"),
    [
        (600_000, "officer"),
        (7_500_000, "officer"),
        (7_500_001, "company_commander"),
        (15_000_000, "company_commander"),
        (20_000_000, "team_chief"),
        (22_500_001, "commune_chief"),
        (26_000_000, "commune_chief"),
        (40_000_000, "division_head"),
        (75_000_000, "provincial_director"),
    ],
)
def test_the_lowest_who_may_sign(max_vnd: int, lowest: str) -> None:
    assert LAW.who_may_sign(max_vnd, DAY)[0].signatory == lowest


def test_signing_power_is_double_for_organisations_and_ends_somewhere() -> None:
    assert LAW.may_sign("team_chief", 45_000_000, DAY, liable="organisation")
    assert not LAW.may_sign("team_chief", 45_000_001, DAY, liable="organisation")
    assert LAW.who_may_sign(75_000_001, DAY) == ()
    assert not LAW.may_sign("operator", 1, DAY)


def test_no_signing_table_before_its_day() -> None:
    with pytest.raises(CatalogueError, match="no table in force on 2024-12-31"):
        LAW.who_may_sign(1, date(2024, 12, 31))


@pytest.mark.parametrize(
    ("max_vnd", "lowest"),
    [
        (400_000, "officer"),
        (1_000_000, "company_commander"),
        (2_000_000, "commune_chief"),
        (14_000_000, "division_head"),
        (20_000_000, "provincial_director"),
        (40_000_000, "department_director"),
    ],
)
def test_before_15_august_2026_the_powers_were_lower_and_we_say_that_we_did_not_read_them(
    max_vnd: int, lowest: str
) -> None:
    able = LAW.who_may_sign(max_vnd, date(2026, 8, 14))
    assert able[0].signatory == lowest
    assert {power.confidence for power in able} == {"general-knowledge"}
    after = {power.signatory: power.max_vnd for power in LAW.who_may_sign(0, date(2026, 8, 15))}
    assert all(after.get(power.signatory, power.max_vnd) >= power.max_vnd for power in able)


@pytest.mark.parametrize(
    ("given_ones", "says_vi", "says_en"),
    [
        (Circumstances(), "trung bình của khung: không có tình tiết", "Average of the band: no aggravating"),
        (Circumstances(1, 1), "bù trừ hết", "which cancel out"),
        (Circumstances(2, 0), "Mức tối thiểu của khung: 2 tình tiết giảm nhẹ", "Minimum of the band"),
        (Circumstances(0, 3), "Mức tối đa của khung", "3 aggravating are left"),
        (
            Circumstances(1, 0, 18_500_000, "Thành thật hối lỗi"),
            "Lý do: Thành thật hối lỗi",
            "one mitigating",
        ),
    ],
)
def test_the_amount_explains_itself_with_the_count_and_the_rule(
    given_ones: Circumstances, says_vi: str, says_en: str
) -> None:
    found = LAW.assess("red_light", "car", DAY, circumstances=given_ones)
    assert says_vi in found.amount_reason_vi
    assert says_en in found.amount_reason_en
    assert "Nghị định 118/2021/NĐ-CP Điều 9" in found.amount_reason_vi


def test_an_owner_who_does_not_help_is_fined_for_the_act_without_points() -> None:
    found = LAW.assess("red_light", "car", DAY, as_owner=True)
    assert (found.fine_vnd, found.points, found.confidence) == (19_000_000, 0, "unconfirmed")
    assert "khoản 8 Điều 47" in found.sentence_vi
    assert "Article 47.8" in found.sentence_en
    company = LAW.assess("red_light", "car", DAY, as_owner=True, liable="organisation")
    assert company.fine_vnd == 38_000_000


def test_a_false_statement_is_an_act_of_its_own_for_any_vehicle() -> None:
    for kind in catalogue.VEHICLE_KINDS:
        found = LAW.assess("false_statement", kind, DAY)
        assert (found.min_vnd, found.max_vnd, found.points) == (30_000_000, 32_000_000, 0)
        assert LAW.who_may_sign(found.max_vnd, DAY)[0].signatory == "commune_chief"


@given(
    st.sampled_from(CAMERA_ACTS),
    st.integers(0, 5),
    st.integers(0, 5),
    st.sampled_from(["person", "organisation"]),
)
def test_the_amount_never_leaves_the_band(
    act_and_kind: tuple[str, str], mitigating: int, aggravating: int, liable: catalogue.Liable
) -> None:
    act, kind = act_and_kind
    given_ones = Circumstances(mitigating=mitigating, aggravating=aggravating)
    try:
        found = LAW.assess(act, kind, DAY, liable=liable, circumstances=given_ones)
    except NeedsOfficerError:
        assert abs(mitigating - aggravating) == 1
        return
    assert found.min_vnd <= found.fine_vnd <= found.max_vnd
    assert 0 <= found.points <= 12


def test_every_act_of_every_kind_is_listed_once() -> None:
    for kind in catalogue.VEHICLE_KINDS:
        codes = [row.code for row in LAW.of_vehicle(kind, DAY)]
        assert len(codes) == len(set(codes)) > 0
