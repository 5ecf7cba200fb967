"""Starts one program so that it dies with its parent, optionally as another user.

Run as a script of its own (never imported by the program it starts) because the steps below must happen
between fork and exec, where a threaded parent may run no Python.

    python -I launch.py PARENT_PID DEATH_SIGNAL USER|- PROGRAM ARGUMENT...
"""

from __future__ import annotations

import ctypes
import os
import pwd
import sys

PR_SET_PDEATHSIG = 1
PR_SET_KEEPCAPS = 8
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
CAP_DAC_OVERRIDE = 1
CAPABILITY_VERSION_3 = 0x20080522


def _become(user: str) -> None:
    """Give up root for `user`, keeping only the right to walk through folders that user may not enter.

    The data folder or the virtual environment may lie under a home that is closed to others; opening it
    for everybody would be worse than this one capability.
    """
    entry = pwd.getpwnam(user)
    libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
    if libc is not None:
        libc.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0)
    os.setgroups([])
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)
    if libc is not None:
        header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
        mask = 1 << CAP_DAC_OVERRIDE
        sets = (ctypes.c_uint32 * 6)(mask, mask, mask, 0, 0, 0)
        # Where the container withholds the capability this fails and open folders still work.
        if libc.capset(header, sets) == 0:
            libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_OVERRIDE, 0, 0)


def _die_with(parent_pid: int, signal_number: int) -> None:
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal_number, 0, 0, 0)
    if os.getppid() != parent_pid:
        sys.exit(f"launch: parent {parent_pid} has gone")


def main(arguments: list[str]) -> None:
    parent_pid, death_signal, user, *command = arguments
    if user != "-":
        _become(user)
    # After the change of user, which clears the setting.
    _die_with(int(parent_pid), int(death_signal))
    try:
        os.execvp(command[0], command)  # noqa: S606 - the whole point: no shell, same process id
    except OSError as error:
        sys.exit(f"launch: {command[0]}: {error}")


if __name__ == "__main__":
    main(sys.argv[1:])
