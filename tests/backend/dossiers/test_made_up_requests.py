"""Made-up requests about a case that exists: they come past "not found"."""

from __future__ import annotations

import pytest

from tests.backend.made_up import broken


@pytest.mark.slow
def test_many_made_up_requests_of_each_address(case, every_address, anybody):
    case.decided(kind="motorbike")
    ids = {"dossier_id": str(case.id), "violation_id": str(case.dossier().violation_id)}
    assert broken(every_address, anybody, 10, ids) == []
