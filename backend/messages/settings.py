"""The settings of messages, a part of `backend.settings.Settings`, and what production forbids of them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings

_LOCAL_HOSTS = {"localhost", "127.0.0.1", "::1"}
_DEMO_DOMAINS = (".example", ".invalid", ".test")


class MessageSettings(BaseSettings):
    """Read as a part of `Settings`; names in the environment are the field names in capitals."""

    smtp_host: str = "127.0.0.1"
    smtp_port: Annotated[int, Field(ge=1, le=65535)] = 8106
    smtp_tls: Literal["none", "starttls", "tls"] = "none"
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")
    email_from: str = "khong-tra-loi@phatnguoi.example"
    sms_sender: Annotated[str, Field(min_length=1, max_length=11)] = "CSGT"


def message_faults(settings: MessageSettings) -> list[str]:
    """What forbids these settings in production, one sentence a setting."""
    faults = []
    if settings.smtp_host in _LOCAL_HOSTS:
        faults.append(f"SMTP_HOST: points at this machine's sandbox ({settings.smtp_host})")
    elif settings.smtp_tls == "none":
        faults.append("SMTP_TLS: must be starttls or tls; people's addresses would travel in the open")
    if settings.email_from.endswith(_DEMO_DOMAINS):
        faults.append("EMAIL_FROM: still the demo's; set an address of the domain that your relay signs for")
    return faults
