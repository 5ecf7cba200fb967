"""Who may read figures: the staff who answer for them, and a program that knows the IOC's token."""

from __future__ import annotations

import hmac
from typing import Annotated

from fastapi import Depends, Request

from backend.accounts.guards import require_role
from backend.accounts.models import Account
from backend.errors import Problem
from backend.services import ServicesDep

FigureReader = Annotated[
    Account, Depends(require_role("operator", "auditor", "team_chief", "division", "accountant"))
]


def _ioc(request: Request, services: ServicesDep) -> str:
    token = services.settings.ioc_token.get_secret_value()
    given = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
    if not token or not hmac.compare_digest(given.encode(), token.encode()):
        raise Problem(
            401,
            "token_wrong",
            "Thiếu mã truy cập, hoặc mã không đúng",
            "The access token is missing or wrong",
            "Gửi tiêu đề Authorization: Bearer với mã IOC_TOKEN của hệ thống.",
            "Send the header Authorization: Bearer with the system's IOC_TOKEN.",
            headers={"WWW-Authenticate": "Bearer"},
        )
    return "ioc"


IocProgram = Annotated[str, Depends(_ioc)]
