"""Pictures of a form, cleaned, and what is wrong with those that cannot be taken."""

from __future__ import annotations

from starlette.datastructures import FormData, UploadFile

from backend.errors import FieldError
from backend.submissions.pictures import LARGEST_BYTES, MOST_FILES, Picture, PictureError, clean


def pictures_in(given: FormData, field: str, language: str) -> tuple[list[Picture], list[FieldError]]:
    """What was uploaded under a field's name; each fault names that field and its file."""
    files = [one for one in given.getlist(field) if isinstance(one, UploadFile) and one.filename]
    if len(files) > MOST_FILES:
        vi, en = f"Gửi tối đa {MOST_FILES} ảnh.", f"Send at most {MOST_FILES} pictures."
        return [], [FieldError(field, vi if language == "vi" else en)]
    taken, faults = [], []
    for one in files:
        try:
            taken.append(clean(one.file.read(LARGEST_BYTES + 1)))
        except PictureError as error:
            why = error.vi if language == "vi" else error.en
            faults.append(FieldError(field, f"{(one.filename or '')[:60]}: {why}"))
    return taken, faults
