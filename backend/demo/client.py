"""The demo's people as HTTP clients: they use nothing that a stranger's program or browser could not."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any, TypeVar
from urllib.parse import urljoin

import httpx2

from backend.demo.folder import DemoError

TIMEOUT_S = 30.0
Found = TypeVar("Found")


def wait_for(what: str, look: Callable[[], Found | None], *, within_s: float, every_s: float = 0.3) -> Found:
    """Look until there is something. Raises DemoError naming `what`."""
    until = time.monotonic() + within_s
    while True:
        found = look()
        if found is not None:
            return found
        if time.monotonic() >= until:
            raise DemoError(f"waited {within_s:.0f} s in vain for {what}")
        time.sleep(every_s)


class Api:
    """A member of staff at the `/v1` API, signed in."""

    def __init__(self, base_url: str, username: str, password: str) -> None:
        self._client = httpx2.Client(base_url=base_url, timeout=TIMEOUT_S, trust_env=False)
        answer = self.call("POST", "/v1/sessions", {"username": username, "password": password})
        self._client.headers["X-CSRF-Token"] = answer.json()["csrf_token"]

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> httpx2.Response:
        """One request; a problem answered becomes a DemoError with the backend's own words."""
        response = self._client.request(method, path, json=body)
        if response.is_error:
            raise DemoError(f"{method} {path}: {_problem(response)}")
        return response

    def form(self, path: str, **fields: str) -> None:
        """Send a page's form, as the page would."""
        response = self._client.post(path, data=fields)
        if response.is_error:
            raise DemoError(f"POST {path}: {_problem(response)}")

    def upload(self, path: str, name: str, content: bytes) -> Any:
        """Send one file; the answer."""
        response = self._client.post(path, files={"file": (name, content, "text/csv")})
        if response.is_error:
            raise DemoError(f"POST {path}: {_problem(response)}")
        return response.json()

    def get(self, path: str) -> Any:
        return self.call("GET", path).json()

    def close(self) -> None:
        self._client.close()


def _problem(response: httpx2.Response) -> str:
    try:
        problem = response.json()
    except ValueError:
        return f"HTTP {response.status_code}"
    words = [str(problem.get(name, "")) for name in ("code", "title", "detail")]
    fields = [f"{fault.get('field')}: {fault.get('message')}" for fault in problem.get("errors") or []]
    return f"HTTP {response.status_code} " + "; ".join(word for word in [*words, *fields] if word)


class Form:
    """A form of a page: where it goes, and its fields with the values they have."""

    def __init__(self, action: str, method: str) -> None:
        self.action, self.method = action, method
        self.fields: dict[str, str] = {}
        self.boxes: dict[str, str] = {}
        self.buttons: list[tuple[str, str]] = []


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[str] = []
        self._open: Form | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.links += [given[name] for name in ("src", "href", "poster") if name in given]
        if tag == "form":
            self._open = Form(given.get("action", ""), given.get("method", "get").lower())
            self.forms.append(self._open)
        elif self._open is not None and tag in ("input", "button", "select", "textarea"):
            self._field(self._open, tag, given)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None

    @staticmethod
    def _field(form: Form, tag: str, given: dict[str, str]) -> None:
        name, kind = given.get("name", ""), given.get("type", "submit" if tag == "button" else "text")
        if not name or "disabled" in given:
            return
        if kind in ("submit", "image"):
            form.buttons.append((name, given.get("value", "")))
        elif kind in ("checkbox", "radio"):
            form.boxes[name] = given.get("value", "on")
        else:
            form.fields[name] = given.get("value", "")


class Browser:
    """A citizen's browser without JavaScript: pages, forms, cookies and redirects, nothing more."""

    def __init__(self) -> None:
        self._client = httpx2.Client(timeout=TIMEOUT_S, follow_redirects=True, trust_env=False)
        self.url = ""
        self.text = ""

    def open(self, url: str) -> None:
        self._show(self._client.get(urljoin(self.url, url)))

    def send(self, action: str, *, tick: bool = False, button: str = "", **values: str) -> None:
        """Fill and send the page's form that goes to `action`.

        `tick` ticks its boxes; `button` presses the one of that value; the rest fills fields, or picks among
        choices, of that name.
        Raises DemoError where the page has no such form, field or button.
        """
        form = self._form(action)
        unknown = set(values) - set(form.fields) - set(form.boxes)
        if unknown:
            raise DemoError(f"{self.url}: the form {action} has no field {', '.join(sorted(unknown))}")
        data = form.fields | values | (form.boxes if tick else {})
        if button:
            pressed = [pair for pair in form.buttons if pair[1] == button]
            if not pressed:
                raise DemoError(f"{self.url}: the form {action} has no button {button}")
            data |= dict(pressed[:1])
        self._show(self._client.request(form.method.upper(), urljoin(self.url, form.action), data=data))

    def load(self, prefix: str) -> int:
        """Load what the page shows or links under this path, as pictures or papers; how many there were."""
        addresses = sorted({link for link in self._parsed().links if link.startswith(prefix)})
        for address in addresses:
            url = urljoin(self.url, address)
            response = self._client.get(url)
            if response.is_error or not response.content:
                raise DemoError(f"{url}: HTTP {response.status_code}, {len(response.content)} bytes")
        return len(addresses)

    def read(self, pattern: re.Pattern[str], what: str) -> str:
        """What the page says at the group of a pattern. Raises DemoError naming `what`."""
        found = pattern.search(self.text)
        if found is None:
            raise DemoError(f"{self.url}: the page does not say {what}")
        return found[1]

    def close(self) -> None:
        self._client.close()

    def _parsed(self) -> _Page:
        page = _Page()
        page.feed(self.text)
        return page

    def _forms(self) -> list[Form]:
        return self._parsed().forms

    def _goes_to(self, form: Form, action: str) -> bool:
        return urljoin(self.url, form.action).split("?")[0].endswith(action)

    def _form(self, action: str) -> Form:
        for form in self._forms():
            if self._goes_to(form, action):
                return form
        raise DemoError(f"{self.url}: the page has no form that goes to {action}")

    def _show(self, response: httpx2.Response) -> None:
        if response.is_error:
            raise DemoError(f"{response.request.method} {response.url}: HTTP {response.status_code}")
        self.url, self.text = str(response.url), response.text
