"""`python -m edge.release.contract`: what this very version speaks, as JSON; asked when a bundle is made."""

from __future__ import annotations

from edge.bundle import Contract
from edge.outbox import FORMAT
from edge.report import REPORT_SCHEMA
from edge.upkeep import HEARTBEAT_SCHEMA

SPOKEN = Contract(report=REPORT_SCHEMA, heartbeat=HEARTBEAT_SCHEMA, outbox=FORMAT)

if __name__ == "__main__":
    print(SPOKEN.model_dump_json())  # noqa: T201 - the answer
