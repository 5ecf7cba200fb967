"""Whether the same picture comes again and again, judged by the noise that every living sensor makes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from edge.health.look import Look, Luma

_REMEMBERED_LOOKS: Final = 240
_KNOWN_AFTER_LOOKS: Final = 20
_FAR_BELOW: Final = 0.1
_TREMBLES: Final = 0.02
_SAME_LEVELS: Final = 4
_STILL_SHARE: Final = 0.6


@dataclass(slots=True)
class Stillness:
    """Compares each look with the one before, and remembers how often each single pixel changes.

    A camera whose pixels all tremble has stopped when none does. One that sends clean pictures of an empty
    street cannot be told from a stopped one so soon: `needs_s` asks for more patience with it.
    """

    confirm_s: float = 2.0
    patient_s: float = 20.0
    _last: Luma | None = None
    _rates: npt.NDArray[np.float32] | None = None
    _known: int = 0
    _from: Luma | None = None
    _still: int = 0
    _looks: int = 0

    @property
    def tremble(self) -> float:
        """How often the calmer half of the pixels change from look to look, 0 to 1; 0 while not known."""
        if self._rates is None or self._known < _KNOWN_AFTER_LOOKS:
            return 0.0
        return float(np.median(self._rates))

    @property
    def needs_s(self) -> float:
        """How long the picture must stay the same before that means something."""
        return self.confirm_s if self.tremble >= _TREMBLES else self.patient_s

    def is_still(self, look: Look) -> bool:
        """Whether this look goes on showing what the ones before showed.

        A stopped camera's encoder now and then sends the picture whole, which changes many pixels a little:
        such a look is still when the small picture is the same and most looks around it were so to the pixel.
        """
        last, self._last = self._last, look.grain
        if last is None or last.shape != look.grain.shape:
            self._rates, self._known = None, 0
            self._restart(look)
            return False
        changed = last != look.grain
        same = float(changed.mean()) <= _FAR_BELOW * self.tremble / 2
        self._looks, self._still = self._looks + 1, self._still + same
        if same or self._is_refreshed(look):
            return True
        self._learn(changed)
        self._restart(look)
        return False

    def _is_refreshed(self, look: Look) -> bool:
        if self._from is None or self._still <= _STILL_SHARE * self._looks:
            return False
        return int(np.abs(look.luma.astype(np.int16) - self._from).max()) <= _SAME_LEVELS

    def _learn(self, changed: npt.NDArray[np.bool_]) -> None:
        self._known = min(self._known + 1, _REMEMBERED_LOOKS)
        now = changed.astype(np.float32)
        if self._rates is None:
            self._rates = now
        else:
            self._rates += (now - self._rates) / self._known

    def _restart(self, look: Look) -> None:
        self._from, self._still, self._looks = look.luma, 0, 0
