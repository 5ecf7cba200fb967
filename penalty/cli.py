"""`phatnguoi law`: catalogue and calendar on the command line. Every date is given, none is "today"."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any

import typer

from penalty import catalogue
from penalty.acts import SigningPower
from penalty.calendar import VIETNAM, Deadline, DeadlineError, LegalCalendar, vietnam_date
from penalty.catalogue import Assessment, CatalogueError, NeedsOfficerError
from penalty.changes import changes
from penalty.circumstances import Circumstances
from penalty.diagram import dossier_graph
from penalty.money import format_figure, format_vnd, words_vi

app = typer.Typer(
    no_args_is_help=True, help="Luật đang áp dụng: mức phạt, thời hạn. The law as this program knows it."
)

JsonOption = Annotated[
    bool, typer.Option("--json", help="Một dòng JSON cho máy đọc. One JSON value for programs.")
]


@app.command()
def show(
    vehicle: Annotated[str, typer.Option(help="car, bus, truck, motorbike, bicycle")] = "car",
    on: Annotated[str, typer.Option("--date", help="Ngày vi phạm, YYYY-MM-DD")] = "",
    graph: Annotated[bool, typer.Option("--graph", help="Sơ đồ trạng thái hồ sơ (Mermaid)")] = False,
    as_json: JsonOption = False,
) -> None:
    """Các hành vi và mức phạt của một loại xe. The acts a kind of vehicle can be fined for."""
    if graph:
        typer.echo(dossier_graph(), nl=False)
        return
    if not on:
        raise typer.BadParameter("--date: cần ngày vi phạm, ví dụ 2026-11-23. Give the day of the act.")
    day, law = _day(on), catalogue.load()
    try:
        rows = law.of_vehicle(vehicle, day)
    except CatalogueError as error:
        raise typer.BadParameter(str(error)) from error
    if as_json:
        _print_json([asdict(row) for row in rows])
        return
    typer.echo(f"{len(rows)} hành vi có mức phạt với {vehicle} ngày {day:%d/%m/%Y} (bảng {law.version})")
    for row in rows:
        band = f"{format_figure(row.min_vnd)} - {format_figure(row.max_vnd)}"
        points = "/".join(str(value) for value in row.points)
        typer.echo(f"{row.act:28} {band:>25}  {points:>6} điểm  {row.vi_name}")


@app.command()
def assess(  # noqa: PLR0917 - the command line passes options by name
    act: Annotated[str, typer.Option(help="Tên hành vi, ví dụ red_light")],
    vehicle: Annotated[str, typer.Option(help="car, bus, truck, motorbike, bicycle")],
    on: Annotated[str, typer.Option("--date", help="Ngày vi phạm, YYYY-MM-DD")],
    organisation: Annotated[bool, typer.Option(help="Người vi phạm là tổ chức")] = False,
    mitigating: Annotated[int, typer.Option(min=0, help="Số tình tiết giảm nhẹ")] = 0,
    aggravating: Annotated[int, typer.Option(min=0, help="Số tình tiết tăng nặng")] = 0,
    chosen: Annotated[
        int | None, typer.Option("--chosen", help="Mức được chọn khi còn đúng một tình tiết (đồng)")
    ] = None,
    reason: Annotated[str, typer.Option("--reason", help="Lý do chọn mức đó")] = "",
    points: Annotated[
        int | None, typer.Option("--points", help="Số điểm khi luật cho nhiều mức, ví dụ 0/4/10")
    ] = None,
    as_owner: Annotated[
        bool, typer.Option("--as-owner", help="Chủ xe không hợp tác (khoản 8 Điều 47)")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Mức phạt cho một hành vi. The fine for one act by the law of that day."""
    day, law = _day(on), catalogue.load()
    liable: catalogue.Liable = "organisation" if organisation else "person"
    try:
        found = law.assess(
            act,
            vehicle,
            day,
            liable=liable,
            circumstances=Circumstances(mitigating, aggravating, chosen, reason),
            points=points,
            as_owner=as_owner,
        )
        able = law.who_may_sign(found.max_vnd, day, liable=liable)
    except (CatalogueError, NeedsOfficerError) as error:
        raise typer.BadParameter(str(error)) from error
    if as_json:
        _print_json({**asdict(found), "who_may_sign": [asdict(power) for power in able]})
    else:
        _print_assessment(found, able)


def _print_assessment(found: Assessment, able: Sequence[SigningPower]) -> None:
    typer.echo(found.sentence_vi)
    typer.echo(found.sentence_en)
    typer.echo(found.amount_reason_vi)
    typer.echo(f"Mức áp dụng: {format_vnd(found.fine_vnd)} ({words_vi(found.fine_vnd)})")
    typer.echo(
        f"Quyền giải trình / right to explain: {'có / yes' if found.explanation_right else 'không / no'}"
    )
    if able:
        typer.echo(f"Từ cấp này trở lên được ký / lowest who may sign: {able[0].vi_name} / {able[0].en_name}")
        typer.echo(f"{'':4}{able[0].legal_ref}; độ tin cậy / confidence: {able[0].confidence}")
    typer.echo(f"Độ tin cậy / confidence: {found.confidence}; {found.source}")


@app.command()
def deadlines(
    step: Annotated[str, typer.Option(help="Mã bước, ví dụ D1; bỏ trống để xem tất cả")] = "",
    start: Annotated[str, typer.Option("--from", help="Ngày bắt đầu, YYYY-MM-DD hoặc YYYY-MM-DDTHH:MM")] = "",
    as_json: JsonOption = False,
) -> None:
    """Thời hạn tính từ một ngày. Time limits counted from a day; without --step, all that end on a date."""
    if not start:
        raise typer.BadParameter("--from: cần ngày bắt đầu, ví dụ 2026-11-23. Give the day it starts.")
    calendar, moment = LegalCalendar.load(), _moment(start)
    try:
        found = [calendar.due(step, moment)] if step else _all(calendar, moment)
    except (DeadlineError, TypeError) as error:
        raise typer.BadParameter(str(error)) from error
    if as_json:
        _print_json([_deadline_json(calendar, deadline, moment) for deadline in found])
        return
    for deadline in found:
        for line in _deadline_lines(calendar, deadline, moment):
            typer.echo(line)


@app.command()
def diff(
    earlier: Annotated[str, typer.Option("--from", help="Ngày trước, YYYY-MM-DD")],
    later: Annotated[str, typer.Option("--to", help="Ngày sau, YYYY-MM-DD")],
    as_json: JsonOption = False,
) -> None:
    """Luật khác nhau thế nào giữa hai ngày. What the law of one day says otherwise than that of another."""
    try:
        found = changes(catalogue.load(), LegalCalendar.load(), _day(earlier), _day(later))
    except ValueError as error:
        raise typer.BadParameter(f"--to: {error}") from error
    if as_json:
        _print_json([asdict(change) for change in found])
        return
    typer.echo(f"{len(found)} thay đổi / changes")
    for change in found:
        typer.echo(f"{change.table:14} {change.kind:8} {change.name}: {change.title_vi}")
        for name, (was, now) in change.fields.items():
            typer.echo(f"{'':24}{name}: {was} -> {now}")


def _deadline_json(calendar: LegalCalendar, deadline: Deadline, moment: date | datetime) -> dict[str, Any]:
    """The deadline, and what the law before or after would make of the same start."""
    others = [asdict(other) for other in _other_versions(calendar, deadline, moment)]
    return {**asdict(deadline), "other_versions": others}


def _deadline_lines(calendar: LegalCalendar, deadline: Deadline, moment: date | datetime) -> list[str]:
    lines = [
        f"{deadline.step_id:4} {deadline.due_on:%d/%m/%Y}  {deadline.title_vi}: {deadline.rule_vi}",
        f"{'':16} độ tin cậy / confidence: {deadline.confidence}",
    ]
    if deadline.otherwise_on is not None:
        unit = "ngày thường" if deadline.unit == "working_day" else "ngày làm việc"
        lines.append(f"{'':16} nếu hệ thống khác đếm theo {unit}: {deadline.otherwise_on:%d/%m/%Y}")
    for other in _other_versions(calendar, deadline, moment):
        span = (
            f"từ {other.valid_from:%d/%m/%Y}" if other.valid_to is None else f"đến {other.valid_to:%d/%m/%Y}"
        )
        lines.append(f"{'':16} theo quy định {span}: {other.due_on:%d/%m/%Y} ({other.article_vi})")
    return lines


def _other_versions(calendar: LegalCalendar, deadline: Deadline, moment: date | datetime) -> list[Deadline]:
    timed = isinstance(moment, datetime)
    return [
        other
        for other in calendar.due_by_each_version(deadline.step_id, moment, skip_hours=not timed)
        if other.valid_from != deadline.valid_from
    ]


def _all(calendar: LegalCalendar, moment: date | datetime) -> list[Deadline]:
    found = []
    on = vietnam_date(moment)
    for versions in calendar.steps.values():
        for step in versions:
            counts_hours = step.unit == "hour" and not isinstance(moment, datetime)
            if step.in_force(on) and step.length is not None and not counts_hours:
                found.append(calendar.due(step.step_id, moment))
    return found


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r}: cần YYYY-MM-DD. Expected YYYY-MM-DD.") from error


def _moment(text: str) -> date | datetime:
    if "T" not in text:
        return _day(text)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r}: cần YYYY-MM-DDTHH:MM. Expected YYYY-MM-DDTHH:MM.") from error
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=VIETNAM)


def _print_json(value: Any) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, default=str))
