"""Whether an evidence folder is still what the box signed, said in words."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import ValidationError

from edge.evidence.pack import MANIFEST_NAME, Pack, load_pack
from edge.report import is_signed_by, load_public_key

Verdict = Literal["good", "bad", "unchecked"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found about one thing, in both languages."""

    subject: str
    verdict: Verdict
    vi: str
    en: str


def verify_dir(folder: Path, public_key: Ed25519PublicKey | None) -> list[Finding]:
    """Every file against the manifest, and the manifest against the signature. Reads, changes nothing."""
    try:
        pack = load_pack(folder)
    except FileNotFoundError:
        return [Finding(MANIFEST_NAME, "bad", "không có bản kê", "the manifest is missing")]
    except (ValidationError, ValueError, OSError) as error:
        words = f"{type(error).__name__}: {str(error).splitlines()[0]}"
        return [
            Finding(
                MANIFEST_NAME,
                "bad",
                f"bản kê không đọc được ({words})",
                f"the manifest is unreadable ({words})",
            )
        ]
    return [_signature(pack, public_key), *_files(pack), *_strangers(pack)]


def is_whole(findings: list[Finding]) -> bool:
    """Whether nothing is bad (a signature that could not be checked is not bad, but is said)."""
    return all(finding.verdict != "bad" for finding in findings)


def read_public_key(text_or_path: str) -> Ed25519PublicKey:
    """A key given as base64 of its 32 bytes, or as a file with that or with PEM. Raises ValueError."""
    path = Path(text_or_path)
    try:
        text = path.read_text().strip() if path.is_file() else text_or_path.strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{text_or_path}: cannot be read as a public key ({error})") from error
    if "BEGIN" not in text:
        return load_public_key(text)
    key = serialization.load_pem_public_key(text.encode())
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError(f"{text_or_path}: not an Ed25519 public key")  # noqa: TRY004 - the text is wrong
    return key


def _signature(pack: Pack, public_key: Ed25519PublicKey | None) -> Finding:
    device = pack.signed.device_id
    if public_key is None:
        return Finding(
            "signature",
            "unchecked",
            f"chưa kiểm tra chữ ký của {device}: chưa cho khóa công khai (--public-key)",
            f"the signature of {device} was not checked: no public key was given (--public-key)",
        )
    if is_signed_by(pack.signed, public_key):
        return Finding(
            "signature",
            "good",
            f"chữ ký của {device} đúng với bản kê",
            f"the signature of {device} holds for the manifest",
        )
    key = base64.b64encode(public_key.public_bytes_raw()).decode()
    return Finding(
        "signature",
        "bad",
        f"chữ ký không đúng: bản kê đã bị sửa, hoặc không do khóa {key} ký",
        f"the signature does not hold: the manifest was changed, or key {key} did not sign it",
    )


def _files(pack: Pack) -> list[Finding]:
    findings = []
    for file in pack.report.files:
        path = pack.folder / file.name
        if not path.is_file():
            findings.append(Finding(file.name, "bad", "thiếu tệp này", "this file is missing"))
            continue
        content = path.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        if (digest, len(content)) == (file.sha256, file.size_bytes):
            findings.append(Finding(file.name, "good", "khớp với bản kê", "matches the manifest"))
            continue
        findings.append(
            Finding(
                file.name,
                "bad",
                f"đã bị thay đổi: bản kê ghi SHA-256 {file.sha256} ({file.size_bytes} byte),"
                f" tệp có {digest} ({len(content)} byte)",
                f"was changed: the manifest says SHA-256 {file.sha256} ({file.size_bytes} bytes),"
                f" the file has {digest} ({len(content)} bytes)",
            )
        )
    return findings


def _strangers(pack: Pack) -> list[Finding]:
    known = {file.name for file in pack.report.files} | {MANIFEST_NAME}
    return [
        Finding(
            path.name, "bad", "tệp lạ, không có trong bản kê", "a stranger: the manifest does not name it"
        )
        for path in sorted(pack.folder.iterdir())
        if path.name not in known
    ]
