from __future__ import annotations

import io
import re

import pytest
from PIL import Image

from tests.backend.eid import eid
from tests.backend.world import (
    case,
    cheap_passwords,
    outside,
    plain_papers,
    real_papers,
    settings,
)

__all__ = [
    "case",
    "cheap_passwords",
    "eid",
    "outside",
    "plain_papers",
    "real_papers",
    "settings",
]


class Firm:
    """The sandbox's company at its browser, and the officer who looks at what it asks."""

    def __init__(self, case, browser) -> None:
        self.case, self.browser = case, browser
        self.truck = case.outside.registration("good", "truck")
        self.foreign = case.outside.registration("good", "motorbike")

    def token(self) -> str:
        return re.search(r'name="csrf_token" value="([^"]+)"', self.browser.get("/doanh-nghiep").text)[1]

    def post(self, path: str, files=None, **form):
        return self.browser.post(
            f"/doanh-nghiep{path}", data={"csrf_token": self.token(), **form}, files=files
        )

    def ask(self, plates: str | None = None, **form):
        buffer = io.BytesIO()
        Image.new("RGB", (60, 80), "white").save(buffer, "PNG")
        files = {"papers": ("giay-phep.png", buffer.getvalue(), "image/png")}
        given = {"person": "NGUYỄN VĂN MẪU", "phone": "0900 000 001", **form}
        return self.post("", files=files, plates=plates or f"{self.truck['plate']}, truck", **given)

    def company(self):
        from backend.fleets.models import Company

        return self.case.rows(Company)[0]

    def staff(self, act: str, **form):
        page = self.case.officer.get(f"/canh-sat/doanh-nghiep/{self.company().id}").text
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
        body = {"csrf_token": token, "expected_version": self.company().version, **form}
        return self.case.officer.post(f"/canh-sat/doanh-nghiep/{self.company().id}/{act}", data=body)

    def verified(self, plates: str | None = None):
        assert self.ask(plates).status_code == 303
        assert self.staff("dang-ky-xe").status_code == 303
        self.case.jobs()
        assert self.staff("xac-minh").status_code == 303
        return self

    def key(self, *scopes: str) -> dict[str, str]:
        page = self.post("/khoa", name="phần mềm", scopes=list(scopes) or ["cases", "webhooks"]).text
        return {"Authorization": f"Bearer {re.search(r'pnk_[0-9a-f]{12}_[-_A-Za-z0-9]{43}', page)[0]}"}


@pytest.fixture
def firm(case, eid, new_client, outside) -> Firm:
    browser = new_client()
    page = eid.sign_in(browser, outside.registration("good", "truck")["owner"]["id_number"])
    assert 'url=/doanh-nghiep"' in page.text
    return Firm(case, browser)
