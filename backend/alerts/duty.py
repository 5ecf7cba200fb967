"""Who is on duty: people's addresses, sealed at rest."""

from __future__ import annotations

import uuid
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError
from sqlalchemy import select
from sqlalchemy.orm import Session
from standardwebhooks.webhooks import Webhook

from backend import audit
from backend.accounts.models import Account
from backend.alerts.models import OnCall
from backend.alerts.rules import NAMES
from backend.database import new_id
from backend.errors import not_found
from backend.owners.vault import Vault
from backend.settings import Settings
from notify.alerts import EmailTo, SmsTo, Target, WebhookTo

_SHOWN = 3


class DutyEntry(BaseModel):
    """One person on duty and one way to tell that person."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    name: Annotated[str, Field(min_length=1, max_length=120)]
    channel: Literal["email", "sms", "webhook"]
    address: Annotated[str, Field(min_length=3, max_length=500)]
    secret: Annotated[str, Field(max_length=200)] = ""
    rules: tuple[str, ...] = ()
    severity_at_least: Literal["info", "warning", "critical"] = "warning"
    since_hour: Annotated[int, Field(ge=0, le=23)] = 0
    until_hour: Annotated[int, Field(ge=1, le=24)] = 24

    @model_validator(mode="after")
    def _fits(self) -> DutyEntry:
        if self.channel == "email" and "@" not in self.address:
            raise _wrong(
                "address", "địa chỉ thư điện tử phải có ký hiệu @", "an e-mail address has an @ in it"
            )
        if self.channel == "sms" and not self.address.replace("+", "").isdigit():
            raise _wrong("address", "số điện thoại chỉ gồm chữ số", "a telephone number has digits only")
        if self.channel == "webhook":
            if not self.address.startswith(("https://", "http://127.0.0.1", "http://localhost")):
                raise _wrong(
                    "address", "địa chỉ webhook bắt đầu bằng https://", "a webhook needs an https:// address"
                )
            try:
                Webhook(self.secret)
            except Exception as error:
                raise _wrong(
                    "secret",
                    "khóa bắt đầu bằng whsec_ và viết bằng base64, theo Standard Webhooks",
                    "whsec_ and base64, as Standard Webhooks has it",
                ) from error
        if unknown := ", ".join(sorted(set(self.rules) - set(NAMES))):
            raise _wrong("rules", f"không có loại cảnh báo này: {unknown}", f"not known: {unknown}")
        return self


def _wrong(field: str, vi: str, en: str) -> PydanticCustomError:
    return PydanticCustomError("duty_wrong", en, {"field": field, "vi": vi})


class DutyView(BaseModel):
    """An entry as operators see it: the address shortened."""

    id: uuid.UUID
    name: str
    channel: str
    address: str
    rules: list[str]
    severity_at_least: str
    since_hour: int
    until_hour: int
    active: bool


def add(session: Session, settings: Settings, entry: DutyEntry, operator: Account) -> OnCall:
    """Put somebody on duty."""
    vault, row_id = _vault(settings), new_id()
    row = OnCall(
        id=row_id,
        name=entry.name,
        channel=entry.channel,
        address_sealed=vault.seal("on_call.address", row_id, entry.address),
        secret_sealed=vault.seal("on_call.secret", row_id, entry.secret) if entry.secret else None,
        rules=list(entry.rules),
        severity_at_least=entry.severity_at_least,
        since_hour=entry.since_hour,
        until_hour=entry.until_hour,
        active=True,
    )
    session.add(row)
    session.flush()
    _note(session, operator, row, "added")
    return row


def end(session: Session, row_id: uuid.UUID, operator: Account) -> None:
    """Take somebody off duty. Raises Problem 404."""
    row = session.get(OnCall, row_id, with_for_update=True)
    if row is None:
        raise not_found("Không có người trực này", "There is no such person on duty")
    if row.active:
        row.active = False
        _note(session, operator, row, "removed")


def everybody(session: Session, settings: Settings) -> list[DutyView]:
    """Who is on duty."""
    rows = session.scalars(select(OnCall).where(OnCall.active).order_by(OnCall.created_at))
    return [
        DutyView(
            id=row.id,
            name=row.name,
            channel=row.channel,
            address=_short(_address(settings, row)),
            rules=row.rules,
            severity_at_least=row.severity_at_least,
            since_hour=row.since_hour,
            until_hour=row.until_hour,
            active=row.active,
        )
        for row in rows
    ]


def target_of(settings: Settings, row: OnCall) -> Target:
    """Where to tell this person."""
    address = _address(settings, row)
    if row.channel == "email":
        return EmailTo(address)
    if row.channel == "sms":
        return SmsTo(address)
    sealed = row.secret_sealed or b""
    return WebhookTo(address, _vault(settings).open("on_call.secret", row.id, sealed))


def _address(settings: Settings, row: OnCall) -> str:
    return _vault(settings).open("on_call.address", row.id, row.address_sealed)


def _short(address: str) -> str:
    """Enough to know it again: `tru…@phatnguoi.example`, `https://a.example/…`, `…999`."""
    if "://" in address:
        return "/".join(address.split("/")[:3]) + "/…"
    name, at, domain = address.partition("@")
    return f"{name[:_SHOWN]}…@{domain}" if at else f"…{address[-_SHOWN:]}"


def _vault(settings: Settings) -> Vault:
    return Vault(settings.secret_key.get_secret_value())


def _note(session: Session, operator: Account, row: OnCall, what: str) -> None:
    audit.record(
        session,
        actor=operator.actor,
        action=f"on_call.{what}",
        subject_type="on_call",
        subject_id=row.id,
        data={"channel": row.channel, "rules": row.rules},
    )
