"""Who staff can be."""

from __future__ import annotations

from typing import Final, Literal, get_args

Role = Literal[
    "officer",
    "team_chief",
    "division",
    "commune",
    "accountant",
    "operator",
    "auditor",
    "clerk",
    "administrator",
]
ROLES: Final[tuple[Role, ...]] = get_args(Role)
CHIEFS: Final[tuple[Role, ...]] = ("team_chief", "division")
"""Who approves what others ask for, and answers complaints."""
WHOLE: Final = "*"
"""A jurisdiction over everything this authority works on."""
