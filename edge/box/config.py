"""The box file: which cameras one box watches, where it keeps and where it sends (docs/operating.md)."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import quote, urlsplit, urlunsplit

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)

from edge.report import Slug, load_public_key
from edge.settings import SettingsError, StoreSettings, WorkerSettings
from edge.toml_lines import line_of

_ABSENT: Mapping[str, str] = {
    "missing": "is missing / còn thiếu",
    "extra_forbidden": "is not known / không có mục này",
}


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class BoxFileError(SettingsError):
    """The box file cannot be used; the message says where and why."""


class CameraEntry(_Section):
    """One camera: its id, its camera file, and where its pictures come from.

    `file_url`: where a newer camera file may be had; `file` is the one to begin with. The password stands in
    a file or in an environment variable, never here. `play` is for films only.
    """

    id: Slug
    file: Path
    file_url: Annotated[str, Field(pattern=r"^(https://|http://(127\.|localhost[:/]))[^\s@]+$")] | None = None
    source: Annotated[SecretStr, Field(min_length=1)]
    user: str | None = None
    password_file: Path | None = None
    password_env: str | None = None
    play: Literal["loop", "follow"] = "follow"

    @model_validator(mode="after")
    def _one_password(self) -> CameraEntry:
        given = [self.password_file is not None, self.password_env is not None]
        if all(given):
            raise ValueError("password_file, password_env: give one of them")
        if any(given) and not self.user:
            raise ValueError("user: a password needs the user it belongs to")
        return self

    def address(self, environment: Mapping[str, str]) -> str:
        """Where the pictures come from, with the password. Raises SettingsError where it is not to be had."""
        source = self.source.get_secret_value()
        if not self.user:
            return source
        parts = urlsplit(source)
        who = f"{quote(self.user, safe='')}:{quote(self._password(environment), safe='')}"
        return urlunsplit(parts._replace(netloc=f"{who}@{parts.netloc.rpartition('@')[2]}"))

    def _password(self, environment: Mapping[str, str]) -> str:
        if self.password_env is not None:
            if self.password_env not in environment:
                raise SettingsError(f"camera {self.id}: password_env: {self.password_env} is not set")
            return environment[self.password_env]
        if self.password_file is None:
            return ""
        try:
            return self.password_file.read_text().strip()
        except OSError as error:
            raise SettingsError(
                f"camera {self.id}: password_file: {self.password_file} cannot be read ({error.strerror})"
            ) from error


class StoreEntry(_Section):
    """The evidence store; its secret key in a file. Without this section the S3_ variables say it."""

    endpoint: Annotated[str, Field(min_length=1)]
    access_key: str
    secret_key_file: Path
    bucket: str = "evidence"
    secure: bool = True

    def settings(self) -> StoreSettings:
        """As the worker wants it. Raises SettingsError where the key cannot be read."""
        try:
            secret = self.secret_key_file.read_text().strip()
        except OSError as error:
            raise SettingsError(
                f"store.secret_key_file: {self.secret_key_file} cannot be read ({error.strerror})"
            ) from error
        return StoreSettings(
            endpoint=self.endpoint,
            access_key=self.access_key,
            secret_key=SecretStr(secret),
            bucket=self.bucket,
            secure=self.secure,
        )


class ReleasesEntry(_Section):
    """Who may sign other versions of this program: `keys`, each the 32 public bytes in base64.

    `confirm_within_s`: how long another version may take to show that it is well; then the former one is run
    again. `steady_for_s`: how long it must be well without a break.
    """

    keys: Annotated[tuple[str, ...], Field(min_length=1, max_length=8)]
    confirm_within_s: Annotated[float, Field(ge=10, le=3600)] = 300.0
    steady_for_s: Annotated[float, Field(ge=1, le=1800)] = 20.0

    @field_validator("keys")
    @classmethod
    def _are_keys(cls, keys: tuple[str, ...]) -> tuple[str, ...]:
        for key in keys:
            load_public_key(key)
        return keys


class BoxFile(_Section):
    """One box. `worker` takes any of the worker's settings (edge/settings.py), the same for all cameras.

    `files_from_backend`: each camera's file is the one that operators publish there; `file` begins.
    """

    schema_id: Literal["phatnguoi.box/1"] = Field(alias="schema")
    name: Annotated[str, Field(min_length=1, max_length=120)]
    data: Path
    backend: Annotated[str, Field(pattern=r"^https?://[^\s@]+$")]
    metrics_port: Annotated[int, Field(ge=0, le=65535)] = 9464
    metrics_address: str = "127.0.0.1"
    threads: Annotated[int, Field(ge=1, le=64)] | None = None
    files_from_backend: bool = False
    store: StoreEntry | None = None
    releases: ReleasesEntry | None = None
    worker: dict[str, Any] = Field(default_factory=dict)
    camera: Annotated[tuple[CameraEntry, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _cameras_differ(self) -> BoxFile:
        ids = [one.id for one in self.camera]
        twice = sorted({one for one in ids if ids.count(one) > 1})
        if twice:
            raise ValueError(f"camera: the id {', '.join(twice)} is given twice")
        return self

    def entry(self, camera_id: str) -> CameraEntry:
        """The camera of this id. Raises SettingsError where there is none."""
        for one in self.camera:
            if one.id == camera_id:
                return one
        raise SettingsError(f"camera {camera_id}: there is none of this id in the box file")

    def folder(self, camera_id: str) -> Path:
        """Where a camera keeps what it has not delivered yet."""
        return self.data / camera_id

    def camera_file(self, camera_id: str) -> Path:
        """The camera file to begin with: the fetched one that was last in force, or the given one."""
        kept = self.kept_file(camera_id)
        fetches = self.file_address(camera_id) is not None
        return kept if fetches and kept.exists() else self.entry(camera_id).file

    def file_address(self, camera_id: str) -> str | None:
        """Where newer camera files are asked for; None where they only come by hand."""
        if (own := self.entry(camera_id).file_url) is not None:
            return own
        return f"{self.backend.rstrip('/')}/v1/cameras/{camera_id}/file" if self.files_from_backend else None

    def kept_file(self, camera_id: str) -> Path:
        """Where a fetched camera file lies once it is in force."""
        return self.folder(camera_id) / "camera.toml"

    def offered_file(self, camera_id: str) -> Path:
        """Where a fetched camera file lies until it has been checked."""
        return self.folder(camera_id) / "camera.offered.toml"

    def settings(self, camera_id: str) -> WorkerSettings:
        """The settings of one camera's worker."""
        others = tuple(self.folder(one.id) for one in self.camera if one.id != camera_id)
        values = {
            "data_folder": self.folder(camera_id),
            "backend_url": self.backend,
            "device_name": self.name,
            "device_folder": self.data,
            "sibling_folders": others,
        }
        return WorkerSettings.model_validate(self.worker | values)

    def store_settings(self, environment: Mapping[str, str] | None = None) -> StoreSettings:
        """The evidence store, from the file or else from the environment."""
        if self.store is not None:
            return self.store.settings()
        return StoreSettings.from_environment(os.environ if environment is None else environment)


def load_box_file(path: Path) -> BoxFile:
    """Read and check a box file; paths in it count from where it lies.

    Raises:
        BoxFileError: one line for each thing that is wrong, with the file, the line and the field.
    """
    try:
        text = path.read_text()
        raw = tomllib.loads(text)
    except OSError as error:
        raise BoxFileError(f"{path}: cannot be read ({error.strerror or error})") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BoxFileError(f"{path}: is not TOML: {error}") from error
    try:
        box = BoxFile.model_validate(raw)
        rooted = _rooted(box, path.parent)
        rooted.settings(rooted.camera[0].id)
    except ValidationError as error:
        worker = error.title == WorkerSettings.__name__
        raise BoxFileError(_sentences(error, text, path, ("worker",) if worker else ())) from None
    return rooted


def _sentences(error: ValidationError, text: str, path: Path, root: tuple[str, ...]) -> str:
    said = []
    for one in error.errors(include_input=False, include_url=False):
        place = (*root, *one["loc"])
        line = line_of(text, place)
        field = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place).lstrip(".")
        words = _ABSENT.get(one["type"], one["msg"])
        said.append(f"{path}{f':{line}' if line else ''}: {f'{field}: ' if field else ''}{words}")
    return "\n".join(said)


def _rooted(box: BoxFile, folder: Path) -> BoxFile:
    cameras = []
    for one in box.camera:
        changes: dict[str, Any] = {"file": folder / one.file}
        if one.password_file is not None:
            changes["password_file"] = folder / one.password_file
        source = one.source.get_secret_value()
        if "://" not in source:
            changes["source"] = SecretStr(str(folder / source))
        cameras.append(one.model_copy(update=changes))
    changes = {"camera": tuple(cameras), "data": folder / box.data}
    if box.store is not None:
        key = folder / box.store.secret_key_file
        changes["store"] = box.store.model_copy(update={"secret_key_file": key})
    return box.model_copy(update=changes)
