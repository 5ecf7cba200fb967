"""Who looked at an owner's data, for the owner to see: when, in what role, and what; no staff names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Text, and_, or_, select
from sqlalchemy.orm import Session

from backend.audit.models import AuditEntry
from backend.dossiers.models import Document, Dossier

_SHOWN = 30
_READ = 1000
_WORDS = {
    "owner.viewed": ("Xem thông tin chủ xe", "Looked at the owner's data"),
    "evidence.opened": ("Mở trang toàn bộ chứng cứ", "Opened the page of the whole evidence"),
    "evidence.viewed": ("Xem hình ảnh, video", "Looked at pictures or video"),
    "evidence.checked": ("Kiểm tra chứng cứ còn nguyên vẹn không", "Checked whether the evidence is intact"),
    "evidence.taken_away": ("Tải chứng cứ về", "Downloaded the evidence"),
    "document.viewed": ("Xem giấy tờ", "Looked at a paper"),
    "case.looked_up": ("Tra cứu công khai theo biển số", "Public look-up by plate"),
    "owner.lookup_requested": ("Tra cứu chủ xe trong dữ liệu đăng ký", "Asked the registry for the owner"),
}

_YOU = ("Bạn", "You")
_SYSTEM = ("Hệ thống (gửi giấy tờ, tin nhắn)", "The system (papers and messages)")
_WHO = {
    "owner": _YOU,
    "citizen": ("Người có tên trong hồ sơ, đã đăng nhập", "A person named in the case, signed in"),
    "account": ("Cán bộ xử lý", "An officer"),
    "public": ("Khách, không thấy tên và hình ảnh", "A visitor, who sees no name and no picture"),
}


@dataclass(frozen=True)
class Look:
    """What somebody looked at, how often, and when last; `who` tells you, an officer and the system apart."""

    at: datetime
    who_vi: str
    who_en: str
    what_vi: str
    what_en: str
    times: int = 1


def looks_at(session: Session, dossiers: Sequence[Dossier], *, viewer: str | None = None) -> list[Look]:
    """The newest looks at the owner, the evidence and the papers of these cases, as the audit log has them.

    `viewer` is the actor of somebody signed in, who is then told apart from others in the same case.
    """
    violations = [str(dossier.violation_id) for dossier in dossiers]
    papers = select(Document.id.cast(Text)).where(
        Document.dossier_id.in_([dossier.id for dossier in dossiers])
    )
    rows = session.scalars(
        select(AuditEntry)
        .where(
            AuditEntry.action.in_(_WORDS),
            or_(
                AuditEntry.subject_id.in_(violations),
                AuditEntry.data["violation_id"].astext.in_(violations),
                and_(AuditEntry.subject_type == "document", AuditEntry.subject_id.in_(papers)),
            ),
        )
        .order_by(AuditEntry.seq.desc())
        .limit(_READ)
    )
    return _folded(_look(row, viewer) for row in rows)[:_SHOWN]


def _folded(looks: Iterable[Look]) -> list[Look]:
    """The same looks of the same people as one, at the time of the newest; the newest first."""
    folded: dict[tuple[str, str], Look] = {}
    for look in looks:
        key = (look.who_en, look.what_en)
        newest = folded.setdefault(key, replace(look, times=0))
        folded[key] = replace(newest, times=newest.times + 1)
    return list(folded.values())


def _look(row: AuditEntry, viewer: str | None) -> Look:
    what_vi, what_en = _WORDS[row.action]
    who_vi, who_en = _YOU if row.actor == viewer else _WHO.get(row.actor.split(":")[0], _SYSTEM)
    return Look(row.at, who_vi, who_en, what_vi, what_en)
