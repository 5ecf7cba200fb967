"""Which fields the registers filled by themselves, and which a person had to correct or enter."""

from __future__ import annotations

from sqlalchemy.orm import Session

from backend.figures.period import Period
from backend.figures.tables import Column, Figure
from backend.owners import figures
from backend.owners.words import FIELD_NAMES


def fields(session: Session, period: Period) -> Figure:
    """One row a field of owner and vehicle."""
    counted = figures.read(session, period.begins, period.ends).fields
    return Figure(
        "fields_filled",
        ("Dữ liệu điền tự động", "Fields filled from registers"),
        (
            "Theo lần tra cứu trong những ngày này. Đã sửa = cơ quan đăng ký điền, cán bộ sửa và báo lại.",
            "Of the look-ups of these days. Corrected = filled, then changed by a person and reported.",
        ),
        (
            Column("field", ("Trường", "Field"), "text"),
            Column("registry", ("Đăng ký xe điền", "Vehicle registry")),
            Column("population", ("CSDL dân cư điền", "Population database")),
            Column("stale", ("Dữ liệu cũ", "Old")),
            Column("differs", ("Các nguồn khác nhau", "Sources differ")),
            Column("missing", ("Thiếu", "Missing")),
            Column("corrected", ("Đã sửa", "Corrected")),
            Column("entered", ("Cán bộ nhập", "Entered by a person")),
        ),
        tuple(
            (
                FIELD_NAMES[one.field],
                *(
                    one.registry,
                    one.population,
                    one.stale,
                    one.differs,
                    one.missing,
                    one.corrected,
                    one.entered,
                ),
            )
            for one in counted
        ),
        bar="corrected",
    )
