"""Shop boards, street name plates and traffic signs, drawn with Pillow."""

from __future__ import annotations

import random
from collections.abc import Callable
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


def shop_board(folder: Path, index: int, street: str) -> Path:
    """Draw one shop board (4:1) with its address and return its file."""
    folder.mkdir(parents=True, exist_ok=True)
    text, ground, ink = SHOPS[index % len(SHOPS)]
    rng = random.Random(index)
    img = Image.new("RGB", (800, 200), ground)
    pen = ImageDraw.Draw(img)
    pen.rectangle((6, 6, 793, 193), outline=ink, width=4)
    _centred(pen, (20, 10, 780, 142), text, ink)
    _centred(pen, (60, 140, 740, 188), f"Số {rng.randint(2, 498)} {street}", ink)
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


RED, BLUE, WHITE, BLACK = (200, 16, 24), (24, 78, 170), (255, 255, 255), (12, 12, 12)
ROUND = ("speed_60", "no_entry", "no_stopping", "no_u_turn", "no_trucks", "lane_bikes")
BOARD_SIZES_M = {
    "one_way_no_entry": (0.62, 0.82),
    "bus_stop": (0.5, 0.7),
}
SYMBOL_SIZES_M = {"bike": (1.5, 3.0), "no_trucks": (1.7, 3.4)}


def _disc(pen: ImageDraw.ImageDraw, fill: Rgb, rim: Rgb | None, width: int = 46) -> None:
    pen.ellipse((4, 4, 396, 396), fill=fill, outline=rim or WHITE, width=width if rim else 10)


def _slash(pen: ImageDraw.ImageDraw) -> None:
    pen.line((75, 75, 325, 325), fill=RED, width=38)


def _speed_60(pen: ImageDraw.ImageDraw) -> None:
    _disc(pen, WHITE, RED)
    _centred(pen, (80, 90, 320, 310), "60", BLACK)


def _no_entry(pen: ImageDraw.ImageDraw) -> None:
    _disc(pen, RED, None)
    pen.rectangle((70, 165, 330, 235), fill=WHITE)


def _no_stopping(pen: ImageDraw.ImageDraw) -> None:
    _disc(pen, BLUE, RED)
    _slash(pen)
    pen.line((325, 75, 75, 325), fill=RED, width=38)


def _no_u_turn(pen: ImageDraw.ImageDraw) -> None:
    _disc(pen, WHITE, RED)
    pen.arc((140, 110, 260, 230), 180, 360, fill=BLACK, width=36)
    pen.rectangle((224, 170, 260, 300), fill=BLACK)
    pen.rectangle((140, 170, 176, 240), fill=BLACK)
    pen.polygon([(112, 235), (204, 235), (158, 300)], fill=BLACK)
    _slash(pen)


def _truck(pen: ImageDraw.ImageDraw, ink: Rgb) -> None:
    pen.rectangle((95, 135, 225, 245), fill=ink)
    pen.polygon([(235, 165), (285, 165), (310, 205), (310, 245), (235, 245)], fill=ink)
    for x in (140, 270):
        pen.ellipse((x - 25, 225, x + 25, 275), fill=ink)


def _no_trucks(pen: ImageDraw.ImageDraw) -> None:
    _disc(pen, WHITE, RED)
    _truck(pen, BLACK)


def _bike(pen: ImageDraw.ImageDraw, ink: Rgb) -> None:
    for x in (125, 275):
        pen.ellipse((x - 45, 195, x + 45, 285), outline=ink, width=20)
    pen.line((125, 240, 180, 190, 250, 190, 275, 240), fill=ink, width=22)
    pen.line((150, 160, 215, 165), fill=ink, width=24)
    pen.line((250, 190, 235, 125, 270, 120), fill=ink, width=16)


def _lane_bikes(pen: ImageDraw.ImageDraw) -> None:
    _disc(pen, BLUE, None)
    _bike(pen, WHITE)


def _one_way_no_entry(pen: ImageDraw.ImageDraw) -> None:
    pen.rectangle((0, 0, 399, 399), fill=WHITE)
    _disc(pen, RED, None)
    pen.rectangle((70, 165, 330, 235), fill=WHITE)


def _bus_stop(pen: ImageDraw.ImageDraw) -> None:
    pen.rectangle((0, 0, 399, 399), fill=BLUE)
    pen.rectangle((70, 110, 330, 280), fill=WHITE)
    pen.rectangle((90, 130, 310, 200), fill=BLUE)
    for x in (125, 275):
        pen.ellipse((x - 28, 250, x + 28, 306), fill=WHITE)
    _centred(pen, (20, 310, 380, 395), "XE BUÝT", WHITE)


_DRAWN: dict[str, Callable[[ImageDraw.ImageDraw], None]] = {
    "speed_60": _speed_60,
    "no_entry": _no_entry,
    "no_stopping": _no_stopping,
    "no_u_turn": _no_u_turn,
    "no_trucks": _no_trucks,
    "lane_bikes": _lane_bikes,
    "one_way_no_entry": _one_way_no_entry,
    "bus_stop": _bus_stop,
}


def art(folder: Path, name: str) -> Path:
    """Draw a sign of ``ROUND`` or ``BOARD_SIZES_M`` and return its file."""
    folder.mkdir(parents=True, exist_ok=True)
    img = Image.new("RGB", (400, 400), WHITE)
    _DRAWN[name](ImageDraw.Draw(img))
    path = folder / f"sign_{name}.png"
    img.save(path)
    return path


def symbol(folder: Path, name: str) -> Path:
    """Draw a symbol painted on the asphalt (white on transparent) and return its file."""
    folder.mkdir(parents=True, exist_ok=True)
    img = Image.new("RGBA", (400, 400), (255, 255, 255, 0))
    pen = ImageDraw.Draw(img)
    ink = (236, 236, 228)
    if name == "bike":
        _bike(pen, ink)
    else:
        _centred(pen, (10, 10, 390, 190), "CẤM", ink)
        _centred(pen, (10, 210, 390, 390), "TẢI", ink)
    path = folder / f"symbol_{name}.png"
    img.save(path)
    return path
