"""Reading a camera file: every fault with its line and its field, whoever reads it, box or backend."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from edge.scene_file import CameraFile, SceneError
from edge.toml_lines import Place, line_of

_TOML_LINE: Final = re.compile(r"\(at line (\d+), column \d+\)")
_FIELD: Final = re.compile(r"^([a-z_]+(?:\[\d+\])?(?:\.[a-z_0-9]+(?:\[\d+\])?)*): (.+)$", re.DOTALL)
_PART: Final = re.compile(r"[a-z_0-9]+|\[\d+\]")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: the line (from 1) where it is known, the field, and words."""

    line: int | None
    field: str
    message: str

    def told(self, name: object) -> str:
        """`name:line: field: message`, as compilers say it."""
        where = f"{name}:{self.line}" if self.line else f"{name}"
        return f"{where}: {self.field}: {self.message}" if self.field else f"{where}: {self.message}"


class FaultyFileError(SceneError):
    """A camera file cannot be used; `faults` says why, one for each thing that is wrong."""

    def __init__(self, faults: Sequence[Fault], name: object = "camera.toml") -> None:
        super().__init__("\n".join(one.told(name) for one in faults))
        self.faults = tuple(faults)


def parse_camera_file(text: str, name: object = "camera.toml") -> CameraFile:
    """The camera file of this text. Raises FaultyFileError."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _TOML_LINE.search(str(error))
        fault = Fault(int(found.group(1)) if found else None, "", f"cannot be read as TOML: {error}")
        raise FaultyFileError([fault], name) from error
    try:
        return CameraFile.model_validate(raw)
    except ValidationError as error:
        faults = [_fault(text, one["loc"], one["msg"]) for one in error.errors()]
        raise FaultyFileError(faults, name) from error


def load_camera_file(path: Path) -> tuple[CameraFile, str]:
    """Read and check a camera file; also the SHA-256 of its bytes.

    Raises:
        SceneError: missing, no TOML, or a field is wrong.
    """
    try:
        content = path.read_bytes()
        text = content.decode()
    except FileNotFoundError as error:
        raise SceneError(f"{path}: there is no such camera file") from error
    except (OSError, UnicodeDecodeError) as error:
        raise SceneError(f"{path}: cannot be read as TOML: {error}") from error
    return parse_camera_file(text, path), hashlib.sha256(content).hexdigest()


def fault_of(text: str, words: str) -> Fault:
    """A fault told as `field: message`, as the scene tells them, with the line of its field."""
    found = _FIELD.match(words)
    if found is None:
        return Fault(None, "", words)
    return Fault(line_of(text, _place(found.group(1))), found.group(1), found.group(2))


def _fault(text: str, place: tuple[int | str, ...], message: str) -> Fault:
    told = fault_of(text, message.removeprefix("Value error, "))
    if told.field and (not place or told.line):  # a check of the whole file names the field itself
        return told
    field = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place).lstrip(".")
    return Fault(line_of(text, place), field, message)


def _place(field: str) -> Place:
    return tuple(int(part[1:-1]) if part[0] == "[" else part for part in _PART.findall(field))
