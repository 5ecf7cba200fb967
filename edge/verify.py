"""Whether an evidence folder is still what the box signed, said in words that anybody understands.

Works on the whole folder and on the copy an owner downloads, which has everything but the sealed originals;
as a folder or as the zip. Needs no network: only the box's public key, as the authority publishes it.
"""

from __future__ import annotations

import base64
import hashlib
import tempfile
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import ValidationError

from edge.evidence.pack import Pack, load_pack
from edge.report import (
    GUIDE_NAME,
    MANIFEST_NAME,
    ORIGINALS,
    EvidenceFile,
    is_signed_by,
    load_public_key,
    manifest_bytes,
)

Verdict = Literal["good", "bad", "unchecked"]
_LARGEST_ZIP_BYTES: Final = 2 * 1024**3


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found about one file, in both languages."""

    subject: str
    verdict: Verdict
    vi: str
    en: str


def verify_path(path: Path, public_key: Ed25519PublicKey | None) -> list[Finding]:
    """`verify_dir` for a folder, or for a zip of one. Raises OSError when there is neither."""
    if path.is_dir():
        return verify_dir(path, public_key)
    with tempfile.TemporaryDirectory() as scratch:
        broken = _unpack(path, Path(scratch))
        return [broken] if broken else verify_dir(Path(scratch), public_key)


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
                f"bản kê đã bị hỏng hoặc bị sửa, không đọc được ({words})",
                f"the manifest was damaged or changed and is unreadable ({words})",
            )
        ]
    manifest = _manifest(pack, public_key)
    files = _files(pack) if manifest.verdict != "bad" else [_unsure(one) for one in _files(pack)]
    return [manifest, *files, *_strangers(pack)]


def is_whole(findings: Sequence[Finding]) -> bool:
    """Whether nothing is bad (a signature that could not be checked is not bad, but is said)."""
    return all(finding.verdict != "bad" for finding in findings)


def summary(findings: Sequence[Finding]) -> tuple[str, str]:
    """All of it in one sentence for a layman, Vietnamese and English."""
    bad = ", ".join(dict.fromkeys(one.subject for one in findings if one.verdict == "bad"))
    if bad:
        return (
            f"KHÔNG CÒN NGUYÊN VẸN. Tệp bị thay đổi, bị thiếu hoặc lạ: {bad}.",
            f"NOT INTACT. Changed, missing or strange: {bad}.",
        )
    good = sum(one.verdict == "good" for one in findings)
    if any(one.subject == MANIFEST_NAME and one.verdict == "unchecked" for one in findings):
        return (
            f"CHƯA BIẾT AI KÝ. {good} tệp khớp với bản kê, nhưng chữ ký chưa được kiểm tra.",
            f"SIGNER NOT CHECKED. {good} files match the manifest, but nobody checked who signed it.",
        )
    sealed = len(findings) - good
    left_vi = f" {sealed} bản gốc được niêm phong, không nằm trong bản sao này." if sealed else ""
    left_en = f" {sealed} originals are sealed and not in this copy." if sealed else ""
    return (
        f"NGUYÊN VẸN. Cả {good} tệp đúng từng byte như lúc hộp camera ký.{left_vi}",
        f"INTACT. All {good} files are, byte for byte, what the camera box signed.{left_en}",
    )


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


def _unpack(path: Path, folder: Path) -> Finding | None:
    """Unpack the files of a zip; what is wrong with it, if anything. Names with folders are refused."""
    name = path.name
    try:
        with zipfile.ZipFile(path) as archive:
            for entry in archive.infolist():
                name = entry.filename
                if Path(name).name != name or entry.file_size > _LARGEST_ZIP_BYTES:
                    raise zipfile.BadZipFile("not a name or size of ours")  # noqa: TRY301
                (folder / name).write_bytes(archive.read(entry))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        return Finding(
            name, "bad", f"tệp zip bị hỏng hoặc bị sửa ({error})", f"the zip was damaged or changed ({error})"
        )
    return None


def _manifest(pack: Pack, public_key: Ed25519PublicKey | None) -> Finding:
    device = pack.signed.device_id
    if public_key is not None and not is_signed_by(pack.signed, public_key):
        key = base64.b64encode(public_key.public_bytes_raw()).decode()
        return Finding(
            MANIFEST_NAME,
            "bad",
            f"chữ ký không đúng: bản kê đã bị sửa, hoặc không do khóa {key} ký",
            f"the signature does not hold: the manifest was changed, or key {key} did not sign it",
        )
    forms = (manifest_bytes(pack.signed), pack.signed.model_dump_json(indent=1).encode())
    if pack.manifest_path.read_bytes() not in forms:
        return Finding(
            MANIFEST_NAME,
            "bad",
            "đã bị sửa cách viết (dấu cách, xuống dòng); nội dung được ký vẫn như cũ",
            "its writing was changed (spaces, line ends); the signed content is still the same",
        )
    if public_key is None:
        return Finding(
            MANIFEST_NAME,
            "unchecked",
            f"chưa kiểm tra chữ ký của {device}: chưa cho khóa công khai (--public-key)",
            f"the signature of {device} was not checked: no public key was given (--public-key)",
        )
    numbers_vi, numbers_en = _numbers(pack)
    return Finding(
        MANIFEST_NAME,
        "good",
        f"chữ ký của {device} đúng với bản kê{numbers_vi}",
        f"the signature of {device} holds for the manifest{numbers_en}",
    )


def _unsure(file: Finding) -> Finding:
    """What a list that was itself changed says of a file proves nothing against it."""
    if file.verdict != "bad":
        return file
    return Finding(
        file.subject,
        "unchecked",
        f"{file.vi}, nhưng bản kê đã bị sửa nên không kết luận được",
        f"{file.en}, but the manifest itself was changed, so that proves nothing",
    )


def _numbers(pack: Pack) -> tuple[str, str]:
    frames = pack.report.frames
    if frames is None:
        return "", ""
    first, last = frames.clip[0][0], frames.clip[-1][0]
    if not frames.missing:
        return (
            f"; video gồm các ảnh số {first}–{last}, không thiếu ảnh nào",
            f"; the video has pictures {first}–{last}, none missing",
        )
    gone = ", ".join(map(str, frames.missing[:5]))
    lost = len(frames.missing)
    return (
        f"; video gồm các ảnh số {first}–{last}, thiếu {lost} ảnh camera không gửi nguyên vẹn ({gone}…)",
        f"; the video has pictures {first}–{last}, {lost} did not come whole from the camera ({gone}…)",
    )


def _files(pack: Pack) -> list[Finding]:
    """A copy for an owner has none of the originals; a folder with some of them must have all."""
    is_copy = not any((pack.folder / file.name).exists() for file in pack.report.files if _is_sealed(file))
    return [_file(pack, file, is_copy=is_copy) for file in pack.report.files]


def _is_sealed(file: EvidenceFile) -> bool:
    return file.role in ORIGINALS


def _file(pack: Pack, file: EvidenceFile, *, is_copy: bool) -> Finding:
    path = pack.folder / file.name
    if is_copy and _is_sealed(file):
        return Finding(
            file.name,
            "unchecked",
            "bản gốc được niêm phong, không nằm trong bản sao này",
            "a sealed original, not in this copy",
        )
    if not path.is_file():
        return Finding(file.name, "bad", "thiếu tệp này", "this file is missing")
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    if (digest, len(content)) == (file.sha256, file.size_bytes):
        return Finding(file.name, "good", "khớp với bản kê", "matches the manifest")
    return Finding(
        file.name,
        "bad",
        f"đã bị thay đổi: bản kê ghi SHA-256 {file.sha256} ({file.size_bytes} byte),"
        f" tệp có {digest} ({len(content)} byte)",
        f"was changed: the manifest says SHA-256 {file.sha256} ({file.size_bytes} bytes),"
        f" the file has {digest} ({len(content)} bytes)",
    )


def _strangers(pack: Pack) -> list[Finding]:
    known = {file.name for file in pack.report.files} | {MANIFEST_NAME, GUIDE_NAME}
    return [
        Finding(
            path.name, "bad", "tệp lạ, không có trong bản kê", "a stranger: the manifest does not name it"
        )
        for path in sorted(pack.folder.iterdir())
        if path.name not in known
    ]
