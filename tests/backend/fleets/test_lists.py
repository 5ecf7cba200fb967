"""Lists of vehicles: every row gets an answer, whatever is in the file."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.fleets import lists
from backend.fleets.lists import ListError, Row, read, written


@pytest.mark.parametrize(
    "text",
    [
        "51C-123.45,truck\n59X1 123.45,motorbike\n",
        "plate,kind\n51C12345,xe tải\n59-X1 123.45,Xe Máy\n",
        "\ufeffBiển số;Loại xe\r\n51C-123.45;Ô tô tải\r\n59X112345;mô tô\r\n",
        "bien_so\tloai_xe\n51c 12345\ttruck\n59x112345\tmotorbike",
    ],
)
def test_what_spreadsheets_save_is_read(text):
    found = read(text.encode())
    assert [(row.plate, row.kind) for row in found.rows] == [
        ("51C12345", "truck"),
        ("59X112345", "motorbike"),
    ]
    assert found.faults == ()


def test_each_wrong_row_says_what_is_wrong():
    text = "51C12345,truck\n51-C 123.45,truck\nxe của tôi\n51C12346,tàu\n59X112345,truck\n\n51C12347\n"
    found = read(text.encode())
    assert found.rows == (Row(1, "51C12345", "truck"), Row(7, "51C12347", None))
    faults = {one.number: one.code for one in found.faults}
    assert faults == {2: "duplicate", 3: "plate_unreadable", 4: "kind_unknown", 5: "kind_does_not_fit"}
    assert [one.code for one in read(b"51C12345", kind_needed=True).faults] == ["kind_needed"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\n \n", "empty"),
        ("biển số\n51C12345".encode("utf-16"), "not_utf8"),
        (b"51C12345\x00", "not_text"),
        (b"kind,plate\ntruck,51C12345", "columns"),
        (b"x" * (lists.MOST_BYTES + 1), "too_large"),
        (b"51C12345\n" * (lists.MOST_ROWS + 1), "too_many_rows"),
    ],
)
def test_files_that_are_no_list_are_refused_whole(content, code):
    with pytest.raises(ListError) as refused:
        read(content)
    assert refused.value.code == code


@given(st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
def test_whatever_is_sent_every_row_is_told_of_once(content):
    try:
        found = read(content)
    except ListError:
        return
    numbers = [one.number for one in (*found.rows, *found.faults)]
    assert len(set(numbers)) == len(numbers) > 0


@given(st.lists(st.lists(st.text(max_size=12), min_size=1, max_size=4), max_size=6))
def test_no_cell_that_is_written_is_a_formula(rows):
    text = written(("a",), rows)
    for cells in csv.reader(io.StringIO(text, newline="")):
        assert not [cell for cell in cells if cell[:1] in set("=+-@\t\r")]
