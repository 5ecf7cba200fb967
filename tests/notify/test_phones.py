from __future__ import annotations

import pytest

from notify.phones import masked, normalise


@pytest.mark.parametrize(
    "phone",
    ["0900 000 001", "0900000001", "+84 900 000 001", "84900000001", "(090) 000-0001", "0900.000.001"],
)
def test_one_form(phone: str) -> None:
    assert normalise(phone) == "84900000001"


@pytest.mark.parametrize(
    "phone", ["", "113", "0274 3822 123", "0200000001", "84090000000199", "abc", "+1 900 000 0001"]
)
def test_other_numbers_are_refused_without_being_repeated(phone: str) -> None:
    with pytest.raises(ValueError, match="Vietnamese mobile number") as caught:
        normalise(phone)
    assert not phone or phone not in str(caught.value)


def test_masking_keeps_three_figures() -> None:
    assert masked("0900 000 001") == "*******001"
    assert masked("84900000001") == "*******001"
    assert masked("12") == "*******"
