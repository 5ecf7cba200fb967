"""The demo's members of staff, one for each role."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass

from sqlalchemy import select

from backend.accounts.models import Account, Role
from backend.accounts.service import NewAccount, create_account
from backend.database import Database
from backend.demo.folder import Secrets
from penalty.acts import Signatory


@dataclass(frozen=True)
class Sample:
    username: str
    full_name: str
    title: str
    role: Role
    position: Signatory | None = None


OFFICER = Sample("canhsat", "NGUYỄN VĂN MẪU", "Cán bộ xử lý", "officer", "officer")
CHIEF = Sample("doitruong", "TRẦN THỊ THỬ NGHIỆM", "Đội trưởng", "team_chief", "team_chief")
OPERATOR = Sample("dieuhanh", "LÊ VĂN VÍ DỤ", "Cán bộ vận hành", "operator")
OTHERS = (
    Sample("truongphong", "PHẠM VĂN GIẢ ĐỊNH", "Trưởng phòng", "division", "division_head"),
    Sample("congan-phuong", "HOÀNG THỊ MẪU", "Trưởng Công an phường", "commune", "commune_chief"),
    Sample("ketoan", "VÕ THỊ VÍ DỤ", "Kế toán", "accountant"),
    Sample("kiemtra", "ĐẶNG VĂN THỬ", "Cán bộ kiểm tra", "auditor"),
    Sample("tiepdan", "BÙI THỊ GIẢ ĐỊNH", "Cán bộ tiếp dân", "clerk"),
    Sample("quantri", "ĐỖ VĂN MẪU", "Quản trị hệ thống", "administrator"),
)


def password_of(sample: Sample, given: Secrets) -> str:
    """Known for three; made from the folder's key for the others, so that it need not be kept."""
    known = {
        OFFICER.username: given.officer_password,
        CHIEF.username: given.chief_password,
        OPERATOR.username: given.operator_password,
    }
    if sample.username in known:
        return known[sample.username]
    mac = hmac.digest(given.secret_key.encode(), f"demo/{sample.username}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(mac[:9]).decode()


def ensure_staff(database: Database, given: Secrets) -> None:
    """Create the accounts that are not there yet."""
    with database.unit_of_work() as session:
        known = set(session.scalars(select(Account.username)))
        for sample in (OFFICER, CHIEF, OPERATOR, *OTHERS):
            if sample.username in known:
                continue
            new = NewAccount(
                username=sample.username,
                full_name=sample.full_name,
                title=sample.title,
                roles=(sample.role,),
                position=sample.position,
            )
            create_account(session, new, password=password_of(sample, given))
