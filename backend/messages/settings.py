"""The settings of messages, a part of `backend.settings.Settings`, and what production forbids of them."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings

from notify.compose import load
from notify.quiet import QuietHours
from notify.quiet import parse as parse_quiet

DEMO_SECRET = "demo-only-not-a-secret"  # noqa: S105 -- refused in production
LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
_DEMO_DOMAINS = (".example", ".invalid", ".test")
_SECRETS = (
    "zalo_app_secret",
    "zalo_refresh_token",
    "zalo_oa_secret",
    "sms_token",
    "sms_webhook_secret",
    "vneid_token",
    "vneid_webhook_secret",
    "bounce_webhook_secret",
)
_POST_SECRETS = ("post_token", "post_webhook_secret")
_URLS = ("zalo_url", "zalo_oauth_url", "sms_url", "vneid_url")
Days = Annotated[int, Field(ge=0, le=30)]


class MessageSettings(BaseSettings):
    """Read as a part of `Settings`; names in the environment are the field names in capitals."""

    quiet_hours: str = "21:00-07:00"
    remind_days_before: Days = 3
    patience_legal_hours: Annotated[float, Field(gt=0)] = 96.0
    patience_courtesy_hours: Annotated[float, Field(gt=0)] = 6.0

    zalo_url: str = "http://127.0.0.1:8103"
    zalo_oauth_url: str = "http://127.0.0.1:8103/v4/oa/access_token"
    zalo_app_id: str = "demo-app"
    zalo_app_secret: SecretStr = SecretStr(DEMO_SECRET)
    zalo_token: SecretStr = SecretStr("")
    zalo_refresh_token: SecretStr = SecretStr("")
    zalo_oa_secret: SecretStr = SecretStr(DEMO_SECRET)
    zalo_templates: dict[str, str] = Field(default_factory=dict)

    sms_url: str = "http://127.0.0.1:8103"
    sms_token: SecretStr = SecretStr(DEMO_SECRET)
    sms_sender: Annotated[str, Field(min_length=1, max_length=11)] = "CSGT"
    sms_webhook_secret: SecretStr = SecretStr(DEMO_SECRET)

    vneid_url: str = "http://127.0.0.1:8103"
    vneid_token: SecretStr = SecretStr(DEMO_SECRET)
    vneid_webhook_secret: SecretStr = SecretStr(DEMO_SECRET)

    smtp_host: str = "127.0.0.1"
    smtp_port: Annotated[int, Field(ge=1, le=65535)] = 8106
    smtp_tls: Literal["none", "starttls", "tls"] = "none"
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")
    email_from: str = "khong-tra-loi@phatnguoi.example"
    bounce_webhook_secret: SecretStr = SecretStr(DEMO_SECRET)

    post_url: str = ""
    post_token: SecretStr = SecretStr(DEMO_SECRET)
    post_webhook_secret: SecretStr = SecretStr(DEMO_SECRET)
    post_customer: str = "CSGT-MAU"
    post_batch_at: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")] = "15:30"
    post_number_service: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] = "RR"
    post_number_first: Annotated[int, Field(ge=0, le=99_999_999)] = 0

    @field_validator("zalo_url", "sms_url", "vneid_url", "post_url")
    @classmethod
    def _no_slash_at_the_end(cls, value: str) -> str:
        return value.rstrip("/")

    @field_validator("quiet_hours")
    @classmethod
    def _two_times(cls, value: str) -> str:
        parse_quiet(value)
        return value

    @property
    def quiet(self) -> QuietHours:
        return parse_quiet(self.quiet_hours)


def message_faults(settings: MessageSettings) -> list[str]:
    """What forbids these settings in production, one sentence a setting."""
    secrets = _SECRETS + (_POST_SECRETS if settings.post_url else ())
    faults = [
        f"{name.upper()}: still the demo's secret; set one of your own"
        for name in secrets
        if getattr(settings, name).get_secret_value() in {"", DEMO_SECRET}
    ]
    urls = _URLS + (("post_url",) if settings.post_url else ())
    faults += [
        f"{name.upper()}: points at this machine's sandbox ({getattr(settings, name)})"
        for name in urls
        if urlsplit(getattr(settings, name)).hostname in LOCAL_HOSTS
    ]
    missing = sorted(name for name in newest_courtesy() if name not in settings.zalo_templates)
    if missing:
        faults.append(f"ZALO_TEMPLATES: no id that Zalo approved for {', '.join(missing)}")
    return faults + _mail_faults(settings)


def newest_courtesy() -> set[str]:
    """The newest version of each courtesy template, as `name/version`."""
    newest = {one.id: one.version for one in sorted(load(), key=lambda one: one.version)}
    courtesy = {one.id for one in load() if one.force == "courtesy"}
    return {f"{name}/{version}" for name, version in newest.items() if name in courtesy}


def _mail_faults(settings: MessageSettings) -> list[str]:
    faults = []
    if settings.smtp_host in LOCAL_HOSTS:
        faults.append(f"SMTP_HOST: points at this machine's sandbox ({settings.smtp_host})")
    elif settings.smtp_tls == "none":
        faults.append("SMTP_TLS: must be starttls or tls; people's addresses would travel in the open")
    if settings.email_from.endswith(_DEMO_DOMAINS):
        faults.append("EMAIL_FROM: still the demo's; set an address of the domain that your relay signs for")
    return faults
