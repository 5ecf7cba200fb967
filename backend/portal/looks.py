"""Who looked at an owner's data, for the owner to see: when, in what role, and what; no staff names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from backend.audit.models import AuditEntry
from backend.dossiers.models import Dossier

_SHOWN = 30
_WORDS = {
    "owner.viewed": ("Xem thông tin chủ xe", "Looked at the owner's data"),
    "evidence.viewed": ("Xem hình ảnh, video", "Looked at pictures or video"),
    "evidence.checked": ("Kiểm tra chứng cứ còn nguyên vẹn không", "Checked whether the evidence is intact"),
    "evidence.taken_away": ("Tải chứng cứ về", "Downloaded the evidence"),
    "owner.lookup_requested": ("Tra cứu chủ xe trong dữ liệu đăng ký", "Asked the registry for the owner"),
}


@dataclass(frozen=True)
class Look:
    """One look; `who` tells you, an officer and the system apart."""

    at: datetime
    who_vi: str
    who_en: str
    what_vi: str
    what_en: str


def looks_at(session: Session, dossier: Dossier) -> list[Look]:
    """The newest looks at this dossier's owner and evidence, as the audit log has them."""
    violation_id = str(dossier.violation_id)
    rows = session.scalars(
        select(AuditEntry)
        .where(
            AuditEntry.action.in_(_WORDS),
            or_(
                AuditEntry.subject_id == violation_id,
                AuditEntry.data["violation_id"].astext == violation_id,
            ),
        )
        .order_by(AuditEntry.seq.desc())
        .limit(_SHOWN)
    )
    return [_look(row) for row in rows]


def _look(row: AuditEntry) -> Look:
    what_vi, what_en = _WORDS[row.action]
    kind = row.actor.split(":")[0]
    who_vi, who_en = {
        "owner": ("Bạn", "You"),
        "account": ("Cán bộ xử lý", "An officer"),
    }.get(kind, ("Hệ thống (gửi giấy tờ, tin nhắn)", "The system (papers and messages)"))
    return Look(row.at, who_vi, who_en, what_vi, what_en)
