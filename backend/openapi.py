"""What the API says of itself (OpenAPI 3.1): routes and models by FastAPI, refusals and keys added here."""

from __future__ import annotations

import json
from typing import Any, Final

from fastapi import FastAPI

_ABOUT: Final = (
    "Programs speak to /v1. Staff: `POST /v1/sessions` gives the cookie `pn_session`, and a token for"
    " changing requests to send as `X-CSRF-Token`. Boxes, providers and other authorities sign what they send"
    " (docs/operating.md). Who may call what: docs/permissions.md. Every refusal is problem+json (RFC 9457)"
    " in the language of Accept-Language, vi or en."
)
_PROBLEM: Final[dict[str, Any]] = {
    "type": "object",
    "title": "Problem",
    "description": "A refusal (RFC 9457): `code` is for programs, `title` and `detail` for people.",
    "required": ["type", "title", "status", "detail", "instance", "code", "errors"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "code": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}
_REFUSED: Final[dict[str, Any]] = {
    "description": "Refused",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
_KEYS: Final[dict[str, Any]] = {
    "staffSession": {"type": "apiKey", "in": "cookie", "name": "pn_session"},
    "csrfToken": {"type": "apiKey", "in": "header", "name": "X-CSRF-Token"},
}
_METHODS: Final = ("get", "post", "put", "patch", "delete")
# FastAPI's own answer to a faulty request, which this application never gives.
_NOT_OURS: Final = ("HTTPValidationError", "ValidationError")


class Application(FastAPI):
    """FastAPI, describing its refusals as they are."""

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            self.openapi_schema = _completed(super().openapi())
        return self.openapi_schema


def _completed(document: dict[str, Any]) -> dict[str, Any]:
    document["info"]["description"] = _ABOUT
    parts = document.setdefault("components", {})
    schemas = parts.setdefault("schemas", {})
    for name in _NOT_OURS:
        schemas.pop(name, None)
    schemas["Problem"] = _PROBLEM
    parts["securitySchemes"] = _KEYS
    for path in document["paths"].values():
        for method in _METHODS:
            if method in path:
                answers = path[method]["responses"]
                answers.pop("422", None)
                answers["4XX"] = _REFUSED
    return document


def as_text(app: FastAPI) -> str:
    """The document as it is kept in docs/openapi.json."""
    return json.dumps(app.openapi(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
