"""Whether the bytes of a picture file are whole, before a decoder fills in what is missing.

Some decoders paint the lost part of a cut-off JPEG grey and say nothing; a plate read from such a picture is
read from half a picture. So a file that ends early is refused, however much of it could be shown.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from typing import Final

_JPEG, _PNG, _RIFF, _WEBP = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF", b"WEBP"
_START_OF_SCAN, _END_OF_IMAGE = 0xDA, 0xD9
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_WITHOUT_LENGTH: Final = frozenset({0x01, *range(0xD0, 0xD8)})
_AFTER_SCAN: Final = re.compile(rb"\xff+[^\x00\xd0-\xd7\xff]", re.DOTALL)
_PNG_ALPHA: Final = frozenset({4, 6})
_DEEP_BITS: Final = 16


@dataclass(frozen=True, slots=True)
class Looks:
    """What a picture file's own headers say; `trouble` is '' when the file is whole.

    `size_px` is (width, height) as stored, before any turning; None where the format is not looked into.
    `alpha`: it has transparent parts; `turned`: it may say which way up it is; `deep`: 16 bits a channel.
    """

    trouble: str = ""
    size_px: tuple[int, int] | None = None
    alpha: bool = False
    turned: bool = False
    deep: bool = False


def look_at(data: bytes) -> Looks:
    """Walk through the headers of a JPEG, PNG or WebP file; other formats are left to the decoder."""
    if not data:
        return Looks("the file is empty")
    if data.startswith(_JPEG):
        return _jpeg(data)
    if data.startswith(_PNG):
        return _png(data)
    if data[:4] == _RIFF and data[8:12] == _WEBP:
        return _webp(data)
    return Looks()


def _jpeg(data: bytes) -> Looks:
    """Segment by segment to the end marker: an end marker inside a thumbnail must not count."""
    cut = "cut off: the JPEG ends before its picture does"
    size: tuple[int, int] | None = None
    place = 2
    while place + 2 <= len(data):
        if data[place] != 0xFF:  # noqa: PLR2004
            return Looks("damaged: not a JPEG segment where one should start", size)
        marker = data[place + 1]
        if marker == _END_OF_IMAGE:
            return Looks("" if size else "damaged: a JPEG without a picture", size)
        if marker == 0xFF or marker in _WITHOUT_LENGTH:  # noqa: PLR2004
            place += 1 if marker == 0xFF else 2  # noqa: PLR2004
            continue
        length = int.from_bytes(data[place + 2 : place + 4], "big")
        end = place + 2 + length
        if length < 2 or end > len(data):  # noqa: PLR2004
            return Looks(cut, size)
        if marker in _FRAMES and length >= 8:  # noqa: PLR2004
            height = int.from_bytes(data[place + 5 : place + 7], "big")
            size = int.from_bytes(data[place + 7 : place + 9], "big"), height
        place = end
        if marker == _START_OF_SCAN:
            following = _AFTER_SCAN.search(data, place)
            if following is None:
                return Looks(cut, size)
            place = following.end() - 2
    return Looks(cut, size)


def _png(data: bytes) -> Looks:
    cut = "cut off: the PNG ends before its picture does"
    size: tuple[int, int] | None = None
    alpha = turned = deep = False
    place = len(_PNG)
    while place + 12 <= len(data):
        length = int.from_bytes(data[place : place + 4], "big")
        kind, end = data[place + 4 : place + 8], place + 8 + length
        if end + 4 > len(data):
            return Looks(cut, size)
        if zlib.crc32(data[place + 4 : end]) != int.from_bytes(data[end : end + 4], "big"):
            return Looks("damaged: a checksum within the PNG is wrong", size)
        if kind == b"IHDR" and length >= 10:  # noqa: PLR2004
            body = data[place + 8 : end]
            size = int.from_bytes(body[:4], "big"), int.from_bytes(body[4:8], "big")
            deep, alpha = body[8] == _DEEP_BITS, body[9] in _PNG_ALPHA
        alpha, turned = alpha or kind == b"tRNS", turned or kind == b"eXIf"
        if kind == b"IEND":
            return Looks("" if size else "damaged: a PNG without a picture", size, alpha, turned, deep)
        place = end + 4
    return Looks(cut, size)


def _webp(data: bytes) -> Looks:
    if int.from_bytes(data[4:8], "little") + 8 > len(data):
        return Looks("cut off: the WebP ends before its picture does")
    return Looks()
