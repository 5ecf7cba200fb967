"""A form with a file, read once its sender is known.

FastAPI reads the body of a route that names a file or a field as a parameter before it asks who sends it. A
route of staff that takes files names `GivenForm` instead, after its guard.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Final

from fastapi import Depends, Request
from starlette.datastructures import FormData, UploadFile

from backend.accounts.guards import AnyStaff
from backend.errors import FieldError, Problem

FILE: Final = "file"
MULTIPART: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": [FILE],
                    "properties": {FILE: {"type": "string", "contentMediaType": "application/octet-stream"}},
                }
            }
        },
    }
}
"""`openapi_extra` of a route of the API that takes one file."""


@dataclass(frozen=True, slots=True)
class Upload:
    """One file of a form; `name` is what its sender calls it."""

    name: str
    content: bytes


async def _form(request: Request, _staff: AnyStaff) -> FormData:
    return await request.form(max_files=1)


GivenForm = Annotated[FormData, Depends(_form)]


def upload_in(form: FormData) -> Upload:
    """The file of the form. Raises Problem 422 `file_needed` where none was chosen."""
    file = form.get(FILE)
    if not isinstance(file, UploadFile) or not file.filename:
        raise Problem(
            422,
            "file_needed",
            "Chưa chọn tệp",
            "No file was chosen",
            "Chọn tệp trên máy rồi gửi lại.",
            "Choose the file, then send again.",
            errors=(FieldError(FILE, "no file was chosen"),),
        )
    return Upload(file.filename, file.file.read())


def text_in(form: FormData, name: str) -> str:
    """A field of the form, without its edges; nothing where it is missing."""
    value = form.get(name)
    return value.strip() if isinstance(value, str) else ""


def day_in(form: FormData, name: str) -> date:
    """A day as browsers send it. Raises Problem 422 that names the field."""
    try:
        return date.fromisoformat(text_in(form, name))
    except ValueError as error:
        raise Problem(
            422,
            "day_wrong",
            "Ngày chưa đúng",
            "The day is not right",
            "Chọn ngày của tệp rồi gửi lại.",
            "Choose the day of the file, then send again.",
            errors=(FieldError(name, "expected YYYY-MM-DD"),),
        ) from error
