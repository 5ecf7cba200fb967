"""What systemd wants to hear: that the box is ready, how it does, that it still lives (sd_notify(3))."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping


class Notifier:
    """Says nothing where nobody listens."""

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        values = os.environ if environment is None else environment
        address = values.get("NOTIFY_SOCKET", "")
        self._address = "\0" + address[1:] if address.startswith("@") else address

    def say(self, **words: str | int) -> None:
        """Send `KEY=value` lines, such as READY=1, WATCHDOG=1, STATUS=text."""
        if not self._address:
            return
        message = "\n".join(f"{name}={value}" for name, value in words.items())
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as line:
            try:
                line.sendto(message.encode(), self._address)
            except OSError:
                return  # systemd is gone: nobody is left to tell
