from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from backend.accounts.models import Account


class Credentials(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    username: str = Field(min_length=1, max_length=100)
    password: str = Field(min_length=1, max_length=200)
    code: str | None = Field(default=None, max_length=40)


class AccountView(BaseModel):
    username: str
    full_name: str
    title: str
    unit: str
    roles: list[str]


class SessionView(BaseModel):
    account: AccountView
    csrf_token: str


def account_view(account: Account) -> AccountView:
    return AccountView(
        username=account.username,
        full_name=account.full_name,
        title=account.title,
        unit=account.unit,
        roles=account.roles,
    )
