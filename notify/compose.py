"""Texts from versioned templates and typed values."""

from __future__ import annotations

import re
import string
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Literal, get_args

from notify.guard import SAYABLE, refuse_courtesy, refuse_links
from notify.message import Attachment, ChannelName, Force, Lang, Message

FieldKind = Literal["text", "number", "date", "masked_plate", "secret"]
_NUMBER = re.compile(r"(?=.*[A-ZĐ])[0-9A-ZĐ./-]{3,40}")
_LONGEST_TEXT = 80


class TemplateError(ValueError):
    """A template is malformed or unknown, or a value does not fit its field; names template and field."""


@dataclass(frozen=True, slots=True)
class Text:
    """Subject and body in both languages."""

    vi: str
    en: str
    subject_vi: str = ""
    subject_en: str = ""

    def parts(self) -> tuple[str, ...]:
        return (self.vi, self.en, self.subject_vi, self.subject_en)


@dataclass(frozen=True, slots=True)
class Template:
    """One version of one message. `email` is what an e-mail says instead; None: it does not go by e-mail."""

    id: str
    version: int
    force: Force
    fields: Mapping[str, FieldKind]
    text: Text
    email: Text | None = None

    def texts(self) -> tuple[str, ...]:
        return (*self.text.parts(), *(self.email.parts() if self.email else ()))


def compose(
    template_id: str,
    data: Mapping[str, object],
    *,
    lang: Lang = "vi",
    version: int | None = None,
    channel: ChannelName | None = None,
    attachments: Sequence[Attachment] = (),
    secrets: Sequence[str] = (),
) -> Message:
    """A message from a template (its newest version unless one is named), as `channel` may say it.

    `data` must have exactly the template's fields: `date` values for dates, else text. `secrets` are strings
    that a courtesy message must not contain by any way. Raises TemplateError, or ForbiddenContentError for a
    courtesy message with a link, an amount, an account number or a secret, and for any message with a link.
    """
    template = find(template_id, version)
    values = _values(template, data)
    said = template.email if channel == "email" else template.text
    if said is None:
        raise TemplateError(f"{template_id}: does not go by e-mail")
    subject, body = _text(said, lang, values)
    if template.force == "courtesy":
        if attachments:
            raise TemplateError(f"{template_id}: a courtesy message carries no files")
        refuse_courtesy(f"{subject}\n{body}", secrets=secrets, known_numbers=_numbers_said(template, values))
    else:
        if not attachments:
            raise TemplateError(f"{template_id}: legal delivery needs the signed document attached")
        refuse_links(f"{subject}\n{body}")
    return Message(
        force=template.force,
        template_id=template.id,
        template_version=template.version,
        lang=lang,
        subject=subject,
        body=body,
        fields=values,
        attachments=tuple(attachments),
    )


def _numbers_said(template: Template, values: Mapping[str, str]) -> list[str]:
    """What looks like an amount and is none: a plate of series D or K, for "61D" is no sum in đồng."""
    return [values[name] for name, kind in template.fields.items() if kind in {"number", "masked_plate"}]


def find(template_id: str, version: int | None = None) -> Template:
    """A template by name; the newest version where none is given. Raises TemplateError when there is none."""
    known = [template for template in load() if template.id == template_id]
    chosen = [one for one in known if version is None or one.version == version]
    if not chosen:
        named = template_id if version is None else f"{template_id}/{version}"
        raise TemplateError(f"{named}: no such template")
    return max(chosen, key=lambda template: template.version)


@cache
def load() -> tuple[Template, ...]:
    """The packaged templates, read and checked once."""
    return parse((files("notify") / "templates.toml").read_text(encoding="utf-8"))


def parse(text: str) -> tuple[Template, ...]:
    """Templates from the text of the file. Raises TemplateError naming the template and what is wrong."""
    templates = tuple(_template(entry) for entry in tomllib.loads(text).get("template", []))
    seen: set[tuple[str, int]] = set()
    for template in templates:
        if (template.id, template.version) in seen:
            raise TemplateError(f"{template.id}/{template.version}: is there twice")
        seen.add((template.id, template.version))
        _check(template)
    return templates


def _template(entry: Mapping[str, Any]) -> Template:
    name = f"{entry.get('id', '?')}/{entry.get('version', '?')}"
    for key in ("id", "version", "force", "fields", "vi", "en"):
        if key not in entry:
            raise TemplateError(f"{name}: {key!r} is missing")
    if entry["force"] not in get_args(Force):
        raise TemplateError(f"{name}: force must be one of {', '.join(get_args(Force))}")
    for field, kind in entry["fields"].items():
        if kind not in get_args(FieldKind):
            raise TemplateError(f"{name}: field {field!r} has unknown kind {kind!r}")
    return Template(
        id=entry["id"],
        version=entry["version"],
        force=entry["force"],
        fields=dict(entry["fields"]),
        text=_read_text(entry),
        email=_email(name, entry["email"]) if "email" in entry else None,
    )


def _read_text(entry: Mapping[str, Any]) -> Text:
    return Text(entry["vi"], entry["en"], entry.get("subject_vi", ""), entry.get("subject_en", ""))


def _email(name: str, entry: Mapping[str, Any]) -> Text:
    for key in ("vi", "en", "subject_vi", "subject_en"):
        if not entry.get(key):
            raise TemplateError(f"{name}: email.{key} is missing")
    return _read_text(entry)


def _check(template: Template) -> None:
    name = f"{template.id}/{template.version}"
    declared = set(template.fields)
    for text in (template.text.vi, template.text.en):
        if _placeholders(text) != declared:
            raise TemplateError(f"{name}: text and fields differ: {sorted(_placeholders(text) ^ declared)}")
    for text in template.texts():
        if not _placeholders(text) <= declared:
            raise TemplateError(f"{name}: undeclared field in {text!r}")
        refuse_links(text)
    for text in template.email.parts() if template.email else ():
        if not _placeholders(text) <= SAYABLE["email"]:
            raise TemplateError(f"{name}: an e-mail says {sorted(SAYABLE['email'])} and nothing of the case")
    if template.force == "courtesy" and "secret" in template.fields.values():
        raise TemplateError(f"{name}: a courtesy message has no secret")


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def _values(template: Template, data: Mapping[str, object]) -> dict[str, str]:
    if set(data) != set(template.fields):
        differ = ", ".join(sorted(set(data) ^ set(template.fields)))
        raise TemplateError(f"{template.id}: fields missing or not wanted: {differ}")
    return {
        name: _FORMAT[kind](f"{template.id}.{name}", data[name]) for name, kind in template.fields.items()
    }


def _text(said: Text, lang: Lang, values: Mapping[str, str]) -> tuple[str, str]:
    vi = (said.subject_vi.format(**values), said.vi.format(**values))
    en = (said.subject_en.format(**values), said.en.format(**values))
    if lang == "vi":
        return vi
    if lang == "en":
        return en
    return (" / ".join(part for part in (vi[0], en[0]) if part), f"{vi[1]}\n\n{en[1]}")


def _as_text(name: str, value: object) -> str:
    if not isinstance(value, str) or not 0 < len(value.strip()) <= _LONGEST_TEXT or "\n" in value:
        raise TemplateError(f"{name}: expected one line of 1 to {_LONGEST_TEXT} characters")
    return value.strip()


def _as_number(name: str, value: object) -> str:
    if not isinstance(value, str) or not _NUMBER.fullmatch(value):
        raise TemplateError(f"{name}: expected a document number with capitals, such as TB-000123")
    return value


def _as_date(name: str, value: object) -> str:
    if not isinstance(value, date):
        raise TemplateError(f"{name}: expected a date")
    return f"{value:%d/%m/%Y}"


def _as_masked_plate(name: str, value: object) -> str:
    text = _as_text(name, value)
    if "*" not in text:
        raise TemplateError(f"{name}: expected a masked plate, see penalty.plates.masked")
    return text


_FORMAT: Mapping[FieldKind, Callable[[str, object], str]] = {
    "text": _as_text,
    "number": _as_number,
    "date": _as_date,
    "masked_plate": _as_masked_plate,
    "secret": _as_text,
}
