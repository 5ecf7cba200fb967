"""One HTTP client for calls to outside systems, so that jobs share connections and TLS set-up."""

from __future__ import annotations

from functools import lru_cache

import httpx2


@lru_cache(maxsize=1)
def client() -> httpx2.Client:
    """Safe to use from many threads; each call names its own time-out."""
    return httpx2.Client(follow_redirects=False)
