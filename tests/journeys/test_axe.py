"""What the other journeys rest on: axe finds what is wrong."""

from __future__ import annotations

import pytest

from tests.journeys.axe import assert_accessible

_PAGE = "<!doctype html><html lang='vi'><title>t</title><main><h1>t</h1>{}</main></html>"


def test_a_page_that_is_right_passes_and_one_that_is_not_is_named(browser) -> None:
    page = browser.new_page()
    page.set_content(_PAGE.format("<p>Phạt nguội</p>"))
    assert_accessible(page)
    page.set_content(_PAGE.format("<input><p style='color:#ccc;background:#fff'>nhạt</p>"))
    with pytest.raises(AssertionError, match=r"(?s)color-contrast.*label"):
        assert_accessible(page)
    page.close()


def test_colours_that_passed_are_not_looked_at_again_and_new_ones_are(browser) -> None:
    page = browser.new_page()
    pale = "<style>.pale {{ color: #ccc }}</style><p class='{}'>nhạt</p>"
    page.set_content(_PAGE.format(pale.format("dark")))
    assert_accessible(page)
    page.set_content(_PAGE.format(pale.format("dark") + "<input>"))
    with pytest.raises(AssertionError, match="label"):
        assert_accessible(page)
    for again in range(2):
        page.set_content(_PAGE.format(pale.format("pale") + "<p>" * again))
        with pytest.raises(AssertionError, match="color-contrast"):
            assert_accessible(page)
    page.close()
