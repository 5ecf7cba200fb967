"""A paper checked at home: the published key, a photograph, no network."""

from __future__ import annotations

import io
import json

import pypdfium2
import pytest
from PIL import Image
from typer.testing import CliRunner

from backend.cli import app
from backend.dossiers.issuer import signing_key
from penalty.documents import render_answer, render_decision
from tests.penalty.casework import answer
from tests.penalty.papers import decision


def photograph(pdf: bytes, *, turned: float = 0) -> bytes:
    """The last page as a phone sees it: grey, a little turned, compressed."""
    pages = pypdfium2.PdfDocument(pdf)
    image: Image.Image = pages[len(pages) - 1].render(scale=2.2).to_pil().convert("L")
    buffer = io.BytesIO()
    image.rotate(turned, expand=True, fillcolor=200).save(buffer, "JPEG", quality=70)
    return buffer.getvalue()


@pytest.fixture
def key_file(client, tmp_path):
    path = tmp_path / "qr-key.pem"
    path.write_bytes(client.get("/v1/papers/qr-key.pem").content)
    return path


def run(*arguments: object):
    return CliRunner().invoke(app, ["verify-document", *map(str, arguments)])


def test_a_photograph_is_checked_against_the_published_key(settings, key_file, tmp_path):
    photo = tmp_path / "giay.jpg"
    photo.write_bytes(photograph(render_decision(decision(), signing_key(settings)), turned=3))
    told = run(photo, "--key", key_file)
    assert told.exit_code == 0, told.output
    assert "Quyết định xử phạt / Penalty decision: 000125/QD-XPHC, 23/11/2026" in told.output
    assert "51A12345, CAR-6-9-B, 19.000.000 đồng" in told.output
    photo.write_bytes(photograph(render_answer(answer(), signing_key(settings))))
    found = json.loads(run(photo, "--key", key_file, "--json").output)
    assert (found["kind"], found["number"], found["good"]) == ("TL", "TL-2026-000132", True)


def test_what_cannot_be_checked_says_why(settings, key_file, tmp_path):
    from tests.penalty.papers import KEY

    photo = tmp_path / "giay.jpg"
    photo.write_bytes(photograph(render_decision(decision(), KEY)))
    for arguments in (
        (photo, "--key", key_file),
        (photo,),
        (tmp_path / "giay.pdf",),
        (key_file, "--key", key_file),
    ):
        assert run(*arguments).exit_code == 1, arguments
    photo.write_bytes(b"\xff\xd8\xff no picture")
    assert run(photo, "--key", key_file).exit_code == 1
