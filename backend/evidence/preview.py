"""A small copy of a picture for a page on a slow line. The evidence is the file; this only points at it."""

from __future__ import annotations

import io
from typing import Final

from PIL import Image

LARGEST_BYTES: Final = 26_000
WIDTH_PX: Final = 720
_QUALITIES: Final = (75, 62, 50, 38)
_SMALLER: Final = 0.8


def preview(content: bytes, *, width_px: int = WIDTH_PX, largest_bytes: int = LARGEST_BYTES) -> bytes:
    """The picture as a progressive JPEG of at most this width and size.

    First the quality is lowered, then the width, until it fits. Raises OSError for bytes that are no picture.
    """
    with Image.open(io.BytesIO(content)) as opened:
        picture = opened.convert("RGB")
    picture.thumbnail((width_px, width_px))
    while True:
        for quality in _QUALITIES:
            buffer = io.BytesIO()
            picture.save(buffer, "JPEG", quality=quality, optimize=True, progressive=True)
            if buffer.tell() <= largest_bytes:
                return buffer.getvalue()
        picture = picture.resize((int(picture.width * _SMALLER), int(picture.height * _SMALLER)))
