"""What operators are told of: from how cameras, boxes and jobs do to what is wrong. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Literal

from backend.cameras.why import Why, words

Severity = Literal["info", "warning", "critical"]
ORDER: Mapping[str, int] = MappingProxyType({"info": 0, "warning": 1, "critical": 2})

_CAMERA: Mapping[str, tuple[Severity, str, str]] = MappingProxyType(
    {
        "silent": ("critical", "mất liên lạc", "is silent"),
        "failed": ("critical", "có lỗi nguồn hình", "has no usable source"),
        "stalled": ("critical", "không có hình mới", "sends no pictures"),
        "frozen": ("critical", "hình đứng yên", "is frozen"),
        "moved": ("critical", "đã bị xê dịch", "has moved"),
        "covered": ("warning", "bị che hoặc mất nét", "is covered or out of focus"),
        "dark": ("info", "quá tối", "is too dark"),
        "clock_stepped": ("warning", "đồng hồ vừa bị chỉnh", "has had its clock set"),
    }
)
NAMES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        **{f"camera_{name}": (f"Camera {vi}", f"Camera {en}") for name, (_, vi, en) in _CAMERA.items()},
        "file_refused": ("Hộp từ chối tệp camera", "A box refuses its camera file"),
        "certificate": ("Kiểm định sắp hoặc đã hết hạn", "A calibration ends or has ended"),
        "outbox": ("Hộp chưa gửi được báo cáo", "A box cannot deliver"),
        "disk": ("Đĩa của hộp gần đầy", "A box's disk is nearly full"),
        "clock": ("Đồng hồ của hộp không được đồng bộ", "A box's clock is kept by nobody"),
        "roll_out": ("Triển khai bị dừng", "A roll-out was stopped"),
        "jobs": ("Việc nền bị bỏ dở", "Background jobs gave up"),
    }
)
"""Every rule by name, in both languages; a person on duty may choose among them."""

_CERTIFICATE_DAYS = 30
_OUTBOX_MANY = 200


@dataclass(frozen=True, slots=True)
class CameraFacts:
    camera_id: str
    name: str
    condition: str
    detail: str = ""
    refuses_wanted: str = ""
    certified_until: date | None = None


@dataclass(frozen=True, slots=True)
class BoxFacts:
    device_id: str
    name: str
    waiting: int
    oldest_s: float | None
    disk_free_bytes: int | None
    clock_synchronised: bool | None


@dataclass(frozen=True, slots=True)
class Facts:
    """How things stand at one moment. `stopped`: roll-outs that failed lately, (id, why)."""

    today: date
    cameras: Sequence[CameraFacts] = ()
    boxes: Sequence[BoxFacts] = ()
    jobs_failed: int = 0
    stopped: Sequence[tuple[str, Why | None]] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """`outbox_oldest_s`: how long a report may wait. `disk_free_bytes`: the least a box needs."""

    outbox_oldest_s: float
    disk_free_bytes: int


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong with one thing, now."""

    rule: str
    subject: str
    severity: Severity
    title_vi: str
    title_en: str
    detail_vi: str = ""
    detail_en: str = ""


def findings(facts: Facts, limits: Limits) -> tuple[Finding, ...]:
    """Everything that is wrong, one for each rule and thing."""
    found: list[Finding] = []
    for camera in facts.cameras:
        found += _of_camera(camera, facts.today)
    for box in facts.boxes:
        found += _of_box(box, limits)
    if facts.jobs_failed:
        found.append(
            Finding(
                "jobs",
                "jobs",
                "critical",
                f"{facts.jobs_failed} việc nền bị bỏ dở",
                f"{facts.jobs_failed} background jobs gave up",
            )
        )
    found += [
        Finding(
            "roll_out",
            roll_out_id,
            "warning",
            "Một đợt triển khai bị dừng",
            "A roll-out was stopped",
            *words(why),
        )
        for roll_out_id, why in facts.stopped
    ]
    return tuple(found)


def _of_camera(camera: CameraFacts, today: date) -> Iterator[Finding]:
    if (said := _CAMERA.get(camera.condition)) is not None:
        severity, vi, en = said
        detail_vi, _, detail_en = camera.detail.partition(" / ")
        yield Finding(
            f"camera_{camera.condition}",
            camera.camera_id,
            severity,
            f"{camera.name} {vi}",
            f"{camera.name} {en}",
            detail_vi,
            detail_en or detail_vi,
        )
    if camera.refuses_wanted:
        yield Finding(
            "file_refused",
            camera.camera_id,
            "warning",
            f"{camera.name}: hộp từ chối tệp camera",
            f"{camera.name}: its box refuses the camera file",
            camera.refuses_wanted,
            camera.refuses_wanted,
        )
    until = camera.certified_until
    if until is not None and until < today + timedelta(days=_CERTIFICATE_DAYS):
        over = until < today
        yield Finding(
            "certificate",
            camera.camera_id,
            "critical" if over else "warning",
            f"{camera.name}: kiểm định {'đã hết hạn' if over else 'sắp hết hạn'} ngày {until:%d/%m/%Y}",
            f"{camera.name}: calibration {'ended' if over else 'ends'} on {until:%d/%m/%Y}",
        )


def _of_box(box: BoxFacts, limits: Limits) -> Iterator[Finding]:
    late = box.oldest_s is not None and box.oldest_s > limits.outbox_oldest_s
    if late or box.waiting >= _OUTBOX_MANY:
        minutes = round((box.oldest_s or 0) / 60)
        yield Finding(
            "outbox",
            box.device_id,
            "warning",
            f"{box.name}: {box.waiting} báo cáo chưa gửi được",
            f"{box.name}: {box.waiting} reports wait to be delivered",
            f"Cũ nhất: {minutes} phút.",
            f"The oldest: {minutes} minutes.",
        )
    if box.disk_free_bytes is not None and box.disk_free_bytes < limits.disk_free_bytes:
        left = f"{box.disk_free_bytes / 1e9:.1f} GB"
        yield Finding(
            "disk",
            box.device_id,
            "critical",
            f"{box.name}: đĩa gần đầy",
            f"{box.name}: disk nearly full",
            f"Còn {left}.",
            f"{left} left.",
        )
    if box.clock_synchronised is False:
        yield Finding(
            "clock",
            box.device_id,
            "warning",
            f"{box.name}: không có dịch vụ giờ nào giữ đồng hồ",
            f"{box.name}: no time service keeps its clock",
        )


@dataclass(frozen=True, slots=True)
class Standing:
    """An open alert as far as telling people of it goes."""

    severity: str
    began_at: datetime
    acknowledged: bool
    told: int
    told_at: datetime | None


@dataclass(frozen=True, slots=True)
class Pace:
    """`settle_s`: how long something must last before anybody is told; `repeat_s`: how often again."""

    settle_s: float
    repeat_s: float


def must_tell(alert: Standing, now: datetime, pace: Pace) -> bool:
    """Whether people are told (again) now: first when it has lasted, then until one takes it on."""
    if alert.acknowledged:
        return False
    if alert.told == 0:
        return now - alert.began_at >= timedelta(seconds=pace.settle_s)
    if alert.severity == "info" or alert.told_at is None:
        return False
    return now - alert.told_at >= timedelta(seconds=pace.repeat_s)


@dataclass(frozen=True, slots=True)
class Duty:
    """Whom one person on duty wants to hear of what, and when (hours of the legal day)."""

    rules: Sequence[str]
    severity_at_least: str
    since_hour: int
    until_hour: int


def concerns(duty: Duty, rule: str, severity: str, hour: int) -> bool:
    """Whether this person is told of this now."""
    on_duty = (
        duty.since_hour <= hour < duty.until_hour
        if duty.since_hour < duty.until_hour
        else hour >= duty.since_hour or hour < duty.until_hour
    )
    wanted = not duty.rules or rule in duty.rules
    return on_duty and wanted and ORDER[severity] >= ORDER[duty.severity_at_least]
