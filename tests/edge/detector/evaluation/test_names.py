"""Other people's names for our classes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.detector.evaluation.names import STATES, SYNONYMS, our_name, plain, state_in


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("motorcycle", "motorbike"),
        ("Xe máy", "motorbike"),
        ("XE_MAY", "motorbike"),
        ("Ô tô", "car"),
        ("xe-buýt", "bus"),
        ("minibus / coach", "bus"),
        ("Lorry", "truck"),
        ("van", "truck"),
        ("xe đạp", "bicycle"),
        ("Pedestrian", "person"),
        ("người đi bộ", "person"),
        ("With Helmet", "helmet"),
        ("Without-Helmet", "no_helmet"),
        ("no_helmet", "no_helmet"),
        ("đội mũ", "helmet"),
        ("không đội mũ", "no_helmet"),
        ("License_Plate", "plate"),
        ("biển số", "plate"),
        ("traffic light", "signal"),
        ("traffic_light_red", "signal"),
        ("red", "signal"),
        ("đèn đỏ", "signal"),
        ("bike", None),
        ("pickup", None),
        ("elephant", None),
        ("", None),
    ],
)
def test_our_name_for_it(theirs: str, ours: str | None) -> None:
    assert our_name(theirs) == ours


@pytest.mark.parametrize(
    ("theirs", "state"),
    [
        ("red", "red"),
        ("yellow", "amber"),
        ("Traffic Light - Yellow", "amber"),
        ("green_light", "green"),
        ("đèn xanh", "green"),
        ("off", "dark"),
        ("traffic light", None),
        ("redcar", None),
        ("car", None),
    ],
)
def test_the_state_it_names(theirs: str, state: str | None) -> None:
    assert state_in(theirs) == state


@pytest.mark.parametrize("table", [SYNONYMS, STATES])
def test_no_word_stands_for_two_things(table: dict[str, tuple[str, ...]]) -> None:
    words = [plain(word) for words in table.values() for word in words]
    assert len(words) == len(set(words))


@given(st.text())
def test_plain_is_plain(text: str) -> None:
    assert plain(plain(text)) == plain(text)
    our_name(text)
