"""Messages to people: versioned texts, what they must not say, and one adapter a channel."""

from notify.compose import Template, TemplateError, compose, find
from notify.guard import ForbiddenContentError
from notify.message import Attachment, Channel, Delivery, Message, Recipient
from notify.routing import follows, order, wait_s

__all__ = [
    "Attachment",
    "Channel",
    "Delivery",
    "ForbiddenContentError",
    "Message",
    "Recipient",
    "Template",
    "TemplateError",
    "compose",
    "find",
    "follows",
    "order",
    "wait_s",
]
