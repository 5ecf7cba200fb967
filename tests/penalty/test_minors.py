from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penalty import catalogue
from penalty.catalogue import NO_CIRCUMSTANCES
from penalty.circumstances import Circumstances
from penalty.minors import AgeBand, age_band, age_on, lightened, rules

ACT_ON = date(2026, 11, 20)
LAW = catalogue.load()


@pytest.mark.parametrize(
    ("born_on", "age", "band"),
    [
        (date(2012, 11, 21), 13, AgeBand.UNDER_14),
        (date(2012, 11, 20), 14, AgeBand.FROM_14),
        (date(2010, 11, 21), 15, AgeBand.FROM_14),
        (date(2010, 11, 20), 16, AgeBand.FROM_16),
        (date(2008, 11, 21), 17, AgeBand.FROM_16),
        (date(2008, 11, 20), 18, AgeBand.ADULT),
        (date(1950, 1, 1), 76, AgeBand.ADULT),
        (ACT_ON, 0, AgeBand.UNDER_14),
    ],
)
def test_the_birthday_itself_counts(born_on: date, age: int, band: AgeBand) -> None:
    assert age_on(born_on, ACT_ON) == age
    assert age_band(born_on, ACT_ON) is band


def test_born_on_the_29th_of_february() -> None:
    born_on = date(2008, 2, 29)
    assert age_on(born_on, date(2026, 2, 28)) == 17
    assert age_on(born_on, date(2026, 3, 1)) == 18
    assert age_on(born_on, date(2024, 2, 29)) == 16


def test_an_act_before_the_birth_is_refused() -> None:
    with pytest.raises(ValueError, match="born_on"):
        age_band(date(2026, 11, 21), ACT_ON)


@given(born_on=st.dates(date(1900, 1, 1), ACT_ON), later=st.integers(0, 400))
def test_nobody_grows_younger(born_on: date, later: int) -> None:
    order = list(AgeBand)
    day = date.fromordinal(ACT_ON.toordinal() + later)
    assert order.index(age_band(born_on, ACT_ON)) <= order.index(age_band(born_on, day))


@given(
    circumstances=st.sampled_from(
        [NO_CIRCUMSTANCES, Circumstances(mitigating=2), Circumstances(aggravating=2)]
    ),
    kind=st.sampled_from(["car", "motorbike"]),
    band=st.sampled_from(AgeBand),
)
def test_never_more_than_the_law_leaves(circumstances: Circumstances, kind: str, band: AgeBand) -> None:
    adult = LAW.assess("red_light", kind, ACT_ON, circumstances=circumstances)
    minor = lightened(adult, band)
    percent = {AgeBand.ADULT: 100, AgeBand.FROM_16: 50}.get(band, 0)
    assert minor.fine_vnd == adult.fine_vnd * percent // 100
    assert (minor.min_vnd, minor.max_vnd) == (adult.min_vnd, adult.max_vnd)  # power to sign stays as it was
    assert minor.is_warning is (percent == 0)
    assert minor.points == (adult.points if band is AgeBand.ADULT else 0)


def test_the_reason_is_said_with_its_article_and_its_doubt() -> None:
    minor = lightened(LAW.assess("red_light", "motorbike", ACT_ON), AgeBand.FROM_16)
    assert minor.fine_vnd == 2_500_000
    for said in (minor.sentence_vi, minor.amount_reason_vi):
        assert "từ đủ 16 đến dưới 18 tuổi" in said
        assert "cha mẹ hoặc người giám hộ nộp thay" in said
        assert "Điều 134.3" in said
    assert "parents or guardian pay" in minor.amount_reason_en
    assert minor.confidence == "unconfirmed"
    assert all(rule.confidence != "read-primary" for rule in rules().values())
