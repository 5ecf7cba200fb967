"""The state of one camera from its looks: what is wrong, since when, and which stretches that spoils."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from edge.health.look import Look, Structure, structure_of
from edge.health.reference import Reference, References, detail_of
from edge.health.registration import Shift, shift_between
from edge.health.spells import Moment, Watch
from edge.health.stillness import Stillness
from edge.health.types import FAULTS, Fault, Finding, Spell

_BRIGHT_SHARE: Final = 98.0
_LEAST_DETAIL: Final = 0.03
_STATIC_SHARE: Final = 0.6
_STATIC_OVER_S: Final = 0.9


@dataclass(frozen=True, slots=True)
class HealthLimits:
    """When a camera is called faulty. Durations in seconds.

    `moved_share`: a shift by this share of the picture's longer side spoils what was marked in it (6 px of
    1920). `dark_mean`, `dark_bright`: brightness 0 to 255, mean and near the top. `lost_detail`,
    `lost_sharpness`: what is left of the reference's.
    """

    dead_s: float = 2.5
    confirm_s: float = 2.0
    heal_s: float = 1.0
    frozen_patient_s: float = 20.0
    moved_share: float = 0.003
    dark_mean: float = 14.0
    dark_bright: float = 45.0
    lost_detail: float = 0.3
    lost_sharpness: float = 0.45


class Monitor:
    """Watches one camera. One thread uses it.

    `seen` with each picture, `look` with a few of them a second, `tick` whether pictures come or not. `live`:
    pictures come at their own pace, so their absence means something.
    """

    def __init__(
        self,
        limits: HealthLimits | None = None,
        references: Sequence[Reference] = (),
        *,
        live: bool = True,
        now_s: float = 0.0,
    ) -> None:
        self.limits = limits or HealthLimits()
        self.references = References(list(references))
        self._live = live
        self._newest = Moment(0.0, now_s)
        self._still = Stillness(self.limits.confirm_s, self.limits.frozen_patient_s)
        self._still_since: Moment | None = None
        self._recent: deque[tuple[float, Structure]] = deque(maxlen=16)
        self._shift: Shift | None = None
        self._moved_by: Shift | None = None
        self._scale = 1.0
        self._watches: dict[Fault, Watch] = {
            fault: Watch(fault, self.limits.confirm_s, self.limits.heal_s) for fault in FAULTS
        }

    def seen(self, t_s: float, now_s: float) -> None:
        """A picture has come."""
        at = Moment(t_s, now_s)
        dead = self._watches["dead"]
        if self._live and now_s - self._newest.now_s > self.limits.dead_s:
            dead.begin(self._newest)
        if dead.since_s is not None:
            dead.end(at)
        self._newest = at

    def tick(self, now_s: float) -> None:
        """Time has passed."""
        if self._live and now_s - self._newest.now_s > self.limits.dead_s:
            self._watches["dead"].begin(self._newest)

    def look(self, look: Look, t_s: float, now_s: float) -> None:
        """Judge one picture, a few times a second; stream time and steady time of its arrival."""
        at = Moment(t_s, now_s)
        self._scale = look.scale
        self._judge_still(look, at)
        bright = float(np.percentile(look.luma, _BRIGHT_SHARE))
        dark = look.mean < self.limits.dark_mean and bright < self.limits.dark_bright
        self._watches["dark"].judge(at, bad=dark)
        if dark:
            self.references.forget_unfinished()
            return
        structure = structure_of(look.luma)
        covered = self._is_covered(look, structure)
        self._watches["covered"].judge(at, bad=covered)
        in_place = None if covered else self._is_in_place(look, structure, at)
        if in_place is None:
            self._watches["moved"].unsure()
        else:
            self._watches["moved"].judge(at, bad=not in_place)
        if covered or in_place is False:
            self.references.forget_unfinished()
        elif self._watches["frozen"].since_s is None:
            self.references.learn(look, now_s, in_place=bool(in_place))
        self._recent.append((now_s, structure))

    def new_view(self, references: Sequence[Reference]) -> None:
        """The camera was marked anew: it is compared with these from now on, or with what is learnt."""
        self.references = References(list(references))
        for fault in ("moved", "covered"):
            self._watches[fault].end(self._newest)

    def findings(self) -> tuple[Finding, ...]:
        """What holds now, the worst first."""
        return tuple(
            self._finding(fault, watch.since_s)
            for fault, watch in self._watches.items()
            if watch.since_s is not None
        )

    def spoiling(self, from_s: float, to_s: float) -> Fault | None:
        """The worst fault that touches this stretch of stream time; None when the camera was well."""
        return next((spell.fault for spell in self._spells() if spell.overlaps(from_s, to_s)), None)

    def shift_px(self) -> float:
        """How far the last picture lay from the reference, full-size px; 0 while not known."""
        return self._shift.length_px * self._scale if self._shift else 0.0

    def _spells(self) -> list[Spell]:
        return [spell for watch in self._watches.values() for spell in watch.spells()]

    def _judge_still(self, look: Look, at: Moment) -> None:
        watch = self._watches["frozen"]
        if not self._still.is_still(look):
            self._still_since = None
            watch.judge(at, bad=False)
            return
        self._still_since = self._still_since or at
        watch.confirm_s = self._still.needs_s
        watch.judge(at, bad=True)

    def _is_covered(self, look: Look, structure: Structure) -> bool:
        reference = self.references.nearest(look.luma)
        if reference is None or reference.detail < _LEAST_DETAIL:
            return False  # nothing stands in this view by which a loss could be told
        return (
            detail_of(structure) < self.limits.lost_detail * reference.detail
            or look.sharpness < self.limits.lost_sharpness * reference.sharpness
        )

    def _is_in_place(self, look: Look, structure: Structure, at: Moment) -> bool | None:
        """Whether the camera looks where it looked; None when the picture does not tell."""
        if self.references.nearest(look.luma) is None:
            return None
        limit_px = self.limits.moved_share * max(look.luma.shape)
        self._shift = self.references.place(look.luma, structure, still_px=limit_px)
        if self._shift is None and not self._stands_still(structure, at):
            return None
        if self._shift is not None and self._shift.length_px <= limit_px:
            return True
        self._moved_by = self._shift
        return False

    def _stands_still(self, structure: Structure, at: Moment) -> bool:
        """Whether this picture is like that of a second ago: another view then, not passing traffic."""
        before = [one for now_s, one in self._recent if at.now_s - now_s >= _STATIC_OVER_S]
        if not before or before[-1].shape != structure.shape:
            return False
        found = shift_between(before[-1], structure)
        return found is not None and found.length_px < 1.0 and found.votes >= _STATIC_SHARE * found.asked

    def _finding(self, fault: Fault, since_s: float) -> Finding:
        if fault != "moved":
            return Finding(fault, since_s)
        if self._moved_by is None:
            return Finding(
                fault, since_s, "không nhận ra cảnh đã đăng ký", "the view is not the one it was set up for"
            )
        right_px, down_px = self._moved_by.x_px * self._scale, self._moved_by.y_px * self._scale
        size_px = np.hypot(right_px, down_px)
        return Finding(
            fault,
            since_s,
            f"hình lệch {size_px:.0f} điểm ảnh: ngang {right_px:+.0f}, dọc {down_px:+.0f}",
            f"the picture lies {size_px:.0f} px off: {right_px:+.0f} across, {down_px:+.0f} down",
        )
