"""In charge of how reading in a worker process can end without facts, and of telling which it was."""

import signal

from pebble import ProcessExpired

SPOILED = 75  #: exit code of a worker whose readers did not load (sysexits(3), EX_TEMPFAIL)


class ReadFailed(Exception):
    """A file or mail could not be read within the limits: timeout, memory or crashed. Another try may not help."""

    def __init__(self, problem: str, detail: str = "") -> None:
        super().__init__(f"{problem}: {detail}" if detail else problem)
        self.problem = problem
        self.detail = detail


class TooSoon(Exception):
    """The pool ended a task whose time had not run out: somebody set the clock."""


class Spoiled(Exception):
    """Worker after worker could not load its readers: a fault of this machine or its libraries, never of the file."""


class Abandoned(Exception):
    """Reading was ended because the desk closes: nothing is known of the file, good or bad."""


def expired(error: ProcessExpired) -> ReadFailed | Spoiled:
    """Say why a worker ended: the kernel's own SIGKILL is want of memory, SIGXCPU is want of time."""
    code = error.exitcode or 0
    if code == SPOILED:
        return Spoiled("readers do not load; see `doctor`")
    if code == -signal.SIGKILL:
        return ReadFailed("memory", "killed by the kernel")
    if code == -signal.SIGXCPU:
        return ReadFailed("timeout", "over the CPU limit")
    return ReadFailed("crashed", signal.Signals(-code).name if code < 0 else f"exit code {code}")
