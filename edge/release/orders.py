"""What passes between the cameras' processes, which speak with the backend, and the updater of their box."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from pydantic import ValidationError

from edge.durable import replace_file
from edge.release.state import ORDER_FILE, State, read_state
from edge.upkeep import ReleaseFailure, ReleaseOrder, ReleaseState


def note_order(folder: Path, order: ReleaseOrder | None) -> None:
    """Keep what the backend wants. Every camera's process hears it; it is written once. Raises OSError."""
    if order is None or order == read_order(folder):
        return
    folder.mkdir(parents=True, exist_ok=True)
    replace_file(folder / ORDER_FILE, order.model_dump_json().encode())


def read_order(folder: Path) -> ReleaseOrder | None:
    """What the backend wanted last."""
    try:
        return ReleaseOrder.model_validate_json((folder / ORDER_FILE).read_bytes())
    except (OSError, ValidationError):
        return None


def reported(folder: Path, running: str, base: str) -> ReleaseState | None:
    """How a box stands with its versions, for its heartbeat; None where the file on disk makes no sense."""
    try:
        return _reported(read_state(folder), running, base)
    except ValidationError:
        return None


def _reported(state: State, running: str, base: str) -> ReleaseState:
    failure = state.failure
    return ReleaseState.model_validate(
        {
            "running": running,
            "confirmed": state.trial is None or (state.trial.version or base) != running,
            "base": base,
            "previous": base if state.previous == "" else state.previous,
            "since": state.since or None,
            "selftest_s": state.selftest_s,
            "phase": state.phase,
            "trouble": state.trouble[:2000],
            "failure": ReleaseFailure.model_validate(
                {
                    "version": failure.version or base,
                    "order_id": failure.order_id or None,
                    "at": failure.at,
                    "why": failure.why[:2000],
                    "reason": asdict(failure.reason) if failure.reason is not None else None,
                    "log_lines": failure.log_lines,
                }
            )
            if failure is not None
            else None,
        }
    )
