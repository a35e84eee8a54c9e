"""In charge of how reading in a worker process can end without facts, and of telling which it was."""

import signal

from pebble import ProcessExpired


class ReadFailed(Exception):
    """A file or mail could not be read within the limits: timeout, memory or crashed. Another try may not help."""

    def __init__(self, problem: str, detail: str = "") -> None:
        super().__init__(f"{problem}: {detail}" if detail else problem)
        self.problem = problem
        self.detail = detail


class TooSoon(Exception):
    """The pool ended a task whose time had not run out: somebody set the clock."""


class Abandoned(Exception):
    """Reading was ended because the desk closes: nothing is known of the file, good or bad."""


def expired(error: ProcessExpired) -> ReadFailed:
    """Say why a worker ended: the kernel's own SIGKILL is want of memory, SIGXCPU is want of time."""
    code = error.exitcode or 0
    if code == -signal.SIGKILL:
        return ReadFailed("memory", "killed by the kernel")
    if code == -signal.SIGXCPU:
        return ReadFailed("timeout", "over the CPU limit")
    return ReadFailed("crashed", signal.Signals(-code).name if code < 0 else f"exit code {code}")
