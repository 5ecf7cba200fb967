from __future__ import annotations

from tests.backend.world import *  # noqa: F403 - the fixtures of the whole product
