"""`phatnguoi-edge box BOX.toml --check`: what of a box needs a person, in both languages. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from edge.health.types import WORDS
from edge.status import age_s

_SILENT_AFTER_S: Final = 60.0
_OLD_REPORT_S: Final = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Concern:
    """One thing of one camera that a person should look at."""

    camera_id: str
    vi: str
    en: str


def concerns(camera_id: str, status: Mapping[str, Any] | None, now: datetime) -> tuple[Concern, ...]:
    """What the status of one camera says that a person should know; none when all is well."""
    if status is None or age_s(dict(status), now) > _SILENT_AFTER_S:
        return (Concern(camera_id, "tiến trình không báo gì", "its process says nothing"),)
    return tuple(Concern(camera_id, vi, en) for vi, en in _said(status))


def _said(status: Mapping[str, Any]) -> list[tuple[str, str]]:
    said = [WORDS[one["fault"]] for one in status.get("faults", []) if one.get("fault") in WORDS]
    camera, outbox = status.get("camera", {}), status.get("outbox", {})
    if camera.get("state") == "failed":
        said.append(("nguồn hình có lỗi", f"its source has failed: {camera.get('detail', '')}"))
    if parked := outbox.get("parked"):
        said.append((f"{parked} báo cáo bị từ chối hẳn", f"{parked} reports were refused for good"))
    if (oldest_s := status.get("outbox_oldest_s") or 0) > _OLD_REPORT_S:
        hours = round(oldest_s / 3600)
        said.append((f"báo cáo chờ gửi đã {hours} giờ", f"a report has waited for {hours} hours"))
    if lost := status.get("events", {}).get("lost"):
        said.append((f"{lost} vi phạm đã mất", f"{lost} events were lost"))
    for words in (status.get("disk", {}).get("alarm"), status.get("reload_trouble")):
        if words:
            vi, _, en = words.partition(" / ")
            said.append((vi, en))
    clock = status.get("clock")
    if clock is not None and not clock.get("synchronised"):
        said.append(("không có dịch vụ giờ nào giữ đồng hồ", "no time service keeps the clock"))
    return said
