"""axe-core, run in the page that a journey looks at."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe

# WCAG 2.2 at levels A and AA, and nothing softer.
_OPTIONS = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],
}


def assert_accessible(page) -> None:
    """Fail with what axe found wrong on this page, and where. Needs JavaScript on in the page."""
    found = Axe().run(page, options=_OPTIONS).response["violations"]
    lines = [
        f"{problem['id']} ({problem['impact']}): {problem['help']}\n    "
        + "\n    ".join(node["html"][:200] for node in problem["nodes"][:5])
        for problem in found
    ]
    assert not lines, f"axe on {page.url}:\n" + "\n".join(lines)
