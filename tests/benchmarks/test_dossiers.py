"""A few hundred of the lives that the benchmark drives by the hundred thousand."""

from __future__ import annotations

from benchmarks.dossiers import born, live
from penalty.calendar import LegalCalendar
from penalty.dossier import END_STATES


def test_no_invariant_breaks_and_every_end_is_reached() -> None:
    calendar = LegalCalendar.load()
    ends = {live(born(seed, calendar)).state for seed in range(1, 301)}
    assert ends >= END_STATES
