"""What the review screen says of the owner: compared, where each field came from, a register down."""

from __future__ import annotations

import pytest


def page_of(case, lang="en", **how):
    case.registration = case.outside.registration(how.pop("fate", "good"), how.pop("kind", None))
    case.box.report_violation(plate=case.registration["plate"], kind=case.registration["kind"])
    item = case.officer.post("/v1/review/next").json()
    case.jobs()
    return case.officer.get(f"/canh-sat/duyet/{item['id']}?lang={lang}").text


def test_the_vehicle_is_compared_and_each_field_names_its_source(case):
    page = page_of(case)
    for words in ("agrees", "HÃNG MẪU", "population database", "vehicle registry", "filled"):
        assert words in page, words
    assert "differs" not in page


@pytest.mark.parametrize(
    ("fate", "words"),
    [
        ("conflict", ("differs", "The registration does not match the picture")),
        ("stale", ("The registration is old", "sources differ", ">old<")),
        ("missing", ("Not in the registry",)),
    ],
)
def test_doubtful_data_are_shown_as_such(case, fate, words):
    page = page_of(case, fate=fate)
    for one in words:
        assert one in page, one


def test_a_register_that_is_down_is_said_and_nothing_is_lost(case):
    case.outside.faults(registry_down=True)
    page = page_of(case)
    assert "The registry does not answer. Nothing is lost" in page
    assert "Asked 1 times." in page
