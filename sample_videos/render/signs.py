"""Shop boards, street name plates and traffic signs, drawn with Pillow."""

from __future__ import annotations

import random
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from sample_videos.render.plates import FONT_CANDIDATES

Rgb = tuple[int, int, int]
SHOPS: tuple[tuple[str, Rgb, Rgb], ...] = (
    ("CÀ PHÊ SÁNG", (92, 48, 20), (250, 236, 200)),
    ("PHỞ BÒ", (180, 22, 22), (255, 235, 120)),
    ("NHÀ THUỐC", (10, 120, 60), (255, 255, 255)),
    ("TẠP HÓA", (20, 70, 160), (255, 240, 90)),
    ("SỬA XE MÁY", (230, 180, 20), (160, 20, 20)),
    ("BÁNH MÌ", (225, 100, 20), (255, 255, 240)),
    ("VẢI - MAY ĐO", (140, 30, 110), (255, 235, 245)),
    ("ĐIỆN LẠNH", (10, 140, 170), (255, 255, 255)),
    ("TRÀ SỮA", (240, 205, 215), (150, 40, 80)),
    ("VĂN PHÒNG PHẨM", (250, 250, 245), (25, 60, 150)),
    ("CƠM TẤM", (200, 30, 30), (255, 255, 255)),
    ("HỚT TÓC NAM", (30, 30, 34), (240, 200, 90)),
    ("GIẶT ỦI", (40, 110, 200), (255, 255, 255)),
    ("HOA TƯƠI", (245, 245, 235), (190, 30, 90)),
)


def _font(size: int) -> ImageFont.FreeTypeFont:
    for name in FONT_CANDIDATES:
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    raise OSError("no DejaVu font found; install the package fonts-dejavu-core")


def _centred(pen: ImageDraw.ImageDraw, box: tuple[int, int, int, int], text: str, ink: Rgb) -> None:
    x0, y0, x1, y1 = box
    size = int((y1 - y0) * 0.78)
    while size > 6 and pen.textlength(text, font=_font(size)) > (x1 - x0) * 0.92:
        size -= 2
    pen.text(((x0 + x1) / 2, (y0 + y1) / 2), text, font=_font(size), fill=ink, anchor="mm")


def shop_board(folder: Path, index: int) -> Path:
    """Draw one shop board (4:1) and return its file."""
    folder.mkdir(parents=True, exist_ok=True)
    text, ground, ink = SHOPS[index % len(SHOPS)]
    rng = random.Random(index)
    img = Image.new("RGB", (800, 200), ground)
    pen = ImageDraw.Draw(img)
    pen.rectangle((6, 6, 793, 193), outline=ink, width=4)
    _centred(pen, (20, 10, 780, 142), text, ink)
    _centred(pen, (60, 140, 740, 188), f"Số {rng.randint(2, 498)} Phạm Ngọc Thạch", ink)
    path = folder / f"shop_{index}.png"
    img.save(path)
    return path


def street_name(folder: Path) -> Path:
    """Draw the blue street name plate and return its file."""
    folder.mkdir(parents=True, exist_ok=True)
    img = Image.new("RGB", (900, 240), (18, 60, 150))
    pen = ImageDraw.Draw(img)
    pen.rectangle((8, 8, 891, 231), outline=(255, 255, 255), width=8)
    _centred(pen, (20, 30, 880, 210), "PHẠM NGỌC THẠCH", (255, 255, 255))
    path = folder / "street_name.png"
    img.save(path)
    return path


def speed_sign(folder: Path) -> Path:
    """Draw the face of the round 50 km/h sign (corners transparent grey) and return its file."""
    folder.mkdir(parents=True, exist_ok=True)
    img = Image.new("RGB", (400, 400), (255, 255, 255))
    pen = ImageDraw.Draw(img)
    pen.ellipse((4, 4, 396, 396), fill=(255, 255, 255), outline=(200, 16, 24), width=48)
    _centred(pen, (80, 90, 320, 310), "50", (10, 10, 10))
    path = folder / "speed_50.png"
    img.save(path)
    return path
