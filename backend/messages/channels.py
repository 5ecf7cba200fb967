"""The adapters of `notify` with the addresses and credentials of the settings."""

from __future__ import annotations

from datetime import datetime

import notify
from backend.messages.tokens import zalo_token
from backend.outgoing import email_channel
from backend.services import Services
from backend.settings import Settings
from notify.channels import Send, SmsChannel, VneidChannel, ZaloChannel
from notify.channels.zalo_token import TokenError
from notify.compose import load
from notify.mail import SendMail
from notify.message import ChannelName, Delivery

IDEMPOTENT = frozenset({"vneid"})
"""Channels that take the same tracking id for the same message; on the others a repeat may arrive twice."""


def deliver(
    services: Services,
    channel: ChannelName,
    message: notify.Message,
    recipient: notify.Recipient,
    *,
    tracking_id: str,
    now: datetime,
    send: Send,
    send_mail: SendMail | None = None,
) -> Delivery:
    """Hand a message to a channel; Zalo's expired token is refreshed and the message handed over again."""
    if channel == "zalo":
        return _by_zalo(services, message, recipient, tracking_id=tracking_id, now=now, send=send)
    adapter = _adapter(services.settings, channel, send, send_mail)
    return adapter.deliver(message, recipient, tracking_id=tracking_id)


def _adapter(
    settings: Settings, channel: ChannelName, send: Send, send_mail: SendMail | None
) -> notify.Channel:
    if channel == "vneid":
        return VneidChannel(settings.vneid_url, settings.vneid_token.get_secret_value(), send)
    if channel == "sms":
        token = settings.sms_token.get_secret_value()
        return SmsChannel(settings.sms_url, token, settings.sms_sender, send)
    if channel == "email":
        return email_channel(settings, send_mail)
    raise ValueError(f"channel {channel}: letters go by the batch")


def _by_zalo(
    services: Services,
    message: notify.Message,
    recipient: notify.Recipient,
    *,
    tracking_id: str,
    now: datetime,
    send: Send,
) -> Delivery:
    refused: str | None = None
    delivery = Delivery("failed", code="token", retryable=True)
    for _ in range(2):
        try:
            token = zalo_token(services, now, send, refused=refused)
        except TokenError as error:
            return Delivery(
                "failed",
                code=f"token_{error.code}",
                detail="authorise the account again" if error.lost else "no new token yet",
                retryable=not error.lost,
                needs_operator=error.lost,
            )
        settings = services.settings
        adapter = ZaloChannel(settings.zalo_url, token, zalo_template_ids(settings), send)
        delivery = adapter.deliver(message, recipient, tracking_id=tracking_id)
        if delivery.code != "token":
            break
        refused = token
    return delivery


def zalo_template_ids(settings: Settings) -> dict[str, str]:
    """Our template and version -> the id that Zalo approved; the demo's sandbox takes our own names."""
    if settings.environment == "production":
        return dict(settings.zalo_templates)
    return {f"{one.id}/{one.version}": f"{one.id}-{one.version}" for one in load()} | settings.zalo_templates
