"""Append-only log of every act, chained by hash."""

from backend.audit.service import record, verify

__all__ = ["record", "verify"]
