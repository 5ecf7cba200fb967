"""The demo's three members of staff."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from backend.accounts.models import Account, Role
from backend.accounts.service import create_account
from backend.database import Database
from backend.demo.folder import Secrets

# The highest fine a head of a provincial traffic police division may sign is far above a team chief's.
TEAM_CHIEF_SIGNS_VND = 22_500_000


@dataclass(frozen=True)
class Sample:
    username: str
    full_name: str
    title: str
    role: Role
    signing_limit_vnd: int = 0


OFFICER = Sample("canhsat", "NGUYỄN VĂN MẪU", "Cán bộ xử lý", "officer")
CHIEF = Sample("doitruong", "TRẦN THỊ THỬ NGHIỆM", "Đội trưởng", "team_chief", TEAM_CHIEF_SIGNS_VND)
OPERATOR = Sample("dieuhanh", "LÊ VĂN VÍ DỤ", "Cán bộ vận hành", "operator")


def ensure_staff(database: Database, given: Secrets) -> None:
    """Create the accounts that are not there yet."""
    passwords = {
        OFFICER: given.officer_password,
        CHIEF: given.chief_password,
        OPERATOR: given.operator_password,
    }
    with database.unit_of_work() as session:
        known = set(session.scalars(select(Account.username)))
        for sample, password in passwords.items():
            if sample.username in known:
                continue
            create_account(
                session,
                username=sample.username,
                password=password,
                full_name=sample.full_name,
                title=sample.title,
                roles=(sample.role,),
                signing_limit_vnd=sample.signing_limit_vnd,
            )
