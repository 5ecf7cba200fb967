"""One adapter a channel, each over an injected function that sends."""

from notify.channels.email import EmailChannel
from notify.channels.http import HttpRequest, HttpResponse, NoAnswerError, NotSentError, Send
from notify.channels.sms import SmsChannel
from notify.channels.vneid import VneidChannel
from notify.channels.zalo import ZaloChannel

__all__ = [
    "EmailChannel",
    "HttpRequest",
    "HttpResponse",
    "NoAnswerError",
    "NotSentError",
    "Send",
    "SmsChannel",
    "VneidChannel",
    "ZaloChannel",
]
