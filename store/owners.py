"""In charge of the name a process holds messages and letters under, and of telling whether that process still lives."""

import os
import socket
from pathlib import Path


def owner() -> str:
    """Return the name this process holds leases under: host:pid."""
    return f"{socket.gethostname()}:{os.getpid()}"


def is_dead(holder: str) -> bool:
    """Tell whether a lease's holder ended. One under our own name is an earlier process's: we have only begun."""
    host, _, pid = holder.rpartition(":")
    if host != socket.gethostname() or not pid.isdecimal():
        return False
    return int(pid) == os.getpid() or not Path(f"/proc/{pid}").exists()
