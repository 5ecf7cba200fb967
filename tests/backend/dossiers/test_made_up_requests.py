"""Made-up requests about a case that exists: they come past "not found"."""

from __future__ import annotations

import pytest

from tests.backend.made_up import broken


@pytest.mark.slow
@pytest.mark.parametrize("state", ["notified", "decided"])
def test_many_made_up_requests_of_each_address(case, state, every_address, anybody):
    getattr(case, state)(kind="motorbike")
    ids = {"dossier_id": str(case.id), "violation_id": str(case.dossier().violation_id)}
    assert broken(every_address, anybody, 25, ids) == []
