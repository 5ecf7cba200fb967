"""Vietnamese number plate pictures, drawn with Pillow (synthetic numbers only)."""

from __future__ import annotations

import re
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

SIZES_M = {"moto": (0.19, 0.14), "short": (0.33, 0.165), "long": (0.52, 0.11)}
GROUND_RGB = {"white": (238, 238, 232), "yellow": (246, 196, 22), "blue": (24, 70, 160), "red": (176, 22, 30)}
RED_INK = (190, 20, 28)
FONT_CANDIDATES = (
    "/usr/share/fonts/truetype/dejavu/DejaVuSansCondensed-Bold.ttf",
    "DejaVuSansCondensed-Bold.ttf",
    "DejaVuSans-Bold.ttf",
)
_FOREIGN = re.compile(r"^(\d{2})(\d{3})(NG|QT|CV|NN)(\d{2,3})$")
_ARMY = re.compile(r"^([A-Z]{2})(\d{2})(\d{2})$")
_SHORT = re.compile(r"^(\d{2})([A-Z][1-9]?)(\d{4})$")
_SPLIT = re.compile(r"^(\d{2})([A-Z]{2}|[A-Z][1-9](?=\d{5}$)|[A-Z])(\d{5})$")


def size_key(kind: str, layout: str) -> str:
    """Return the plate size name for a vehicle class and a layout."""
    if kind == "motorbike":
        return "moto"
    return "long" if layout == "one_line" else "short"


def split(text: str) -> tuple[str, str, str]:
    """Split a canonical plate into province code, series and five digits."""
    found = _SPLIT.match(text)
    if found is None:
        raise ValueError(f"not a plate of the sample clip: {text}")
    return found.group(1), found.group(2), found.group(3)


def special(text: str, kind: str) -> tuple[str, str] | None:
    """Return both lines of a foreign, army or old four-digit plate, None for any other."""
    if found := _FOREIGN.match(text):
        province, country, series, number = found.groups()
        return f"{province}-{country}", f"{series}-{number}"
    if found := _ARMY.match(text):
        return found.group(1), f"{found.group(2)}-{found.group(3)}"
    if (found := _SHORT.match(text)) and (len(found.group(2)) == 2) == (kind == "motorbike"):
        province, series, number = found.groups()
        return (f"{province}-{series}" if kind == "motorbike" else f"{province}{series}"), number
    return None


def display(text: str, kind: str) -> str:
    """Return the display form, ``61-B1 382.95`` or ``61A-728.14``."""
    if (parts := special(text, kind)) is not None:
        return (" " if kind == "motorbike" and _SHORT.match(text) else "-").join(parts)
    province, series, number = split(text)
    dotted = f"{number[:3]}.{number[3:]}"
    if kind == "motorbike":
        return f"{province}-{series} {dotted}"
    return f"{province}{series}-{dotted}"


def lines(text: str, kind: str, layout: str) -> list[str]:
    """Return the text lines as painted on the plate."""
    if (parts := special(text, kind)) is not None:
        return ["-".join(parts)] if layout == "one_line" else list(parts)
    province, series, number = split(text)
    dotted = f"{number[:3]}.{number[3:]}"
    head = f"{province}-{series}" if kind == "motorbike" else f"{province}{series}"
    return [f"{head}-{dotted}"] if layout == "one_line" else [head, dotted]


def _font(size: int) -> ImageFont.FreeTypeFont:
    for name in FONT_CANDIDATES:
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    raise OSError("no DejaVu font found; install the package fonts-dejavu-core")


def _text_block(text: str, ink: tuple[int, int, int], width: int, height: int) -> Image.Image:
    """Draw ``text`` stretched to exactly ``width`` x ``height`` pixels on transparent; NG and QT in red."""
    font = _font(220)
    box = font.getbbox(text)
    wide, tall = int(box[2] - box[0]), int(box[3] - box[1])
    art = Image.new("RGBA", (wide, tall), (*ink, 0))
    pen = ImageDraw.Draw(art)
    pen.text((-box[0], -box[1]), text, font=font, fill=(*ink, 255))
    if found := re.search(r"(?:NG|QT)(?=-)", text):
        left = font.getlength(text[: found.start()]) - box[0]
        right = font.getlength(text[: found.end()]) - box[0]
        red = Image.new("RGBA", art.size, (*RED_INK, 0))
        ImageDraw.Draw(red).text((-box[0], -box[1]), text, font=font, fill=(*RED_INK, 255))
        span = (round(left), 0, round(right), tall)
        art.paste(red.crop(span), span)
    return art.resize((width, height), Image.Resampling.LANCZOS)


def draw(text: str, kind: str, layout: str, ground: str, scale: int = 1600) -> Image.Image:
    """Return the plate picture; ``scale`` is pixels per metre of plate."""
    size = SIZES_M[size_key(kind, layout)]
    w, h = int(size[0] * scale), int(size[1] * scale)
    ink = (250, 250, 250) if ground in ("blue", "red") else (16, 16, 18)
    img = Image.new("RGB", (w, h), GROUND_RGB[ground])
    pen = ImageDraw.Draw(img)
    edge = max(2, int(0.004 * scale))
    pen.rounded_rectangle(
        (edge, edge, w - edge, h - edge), radius=3 * edge, outline=ink, width=max(2, edge // 2)
    )
    rows = lines(text, kind, layout)
    margin, gap = int(0.075 * h) + edge, int(0.06 * h)
    if layout == "one_line":
        margin = int(0.16 * h)
    tall = (h - 2 * margin - gap * (len(rows) - 1)) // len(rows)
    for i, row in enumerate(rows):
        share = min(0.88, 0.165 * len(row)) if len(rows) == 2 else 0.93
        wide = int(w * share)
        block = _text_block(row, ink, wide, tall)
        img.paste(block, ((w - wide) // 2, margin + i * (tall + gap)), block)
    return img


def save(folder: Path, text: str, kind: str, layout: str, ground: str) -> Path:
    """Draw a plate into ``folder`` and return the file's path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{text}_{kind}_{layout}_{ground}.png"
    draw(text, kind, layout, ground).save(path)
    return path
