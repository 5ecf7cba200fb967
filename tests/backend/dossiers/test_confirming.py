"""No single click signs anything, and who signs can see everything that he signs about."""

from __future__ import annotations

import pytest

from backend.audit.models import AuditEntry
from backend.dossiers.models import Document
from tests.backend.pages import Hidden


def test_a_decision_is_shown_whole_before_it_is_signed(case):
    case.recorded(kind="motorbike")
    dossier, address = case.dossier(), f"/canh-sat/ho-so/{case.id}/quyet-dinh"
    form = {"expected_version": dossier.version, "mitigating": "2", "aggravating": "0", "chosen_vnd": ""}
    asked = case.chief.post(address, data=form)
    assert asked.status_code == 200
    assert (case.dossier().state, case.dossier().version) == ("recorded", dossier.version)
    family_name = case.registration["owner"]["name"].split()[0]
    amount, article = "4.000.000", "Điều 7"
    for part in (family_name, dossier.plate_display, "Không chấp hành hiệu lệnh", amount, article):
        assert part in asked.text
    assert case.registration["owner"]["name"] not in asked.text

    assert case.chief.post(address, data=Hidden(asked.text).fields).status_code == 303
    assert (case.dossier().state, case.dossier().fine_vnd) == ("decided", 4_000_000)


@pytest.mark.parametrize(
    ("who", "changes", "status"),
    [
        ("officer", {}, 403),
        ("chief", {"expected_version": 1}, 412),
        ("chief", {"mitigating": 1}, 422),
    ],
)
def test_what_cannot_be_signed_is_refused_before_anybody_is_asked(case, who, changes, status):
    case.recorded(kind="car")
    form = {"expected_version": case.dossier().version, **changes}
    answer = getattr(case, who).post(f"/canh-sat/ho-so/{case.id}/quyet-dinh", data=form)
    assert answer.status_code == status
    assert "confirmed" not in answer.text


def test_a_record_waits_for_the_second_click(case):
    case.notified(kind="motorbike")
    address = f"/canh-sat/ho-so/{case.id}/bien-ban"
    asked = case.officer.post(f"{address}?lang=en", data={"waives_explanation": "true"})
    assert "Make the record?" in asked.text
    assert not case.rows(Document, Document.kind == "record")
    assert case.officer.post(address, data=Hidden(asked.text).fields).status_code == 303
    assert case.dossier().explanation_waived


def test_whoever_may_decide_sees_the_whole_evidence_and_the_look_is_kept(case, staff):
    case.recorded(kind="motorbike")
    page = f"/canh-sat/ho-so/{case.id}/chung-cu"
    here = case.second.get(f"/canh-sat/ho-so/{case.id}").text
    assert page in here
    assert "/canh-sat/duyet/" not in here
    for number, who in enumerate((case.officer, case.chief, case.second, staff("xa", "commune")), 1):
        seen = who.get(page)
        assert seen.status_code == 200
        for role in ("still_before", "still_at", "still_after", "clip", "plate_crop"):
            assert f"/{role}" in seen.text
        assert 'data-open="confirm"' not in seen.text
        looks = case.rows(AuditEntry, AuditEntry.action == "evidence.opened")
        assert len(looks) == number
    assert {look.actor for look in looks} == {
        f"account:{name}" for name in ("canhsat", "doitruong", "truongphong", "xa")
    }
    for role in ("accountant", "operator", "auditor", "clerk", "administrator"):
        assert staff(f"nguoi-{role}", role).get(page).status_code == 403
    assert staff("noi-khac", "division", areas=("TN-9",)).get(page).status_code == 404
