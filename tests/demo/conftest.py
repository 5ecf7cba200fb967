from __future__ import annotations

from hypothesis import settings

# The machine under test may be busy with a whole demo: time says nothing about correctness here.
settings.register_profile("busy", deadline=None)
settings.load_profile("busy")
