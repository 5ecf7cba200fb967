"""The way of a dossier as a picture, drawn from its table."""

from __future__ import annotations

from penalty.dossier import END_STATES, TABLE, Edge, State


def _clocks(edge: Edge) -> str:
    starts = " ".join(rule.step_id for rule in edge.starts)
    stops = " ".join((*edge.meets, *edge.ends))
    said = [f"starts {starts}"] * bool(starts) + [f"stops {stops}"] * bool(stops)
    return f" / {', '.join(said)}" if said else ""


def dossier_graph() -> str:
    """The table as a Mermaid state diagram."""
    lines = ["stateDiagram-v2", f"    [*] --> {State.OWNER_LOOKUP}"]
    for (state, action), edge in TABLE.items():
        roles = ", ".join(sorted(edge.roles))
        lines.append(f"    {state} --> {edge.to_state}: {action} [{roles}]{_clocks(edge)}")
    ends = [state for state in State if state in END_STATES]
    lines += [f"    {state} --> [*]" for state in ends]
    return "\n".join(lines) + "\n"
