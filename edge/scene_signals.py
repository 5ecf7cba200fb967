"""What a camera file says of signal heads, and what the red-light rule asks for."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from edge.road_users import Box
from edge.scene_section import BoxPx, Name, Section

Turn = Literal["left", "right"]
Movement = Literal["straight", "left", "right"]


class Signal(Section):
    """The lamps of one head: x, y of the top left, width, height, px; and whom it rules.

    Either each lamp, or the `head` as a whole, cut into thirds (`horizontal`: side by side, red left).
    `lanes` and `movements` it rules; empty means all. `arrow`: its lamps are arrows, so what it shows goes
    before what the other heads show for its movements, and while it is dark they hold; it may have one lamp.
    """

    name: Name = "main"
    lanes: tuple[Name, ...] = ()
    movements: tuple[Movement, ...] = ()
    arrow: bool = False
    red: BoxPx | None = None
    amber: BoxPx | None = None
    green: BoxPx | None = None
    head: BoxPx | None = None
    horizontal: bool = False
    exempt_movements: tuple[Turn, ...] = ()

    @model_validator(mode="after")
    def _lamps_are_named(self) -> Signal:
        if self.arrow and not self.movements:
            raise ValueError('an arrow needs its movements, for example ["right"]')
        if self.arrow and self.lamps():
            return self
        if self.head is None and (self.red is None or self.green is None):
            raise ValueError("give the boxes of red and green, or of the head as a whole")
        return self

    def lamps(self) -> dict[str, Box]:
        """The boxes by name, as the signal reader wants them."""
        if self.head is not None:
            return {"head": Box(*self.head)}
        named = {"red": self.red, "amber": self.amber, "green": self.green}
        return {name: Box(*box) for name, box in named.items() if box is not None}


class RedLight(Section):
    """What the red-light rule asks for before it accuses.

    `right_turn_by_m`, `left_turn_by_m`: who has not begun to turn this far past the line no longer turns that
    way. `time_error_s`: how far the time stamp of a picture may be off, 95 %.
    """

    grace_s: Annotated[float, Field(ge=0, le=5)] = 0.5
    clear_past_line_m: Annotated[float, Field(ge=1, le=30)] = 3.0
    slowest_kmh: Annotated[float, Field(ge=1, le=30)] = 6.0
    right_turn_by_m: Annotated[float, Field(ge=2, le=60)] = 8.0
    left_turn_by_m: Annotated[float, Field(ge=2, le=80)] = 16.0
    time_error_s: Annotated[float, Field(ge=0, le=1)] = 0.03
