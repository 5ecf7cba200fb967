"""Plan views of a road for the pages of docs/rules: metres in, SVG out.

x grows to the right, y ahead, as in the road metres of a camera file. A page's drawing is one function in
`scripts/rule_drawings/<rule>.py`, decorated with `@drawing("<rule>")`; `python -m scripts.draw_rules` writes
`docs/pictures/rules/<rule>.svg`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal
from xml.sax.saxutils import escape

Metres = tuple[float, float]
Role = Literal["accused", "innocent", "plain"]
Lamp = Literal["red", "amber", "green", "dark"]
Arrow = Literal["none", "left", "right", "straight"]
Kind = Literal["motorbike", "car", "bus", "truck"]

_SCALE: Final = 18.0
_INKS: Final[dict[Role, str]] = {"accused": "#c62828", "innocent": "#1b7f4b", "plain": "#5f6b76"}
_LAMPS: Final[dict[Lamp, str]] = {
    "red": "#e53935",
    "amber": "#f9a825",
    "green": "#2e9e5b",
    "dark": "#3a4148",
}
_SIZES_M: Final[dict[Kind, Metres]] = {
    "motorbike": (0.8, 1.9),
    "car": (1.8, 4.4),
    "bus": (2.5, 11.0),
    "truck": (2.3, 7.0),
}
_GLYPHS: Final[dict[Arrow, str]] = {"none": "●", "left": "←", "right": "→", "straight": "↑"}

DRAWINGS: Final[dict[str, Callable[[], Plan]]] = {}
"""Every drawing by the name of its rule."""


def drawing(rule: str) -> Callable[[Callable[[], Plan]], Callable[[], Plan]]:
    """Register the function that draws this rule's page."""

    def register(draw: Callable[[], Plan]) -> Callable[[], Plan]:
        DRAWINGS[rule] = draw
        return draw

    return register


@dataclass(slots=True)
class Plan:
    """A piece of road from above. Corners in metres; the newest element lies on top."""

    left_m: float
    bottom_m: float
    right_m: float
    top_m: float
    title_vi: str
    title_en: str
    parts: list[str] = field(default_factory=list)

    def road(self, corners: Sequence[Metres]) -> None:
        """A piece of asphalt."""
        self.parts.append(f'<polygon points="{self._points(corners)}" fill="#d7dbdf"/>')

    def lane_line(self, points: Sequence[Metres], *, solid: bool = False, colour: str = "#ffffff") -> None:
        """A lane line, dashed or continuous."""
        dash = "" if solid else ' stroke-dasharray="36 36"'
        self._line(points, f'stroke="{colour}" stroke-width="3"{dash}')

    def stop_line(self, start: Metres, end: Metres) -> None:
        """A stop line."""
        self._line([start, end], 'stroke="#ffffff" stroke-width="7"')

    def crosswalk(self, left_m: float, right_m: float, near_m: float, far_m: float) -> None:
        """The bars of a crosswalk over the road from `left_m` to `right_m`."""
        x = left_m + 0.3
        while x + 0.5 <= right_m:
            bar = [(x, near_m), (x + 0.5, near_m), (x + 0.5, far_m), (x, far_m)]
            self.parts.append(f'<polygon points="{self._points(bar)}" fill="#ffffff"/>')
            x += 1.0

    def zone(self, corners: Sequence[Metres], colour: str = "#f9a825") -> None:
        """A zone that something is measured or forbidden in."""
        self.parts.append(
            f'<polygon points="{self._points(corners)}" fill="{colour}" fill-opacity="0.18" '
            f'stroke="{colour}" stroke-width="2" stroke-dasharray="7 5"/>'
        )

    def gate(self, start: Metres, end: Metres, colour: str = "#1565c0") -> None:
        """A line that a vehicle must be seen to pass."""
        self._line([start, end], f'stroke="{colour}" stroke-width="2.5" stroke-dasharray="10 6"')

    def path(self, points: Sequence[Metres], role: Role = "plain") -> None:
        """The way of a vehicle, with an arrow head at its end."""
        style = f'stroke="{_INKS[role]}" stroke-width="3" marker-end="url(#{role})"'
        self._line(points, style)

    def vehicle(
        self, rear: Metres, kind: Kind = "car", role: Role = "plain", *, heading_deg: float = 0
    ) -> None:
        """A vehicle by the middle of its rear edge; `heading_deg` clockwise from straight ahead."""
        width, length = (side * _SCALE for side in _SIZES_M[kind])
        x, y = self._at(rear)
        ink = _INKS[role]
        self.parts.append(
            f'<g transform="translate({x:.1f} {y:.1f}) rotate({heading_deg:g})">'
            f'<rect x="{-width / 2:.1f}" y="{-length:.1f}" width="{width:.1f}" height="{length:.1f}" rx="6" '
            f'fill="{ink}" fill-opacity="0.85" stroke="{ink}"/>'
            f'<rect x="{-width / 2 + 3:.1f}" y="{-length * 0.78:.1f}" width="{width - 6:.1f}" '
            f'height="{length * 0.16:.1f}" rx="3" fill="#ffffff" fill-opacity="0.7"/></g>'
        )

    def signal(self, at: Metres, state: Lamp, arrow: Arrow = "none") -> None:
        """A signal head that shows one thing."""
        x, y = self._at(at)
        self.parts.append(
            f'<rect x="{x - 13:.1f}" y="{y - 13:.1f}" width="26" height="26" rx="6" fill="#20262b"/>'
            f'<text x="{x:.1f}" y="{y + 7:.1f}" class="lamp" fill="{_LAMPS[state]}">{_GLYPHS[arrow]}</text>'
        )

    def measure(self, start: Metres, end: Metres, vi: str, en: str) -> None:
        """A distance, its words to the right of its middle."""
        self._line(
            [start, end],
            'stroke="#20262b" stroke-width="1.5" marker-start="url(#tick)" marker-end="url(#tick)"',
        )
        self.label(((start[0] + end[0]) / 2 + 0.35, (start[1] + end[1]) / 2), vi, en)

    def label(self, at: Metres, vi: str, en: str = "", role: Role | None = None) -> None:
        """Words, Vietnamese over English, beginning at `at`."""
        x, y = self._at(at)
        ink = _INKS[role] if role else "#20262b"
        self.parts.append(f'<text x="{x:.1f}" y="{y:.1f}" fill="{ink}">{escape(vi)}</text>')
        if en:
            self.parts.append(
                f'<text x="{x:.1f}" y="{y + 16:.1f}" class="en" fill="{ink}">{escape(en)}</text>'
            )

    def svg(self) -> str:
        """The picture. Its title is read out by screen readers."""
        width = (self.right_m - self.left_m) * _SCALE
        height = (self.top_m - self.bottom_m) * _SCALE
        title = escape(f"{self.title_vi} / {self.title_en}")
        return "\n".join(
            (
                (
                    f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" '
                    f'width="{width:.0f}" height="{height:.0f}" role="img" aria-labelledby="title">'
                ),
                f'<title id="title">{title}</title>',
                (
                    "<style>text{font:14px sans-serif}.en{font-size:12px;font-style:italic}"
                    ".lamp{font-size:20px;font-weight:bold;text-anchor:middle}</style>"
                ),
                (
                    f"<defs>{''.join(_arrow_head(role) for role in _INKS)}"
                    '<marker id="tick" viewBox="0 0 10 10" refX="5" refY="5" markerWidth="9" '
                    'markerHeight="9" orient="auto">'
                    '<path d="M5 0V10" stroke="#20262b" stroke-width="1.5"/></marker></defs>'
                ),
                '<rect width="100%" height="100%" fill="#f4f6f7"/>',
                *self.parts,
                "</svg>",
                "",
            )
        )

    def _at(self, at: Metres) -> Metres:
        return (at[0] - self.left_m) * _SCALE, (self.top_m - at[1]) * _SCALE

    def _points(self, corners: Sequence[Metres]) -> str:
        return " ".join(f"{x:.1f},{y:.1f}" for x, y in map(self._at, corners))

    def _line(self, points: Sequence[Metres], style: str) -> None:
        self.parts.append(f'<polyline points="{self._points(points)}" fill="none" {style}/>')


def _arrow_head(role: Role) -> str:
    return (
        f'<marker id="{role}" viewBox="0 0 10 10" refX="8" refY="5" markerWidth="6" markerHeight="6" '
        f'orient="auto-start-reverse"><path d="M0 0L10 5L0 10z" fill="{_INKS[role]}"/></marker>'
    )
