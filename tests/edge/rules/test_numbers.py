from __future__ import annotations

import pytest

from edge.rules.numbers import vi
from edge.rules.red_light_words import accusing


@pytest.mark.parametrize(
    ("value", "digits", "says"), [(1.74, 1, "1,7"), (20.0, 2, "20,00"), (-0.5, 1, "-0,5")]
)
def test_figures_have_a_decimal_comma(value: float, digits: int, says: str) -> None:
    assert vi(value, digits) == says


def test_vietnamese_sentences_say_figures_the_vietnamese_way() -> None:
    first, second = accusing(1.5, 3.6, 46.5, unstoppable=False, heads=())
    assert "1,5 giây" in first.vi
    assert "1.5 s" in first.en
    assert "3,6 m" in second.vi
