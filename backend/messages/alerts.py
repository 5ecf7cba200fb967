"""Telling staff: `notify.alerts` over the ways that the settings name."""

from __future__ import annotations

from datetime import datetime

from backend.outgoing import email_channel, http_send
from backend.settings import Settings
from notify.alerts import Alert, Target, Ways, send_alert
from notify.channels import SmsChannel
from notify.message import Delivery


def alert_staff(
    settings: Settings, alert: Alert, target: Target, *, tracking_id: str, now: datetime
) -> Delivery:
    """Hand one alert to one address of staff, outside any transaction; see `notify.alerts.send_alert`."""
    return send_alert(alert, target, _ways(settings), tracking_id=tracking_id, now=now)


def _ways(settings: Settings) -> Ways:
    sms = SmsChannel(settings.sms_url, settings.sms_token.get_secret_value(), settings.sms_sender, http_send)
    return Ways(http=http_send, email=email_channel(settings), sms=sms)
