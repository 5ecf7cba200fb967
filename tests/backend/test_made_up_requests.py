"""Every address takes what schemathesis makes up: refused, or done, and never a 500."""

from __future__ import annotations

from tests.backend.made_up import broken


def test_a_few_made_up_requests_of_each_address(every_address, anybody):
    assert broken(every_address, anybody, 1) == []
