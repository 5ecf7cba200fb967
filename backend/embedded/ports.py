"""Free ports on 127.0.0.1."""

from __future__ import annotations

import random
import socket

# Below the range given to outgoing connections: a server that comes back finds its port still free.
LOWEST, HIGHEST = 20000, 32000


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_ports(count: int) -> list[int]:
    """`count` different ports that are free now. Another program may still be quicker: callers retry."""
    candidates = random.sample(range(LOWEST, HIGHEST), HIGHEST - LOWEST)
    free = (port for port in candidates if is_free(port))
    return [next(free) for _ in range(count)]


def preferred_port(wanted: int) -> int:
    """The wanted port, or another where it is taken."""
    return wanted if is_free(wanted) else free_ports(1)[0]
