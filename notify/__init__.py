"""Messages to people: versioned texts, what they must not say, and one adapter a channel."""

from notify.compose import Template, TemplateError, compose, find
from notify.guard import ForbiddenContentError
from notify.message import Attachment, Channel, Delivery, Message, Recipient
from notify.routing import Attempt, NextStep, next_step, order

__all__ = [
    "Attachment",
    "Attempt",
    "Channel",
    "Delivery",
    "ForbiddenContentError",
    "Message",
    "NextStep",
    "Recipient",
    "Template",
    "TemplateError",
    "compose",
    "find",
    "next_step",
    "order",
]
