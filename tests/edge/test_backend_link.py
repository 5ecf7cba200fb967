from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.backend_link import meaning_of


@pytest.mark.parametrize(
    ("status", "body", "meaning"),
    [
        (201, {"status": "stored", "violation_id": "1"}, "stored"),
        (200, {"status": "already_stored", "violation_id": "1"}, "stored"),
        (200, {}, "retry"),  # a captive portal's welcome page is not "stored"
        (204, {}, "retry"),
        (302, {}, "retry"),
        (401, {"code": "bad_signature"}, "refused"),
        (401, {}, "retry"),
        (403, {"code": "device_not_approved"}, "not_approved"),
        (403, {"code": "device_unknown"}, "unknown_device"),
        (403, {}, "retry"),
        (404, {}, "retry"),
        (409, {"code": "report_conflict"}, "refused"),
        (413, {}, "refused"),
        (422, {"code": "report_invalid"}, "refused"),
        (424, {"code": "evidence_missing"}, "upload_again"),
        (424, {"code": "evidence_mismatch"}, "upload_again"),
        (429, {}, "retry"),
        (500, {}, "retry"),
        (503, {}, "retry"),
    ],
)
def test_each_documented_answer(status, body, meaning):
    assert meaning_of(status, body) == meaning


@given(st.integers(100, 599), st.dictionaries(st.sampled_from(["status", "code"]), st.text(max_size=20)))
def test_only_the_backends_own_word_makes_a_report_stored(status, body):
    if body.get("status") not in {"stored", "already_stored"}:
        assert meaning_of(status, body) != "stored"
