"""Papers signed and checked, by our own checker and by OpenSSL, which knows nothing of us."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12
from hypothesis import HealthCheck, given
from hypothesis import settings as chance
from hypothesis import strategies as st

from backend.dossiers import pades
from backend.dossiers.authority import AuthorityError, _test_authority, authority_of
from backend.settings import Settings

AUTHORITY = _test_authority("a secret of this test")
PLAIN = (
    b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
    b"2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n"
    b"3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>\nendobj\n"
)


def minimal_pdf() -> bytes:
    """One empty page with a right cross-reference table."""
    places = [match.start() for match in re.finditer(rb"\d+ 0 obj", PLAIN)]
    table = b"xref\n0 4\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    return PLAIN + table + b"trailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(PLAIN)


SIGNED = pades.sign_pdf(minimal_pdf(), AUTHORITY, reason="Quyết định QĐ-1", place="TP. Hồ Chí Minh")


def test_a_signed_paper_is_good_and_says_by_whom_and_when():
    checked = pades.check_pdf(SIGNED, [AUTHORITY.root])
    assert checked.good, checked
    assert checked.signer.startswith("TEST Phong Canh sat")
    assert abs(checked.stamped_at - datetime.now(UTC)) < timedelta(hours=1)
    assert SIGNED.startswith(minimal_pdf())


def test_the_authority_is_the_same_in_every_process():
    again = _test_authority.__wrapped__("a secret of this test")
    assert again.root == AUTHORITY.root
    assert again.signer.certificate == AUTHORITY.signer.certificate
    assert _test_authority("another").root != AUTHORITY.root


def test_somebody_elses_paper_is_not_trusted():
    checked = pades.check_pdf(SIGNED, [_test_authority("another").root])
    assert (checked.signed, checked.intact, checked.trusted, checked.good) == (True, True, False, False)


@pytest.mark.parametrize(
    ("pdf", "says"),
    [(b"", "no readable PDF"), (b"hello", "no readable PDF"), (minimal_pdf(), "no digital signature")],
)
def test_what_is_not_signed(pdf, says):
    checked = pades.check_pdf(pdf, [AUTHORITY.root])
    assert says in checked.why[1]
    assert checked.why[0]
    assert not checked.good


@given(place=st.integers(0, len(SIGNED) - 1), change=st.integers(1, 255))
@chance(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_changed_byte_shows(place, change):
    start = SIGNED.index(b"/Contents <") + len(b"/Contents <")
    end = SIGNED.index(b">", start)
    if start <= place < end:
        return  # the signature's own container: hex digits in either case, and padding behind it
    changed = bytearray(SIGNED)
    changed[place] ^= change
    assert not pades.check_pdf(bytes(changed), [AUTHORITY.root]).good


def test_something_added_behind_the_signature_shows():
    assert not pades.check_pdf(SIGNED + b"\n% more\n%%EOF\n", [AUTHORITY.root]).good


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl here")
def test_openssl_agrees(tmp_path):
    a, b, c, d = (int(n) for n in re.search(rb"/ByteRange \[(\d+) (\d+) (\d+) (\d+)", SIGNED).groups())
    content = SIGNED[a : a + b] + SIGNED[c : c + d]
    der = bytes.fromhex(SIGNED[a + b + 1 : c - 1].decode())
    length = 4 + int.from_bytes(der[2:4])  # without the padding
    (tmp_path / "s.der").write_bytes(der[:length])
    (tmp_path / "c.bin").write_bytes(content)
    (tmp_path / "root.pem").write_bytes(AUTHORITY.root.public_bytes(Encoding.PEM))
    command = ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", "s.der"]
    command += ["-content", "c.bin", "-CAfile", "root.pem", "-purpose", "any", "-out", "out.bin"]
    told = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    (tmp_path / "c.bin").write_bytes(content[:-1] + b"x")
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode != 0


def test_a_certificate_from_a_file(tmp_path):
    path = tmp_path / "authority.p12"
    path.write_bytes(
        pkcs12.serialize_key_and_certificates(
            b"paper",
            AUTHORITY.signer.key,
            AUTHORITY.signer.certificate,
            [AUTHORITY.root],
            BestAvailableEncryption(b"pw"),
        )
    )
    base = {"database_url": "postgresql://x", "s3_endpoint": "x", "paper_p12_file": path}
    found = authority_of(Settings(**base, paper_p12_password="pw", paper_tsa_url="https://tsa.example"))
    assert found.signer.certificate == AUTHORITY.signer.certificate
    assert found.tsa_url == "https://tsa.example"
    with pytest.raises(AuthorityError, match="PAPER_P12_FILE"):
        authority_of(Settings(**base, paper_p12_password="wrong"))
    with pytest.raises(AuthorityError, match="cannot be opened"):
        authority_of(Settings(**{**base, "paper_p12_file": tmp_path / "none.p12"}))


def test_the_command_line_says_whether_a_paper_is_genuine(tmp_path):
    from typer.testing import CliRunner

    from backend.cli import app

    root = tmp_path / "authority.pem"
    root.write_bytes(AUTHORITY.root.public_bytes(Encoding.PEM))
    paper = tmp_path / "QD-1.pdf"
    paper.write_bytes(SIGNED)
    run = CliRunner()
    good = run.invoke(app, ["verify-document", str(paper), "--trust", str(root)])
    assert good.exit_code == 0
    assert "genuine and unchanged" in good.output
    paper.write_bytes(SIGNED.replace(b"200 200", b"200 201"))
    bad = run.invoke(app, ["verify-document", str(paper), "--trust", str(root), "--json"])
    assert bad.exit_code == 1
    assert json.loads(bad.output)["intact"] is False
    none = run.invoke(app, ["verify-document", str(tmp_path / "none.pdf"), "--trust", str(root)])
    assert none.exit_code == 1


def test_a_decision_of_a_real_case_is_signed_and_anybody_can_check_it(case, real_papers):
    case.decided(kind="motorbike")
    root = x509.load_pem_x509_certificate(case.owner.get("/v1/papers/authority.pem").content)
    for kind in ("notice", "record", "decision"):
        pdf = case.owner.get(f"/ho-so/giay-to/{kind}.pdf").content
        checked = pades.check_pdf(pdf, [root])
        assert checked.good, (kind, checked)
