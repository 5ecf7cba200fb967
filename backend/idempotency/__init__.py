"""A request that is sent twice is done once: the `Idempotency-Key` header of the HTTP API."""
