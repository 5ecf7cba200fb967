"""Why a version was not kept, as a code with its numbers and as a sentence for the journal.

The backend tells the code in both languages. The launcher reads this before anything else of the program, so
only the standard library is used.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Final

_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "not_confirmed": "not confirmed within {within_s} s",
        "ended_early": "ended with code {exit_code} after {ran_s} s, before it was confirmed",
        "ended_often": "ended {times} times within {within_s} s of its start, code {exit_code}",
        "begun_often": "begun {times} times and never confirmed: was the power cut?",
        "files_gone": "its files are gone from the disk",
        "not_begun": "it could not be begun: its files are gone, or the disk was full",
        "self_test_failed": "its self-test failed with code {exit_code}",
        "self_test_slow": "its self-test did not end within {within_s} s",
    }
)


@dataclass(frozen=True, slots=True)
class Reason:
    """`said`: what the version itself said of it."""

    code: str
    exit_code: int | None = None
    within_s: int | None = None
    ran_s: int | None = None
    times: int | None = None
    said: str = ""

    @property
    def words(self) -> str:
        """The sentence. Raises KeyError for a code that there is not."""
        sentence = _WORDS[self.code].format(**asdict(self))
        return f"{sentence}: {self.said}" if self.said else sentence
