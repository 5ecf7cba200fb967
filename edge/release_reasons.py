"""Why a version was not taken or not kept, as a code with its numbers and as a sentence for the journal.

The backend tells the code in both languages. The launcher reads this before anything else of the program, so
only the standard library is used.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Final

WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "not_confirmed": "not confirmed within {within_s} s",
        "ended_early": "ended with code {exit_code} after {ran_s} s, before it was confirmed",
        "ended_often": "ended {times} times within {within_s} s of its start, code {exit_code}",
        "begun_often": "begun {times} times and never confirmed: was the power cut?",
        "files_gone": "its files are gone from the disk",
        "not_begun": "it could not be begun: its files are gone, or the disk was full",
        "self_test_failed": "its self-test failed with code {exit_code}",
        "self_test_slow": "its self-test did not end within {within_s} s",
        "not_here": "{wanted} is not on this box any more, and nothing is known to fetch",
        "older": "{wanted} is older than {found}, which this box was installed with",
        "other_release": "the bundle is {found}, ordered was {wanted}",
        "other_outbox": "its outbox has format {wanted}, the one here {found}: reports would be lost",
        "needs_python": "it needs Python {wanted}, this box has {found}",
        "calls_itself": "it calls itself {found}, ordered was {wanted}",
        "not_a_bundle": "this file is no release (a zip with a manifest.json)",
        "part_missing": "this file is no release: {name} is missing",
        "bad_signature": "the release is not signed by a key that is trusted here",
        "wrong_manifest": "the manifest cannot be read by this program: {times} faults",
        "other_files": "the release is damaged or was changed: its files are not those that its manifest"
        " names",
        "part_changed": "the release is damaged or was changed: {name} is not what was signed",
        "part_unreadable": "the release is damaged or was changed: {name} cannot be read",
        "part_too_large": "the release is damaged or was changed: {name} is too large",
        "part_misplaced": "the release is damaged or was changed: {name} is no place under app/",
        "too_many_files": "the release is damaged or was changed: {times} files are too many",
        "odd_packing": "the release is damaged or was changed: packed in a way that releases are not",
    }
)


@dataclass(frozen=True, slots=True)
class Reason:
    """`wanted`, `found`: versions or formats. `name`: a file. `said`: what the version itself said of it."""

    code: str
    exit_code: int | None = None
    within_s: int | None = None
    ran_s: int | None = None
    times: int | None = None
    wanted: str = ""
    found: str = ""
    name: str = ""
    said: str = ""

    @property
    def words(self) -> str:
        """The sentence. Raises KeyError for a code that there is not."""
        sentence = WORDS[self.code].format(**asdict(self))
        return f"{sentence}: {self.said}" if self.said else sentence
