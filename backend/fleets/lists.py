"""Lists of vehicles as companies write them: CSV in, with what is wrong told by row. Pure."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from penalty.plates import canonical, classify

MOST_ROWS: Final = 2000
MOST_BYTES: Final = 512 * 1024
KINDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "car": "car",
        "o to con": "car",
        "xe con": "car",
        "bus": "bus",
        "coach": "bus",
        "xe khach": "bus",
        "o to khach": "bus",
        "truck": "truck",
        "xe tai": "truck",
        "o to tai": "truck",
        "motorbike": "motorbike",
        "xe may": "motorbike",
        "mo to": "motorbike",
        "special_machine": "special_machine",
        "xe may chuyen dung": "special_machine",
    }
)
_PLATE_HEADS: Final = frozenset({"plate", "bien so", "bien_so", "bienso"})
_KIND_HEADS: Final = frozenset({"kind", "vehicle_kind", "loai xe", "loai_xe", "loaixe"})
_FORMULA: Final = frozenset("=+-@\t\r")
_FOLD: Final = str.maketrans("đĐ", "dD")


@dataclass(frozen=True, slots=True)
class Row:
    """One vehicle asked about. `kind` is None where the list does not say; `number` counts lines from 1."""

    number: int
    plate: str
    kind: str | None


@dataclass(frozen=True, slots=True)
class RowFault:
    """A row that cannot be used: which, what was written, and why."""

    number: int
    text: str
    code: str
    vi: str
    en: str


class ListError(ValueError):
    """The whole file cannot be read; `vi` and `en` say why and what to do."""

    def __init__(self, code: str, vi: str, en: str) -> None:
        super().__init__(en)
        self.code, self.vi, self.en = code, vi, en


@dataclass(frozen=True, slots=True)
class Read:
    """The rows of a file that can be used, and those that cannot, each in the file's order."""

    rows: tuple[Row, ...]
    faults: tuple[RowFault, ...]


def read(content: bytes, *, kind_needed: bool = False) -> Read:
    """Rows of a CSV: a plate, and a kind of vehicle where it is known.

    UTF-8; comma, semicolon or tab; a head line `plate,kind` (or `biển số,loại xe`) may be left out. Raises
    ListError for a file that is too large, no text, or without any row.
    """
    rows: list[Row] = []
    faults: list[RowFault] = []
    seen: dict[tuple[str, str | None], int] = {}
    for number, cells in _lines(content):
        found = _row(number, cells, kind_needed=kind_needed)
        if isinstance(found, Row):
            first = seen.setdefault((found.plate, found.kind), number)
            if first == number:
                rows.append(found)
                continue
            found = RowFault(
                number, cells[0], "duplicate", f"Trùng với dòng {first}.", f"The same as row {first}."
            )
        faults.append(found)
    if not rows and not faults:
        raise ListError("empty", "Tệp không có dòng nào.", "The file has no rows.")
    return Read(tuple(rows), tuple(faults))


def written(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """CSV that a spreadsheet opens as text: no cell of it is taken for a formula."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(head)
    for row in rows:
        writer.writerow([_harmless("" if cell is None else str(cell)) for cell in row])
    return buffer.getvalue()


def _lines(content: bytes) -> list[tuple[int, list[str]]]:
    if len(content) > MOST_BYTES:
        raise ListError(
            "too_large", f"Tệp lớn hơn {MOST_BYTES // 1024} KB.", f"Larger than {MOST_BYTES // 1024} KB."
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ListError(
            "not_utf8",
            "Tệp không phải văn bản UTF-8. Trong Excel, chọn lưu dạng “CSV UTF-8”.",
            "The file is not UTF-8 text. In a spreadsheet, save it as “CSV UTF-8”.",
        ) from error
    if "\0" in text:
        raise ListError("not_text", "Tệp không phải văn bản CSV.", "The file is no CSV text.")
    first = text.splitlines()[0] if text.strip() else ""
    delimiter = max(",;\t", key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    except csv.Error as error:
        raise ListError("not_csv", f"Không đọc được CSV: {error}.", f"No readable CSV: {error}.") from error
    cleaned = [(number, [cell.strip() for cell in cells]) for number, cells in enumerate(rows, start=1)]
    filled = [(number, cells) for number, cells in cleaned if any(cells)]
    if filled and _folded(filled[0][1][0]) in _PLATE_HEADS:
        filled = filled[1:]
    elif filled and any(_folded(cell) in _PLATE_HEADS | _KIND_HEADS for cell in filled[0][1]):
        raise ListError(
            "columns",
            "Cột đầu phải là biển số, cột thứ hai là loại xe.",
            "The first column must be the plate, the second the kind of vehicle.",
        )
    if len(filled) > MOST_ROWS:
        raise ListError(
            "too_many_rows", f"Tối đa {MOST_ROWS} dòng mỗi tệp.", f"At most {MOST_ROWS} rows a file."
        )
    return filled


def _row(number: int, cells: list[str], *, kind_needed: bool) -> Row | RowFault:
    text, kind_text = cells[0][:40], cells[1][:40] if len(cells) > 1 else ""
    plate = canonical(text)
    if not plate or not classify(plate):
        return RowFault(
            number, text, "plate_unreadable", "Không phải biển số Việt Nam.", "Not a Vietnamese plate."
        )
    if not kind_text and not kind_needed:
        return Row(number, plate, None)
    if not kind_text:
        return RowFault(
            number,
            text,
            "kind_needed",
            "Thiếu loại xe: viết sau biển số, cách bằng dấu phẩy.",
            "The kind of vehicle is missing: write it after the plate and a comma.",
        )
    kind = KINDS.get(_folded(kind_text))
    if kind is None:
        return RowFault(
            number,
            text,
            "kind_unknown",
            f"Không rõ loại xe “{kind_text}”. Dùng: ô tô con, xe khách, xe tải, xe máy.",
            f"Unknown kind “{kind_text}”. Use: car, bus, truck, motorbike, special_machine.",
        )
    if not classify(plate, vehicle_kind=kind):
        return RowFault(
            number,
            text,
            "kind_does_not_fit",
            "Biển số này không dùng cho loại xe đó.",
            "No vehicle of this kind has such a plate.",
        )
    return Row(number, plate, kind)


def _folded(text: str) -> str:
    """Small letters without tone marks."""
    plain = unicodedata.normalize("NFD", text.translate(_FOLD).lower())
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).strip()


def _harmless(text: str) -> str:
    return f"'{text}" if text[:1] in _FORMULA else text
