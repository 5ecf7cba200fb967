"""Legal forms and the way they are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.detector.plate_grammar import canonical, display_form, forms_of, is_legal, spelled


@pytest.mark.parametrize(
    ("text", "display", "names"),
    [
        ("61B00001", "61B-000.01", {"car_5"}),
        ("51F1234", "51F-1234", {"car_4_old"}),
        ("59X112345", "59-X1 123.45", {"moto_5_old"}),
        ("59AB12345", "59-AB 123.45", {"moto_5"}),
        ("29MD112345", "29-MD1 123.45", {"moto_electric_old"}),
        ("51RM01234", "51RM-012.34", {"car_special"}),
        ("80011QT01", "80-011-QT-01", {"foreign_car"}),
        ("29123NN456", "29-123-NN-456", {"foreign_moto"}),
        ("TM2233", "TM-22-33", {"military"}),
        ("29LD12345", "29LD-123.45", {"car_legacy", "moto_5"}),
    ],
)
def test_legal_forms(text: str, display: str, names: set[str]) -> None:
    assert {form.name for form in forms_of(text)} == names
    assert display_form(text) == display
    assert canonical(display) == text


@pytest.mark.parametrize(
    "text", ["13A12345", "51O12345", "51A00000", "51A0000", "", "A", "59X11234567", "42B12345"]
)
def test_no_plates(text: str) -> None:
    assert not is_legal(text)
    assert display_form(text) == text


@pytest.mark.parametrize(
    ("lines", "display"),
    [
        (("59S2", "1234"), "59-S2 1234"),
        (("59S", "21234"), "59S-212.34"),
        (("59S21234",), "59S-212.34"),
        ((), "59S-212.34"),
    ],
)
def test_lines_settle_which_form_a_text_has(lines: tuple[str, ...], display: str) -> None:
    assert display_form("59S21234", lines) == display


def test_the_vietnamese_d_counts_as_d() -> None:
    assert canonical("29-MĐ1 123.45") == "29MD112345"


@pytest.mark.parametrize(
    ("text", "display"),
    [
        ("29MĐ112345", "29-MĐ1 123.45"),
        ("29MD112345", "29-MD1 123.45"),
        ("51TĐ12345", "51TĐ-123.45"),
    ],
)
def test_a_stroked_d_is_kept_where_plates_have_one(text: str, display: str) -> None:
    assert is_legal(text)
    assert spelled(text) == text
    assert display_form(text) == display


@pytest.mark.parametrize(
    ("text", "spelling"),
    [("59Đ112345", "59D112345"), ("51Đ12345", "51D12345"), ("13Đ12345", "13Đ12345"), ("Đ", "Đ"), ("", "")],
)
def test_a_stroke_where_no_plate_has_one_is_a_plain_d(text: str, spelling: str) -> None:
    assert not is_legal(text)
    assert spelled(text) == spelling


@given(st.text(alphabet="ĐDMT0123456789A", max_size=10))
def test_spelling_changes_nothing_but_strokes(text: str) -> None:
    assert canonical(spelled(text)) == canonical(text)
    assert is_legal(spelled(text)) == (is_legal(text) or is_legal(text.replace("Đ", "D")))


@given(st.text(max_size=14))
def test_any_text_can_be_asked_about(text: str) -> None:
    assert canonical(canonical(text)) == canonical(text)
    assert canonical(display_form(canonical(text))) == canonical(text)
