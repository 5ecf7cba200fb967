"""axe-core, run in the page that a journey looks at."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe

# WCAG 2.2 at levels A and AA, and nothing softer.
_OPTIONS = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],
}

# What decides the colours of an element: the way down to it, each step with all that style sheets ask for.
_LOOKS = """() => {
    const told = /^(class|style|type|fill|stroke|aria-(current|disabled|invalid|pressed|selected|expanded))$/;
    const step = element => element.tagName + Array.from(element.attributes, one =>
        "[" + one.name + (told.test(one.name) ? "=" + one.value : "") + "]").sort().join("");
    const sheets = Array.from(document.querySelectorAll("link[rel=stylesheet], style"), one =>
        one.getAttribute("href") || one.textContent);
    const paths = new Set();
    const walk = (element, above) => {
        const path = above + ">" + step(element);
        paths.add(path);
        for (const child of element.children) walk(child, path);
    };
    const rules = Array.from(document.styleSheets).flatMap(sheet => Array.from(sheet.cssRules));
    const media = rules.filter(rule => rule.media).map(rule => matchMedia(rule.media.mediaText).matches);
    walk(document.body, [document.documentElement.className, ...sheets, ...media].join(" "));
    return [...paths];
}"""
_CONTRAST = "color-contrast"
_seen: set[str] = set()


def assert_accessible(page) -> None:
    """Fail with what axe found wrong on this page, and where. Needs JavaScript on in the page.

    Contrast is more than half of the work, and the same in both languages: it is looked at where the page
    shows anything that did not pass before.
    """
    page.wait_for_load_state()  # a click that led here waits for the first byte only
    looks = set(page.evaluate(_LOOKS))
    rules = {_CONTRAST: {"enabled": not looks <= _seen}}
    found = Axe().run(page, options=_OPTIONS | {"rules": rules}).response["violations"]
    lines = [
        f"{problem['id']} ({problem['impact']}): {problem['help']}\n    "
        + "\n    ".join(node["html"][:200] for node in problem["nodes"][:5])
        for problem in found
    ]
    assert not lines, f"axe on {page.url}:\n" + "\n".join(lines)
    _seen.update(looks)
