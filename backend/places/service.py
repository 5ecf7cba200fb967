"""Areas and where cameras stand, in the database."""

from __future__ import annotations

from datetime import date, timedelta
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import audit
from backend.accounts.models import Account
from backend.errors import FieldError, Problem
from backend.places.gazetteer import Area, Gazetteer, Level, parse_areas, provinces
from backend.places.models import AreaRow, CameraPlace
from penalty.tables import Confidence, TableError


def gazetteer(session: Session) -> Gazetteer:
    """The country's provinces and what this installation added; an added code wins over a shipped one."""
    rows = session.scalars(select(AreaRow).order_by(AreaRow.code, AreaRow.valid_from.nulls_first()))
    own = tuple(_area(row) for row in rows)
    added = {area.code for area in own}
    return Gazetteer((*(area for area in provinces() if area.code not in added), *own))


def _area(row: AreaRow) -> Area:
    return Area(
        code=row.code,
        level=cast("Level", row.level),
        name=row.name,
        parent_code=row.parent_code,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        successor_code=row.successor_code,
        source=row.source,
        confidence=cast("Confidence", row.confidence),
    )


def import_areas(session: Session, text: str, *, by: str, file: str = "areas.csv") -> int:
    """Take wards (and other areas) from a CSV; a version known by code and first day is replaced. How many.

    Raises Problem 422 naming row and column, or a parent or successor that nobody knows.
    """
    try:
        areas = parse_areas(text, file=file)
    except TableError as error:
        raise _table_wrong(str(error)) from error
    known = {area.code for area in (*gazetteer(session).areas, *areas)}
    for area in areas:
        for code in (area.parent_code, area.successor_code):
            if code is not None and code not in known:
                raise _table_wrong(f"{file}: {area.code} names {code}, which is no known area")
    for area in areas:
        _keep(session, area)
    audit.record(
        session,
        actor=by,
        action="areas.imported",
        subject_type="areas",
        subject_id=file,
        data={"areas": len(areas)},
    )
    session.flush()
    return len(areas)


def _keep(session: Session, area: Area) -> None:
    same = AreaRow.valid_from.is_not_distinct_from(area.valid_from)
    row = session.scalar(select(AreaRow).where(AreaRow.code == area.code, same))
    if row is None:
        row = AreaRow(code=area.code, valid_from=area.valid_from)
        session.add(row)
    row.level, row.name, row.parent_code = area.level, area.name, area.parent_code
    row.valid_to, row.successor_code = area.valid_to, area.successor_code
    row.source, row.confidence = area.source, area.confidence


def place_camera(
    session: Session, camera_id: str, area_code: str, *, since: date, source: str, by: Account | None
) -> CameraPlace:
    """A camera stands in an area from this day on; where it stood before ends the day before.

    Raises Problem 422 for an area that nobody knows, 409 where a later place is written down already.
    """
    if not gazetteer(session).versions(area_code):
        raise area_unknown(area_code)
    places = session.scalars(
        select(CameraPlace)
        .where(CameraPlace.camera_id == camera_id)
        .order_by(CameraPlace.valid_from.desc())
        .with_for_update()
    ).all()
    last = places[0] if places else None
    if last is not None and last.valid_from > since:
        raise _later_place(last.valid_from)
    if last is not None and last.valid_from == since:
        place = last
    else:
        if last is not None and (last.valid_to is None or last.valid_to >= since):
            last.valid_to = since - timedelta(days=1)
        place = CameraPlace(camera_id=camera_id, valid_from=since)
        session.add(place)
    place.area_code, place.source, place.valid_to = area_code, source, None
    place.placed_by = by.id if by else None
    audit.record(
        session,
        actor=by.actor if by else "system",
        action="camera.placed",
        subject_type="camera",
        subject_id=camera_id,
        data={"area": area_code, "since": since.isoformat()},
    )
    session.flush()
    return place


def place_of(session: Session, camera_id: str, day: date) -> str | None:
    """The area in which a camera stood on that day."""
    return session.scalar(
        select(CameraPlace.area_code)
        .where(CameraPlace.camera_id == camera_id, CameraPlace.valid_from <= day)
        .where(CameraPlace.valid_to.is_(None) | (CameraPlace.valid_to >= day))
    )


def area_unknown(code: str) -> Problem:
    return Problem(
        422,
        "area_unknown",
        "Không có địa bàn này",
        "There is no such area",
        f"Mã {code}. Nhập danh sách phường, xã của tỉnh trước.",
        f"Code {code}. Import the province's wards first.",
        errors=(FieldError("area_code", f"{code} is no known area"),),
    )


def _later_place(since: date) -> Problem:
    return Problem(
        409,
        "later_place_known",
        "Đã ghi vị trí mới hơn của camera này",
        "A later place of this camera is written down already",
        f"Từ {since:%d/%m/%Y}.",
        f"Since {since.isoformat()}.",
    )


def _table_wrong(message: str) -> Problem:
    return Problem(
        422,
        "areas_wrong",
        "Tệp địa bàn chưa đúng",
        "The file of areas is not right",
        message,
        message,
        errors=(FieldError("file", message),),
    )
