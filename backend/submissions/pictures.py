"""Pictures that owners send: known by their content, limited, and made anew so that nothing hides in them."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageOps

MOST_FILES: Final = 4
LARGEST_BYTES: Final = 8 * 1024 * 1024
_LARGEST_PIXELS: Final = 50_000_000
_LONGEST_SIDE_PX: Final = 2400
_UNREADABLE: Final = (
    OSError,
    SyntaxError,
    ValueError,
    Image.DecompressionBombWarning,
    Image.DecompressionBombError,
)
_FORMATS: Final = ("JPEG", "PNG", "WEBP")


class PictureError(ValueError):
    """A file that cannot be taken; `vi` and `en` say why."""

    def __init__(self, vi: str, en: str) -> None:
        super().__init__(en)
        self.vi = vi
        self.en = en


@dataclass(frozen=True, slots=True)
class Picture:
    """JPEG bytes without any metadata: no place, no device, no thumbnail of something else."""

    data: bytes
    media_type: str = "image/jpeg"


def clean(content: bytes) -> Picture:
    """The picture in `content`, made anew from its pixels. Raises PictureError."""
    if not content:
        raise PictureError("Tệp trống.", "The file is empty.")
    if len(content) > LARGEST_BYTES:
        most = LARGEST_BYTES // 1024**2
        raise PictureError(f"Ảnh lớn hơn {most} MB.", f"The picture is larger than {most} MB.")
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with Image.open(io.BytesIO(content), formats=_FORMATS) as opened:
                if opened.width * opened.height > _LARGEST_PIXELS:
                    raise PictureError("Ảnh có quá nhiều điểm ảnh.", "The picture has too many pixels.")
                upright = ImageOps.exif_transpose(opened).convert("RGB")
        except _UNREADABLE as error:
            if isinstance(error, PictureError):
                raise
            raise PictureError(
                "Tệp không phải ảnh JPEG, PNG hoặc WebP đọc được.",
                "The file is no readable JPEG, PNG or WebP picture.",
            ) from error
    upright.thumbnail((_LONGEST_SIDE_PX, _LONGEST_SIDE_PX))
    fresh = Image.new("RGB", upright.size)
    fresh.paste(upright)
    buffer = io.BytesIO()
    fresh.save(buffer, "JPEG", quality=88)
    return Picture(buffer.getvalue())
