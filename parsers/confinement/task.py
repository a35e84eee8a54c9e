"""In charge of what is asked of a worker process, and how long that may take. Leaves running it to `sandbox`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pebble import ProcessFuture

from parsers import registry
from parsers.confinement import worker
from parsers.registry import ReadJob


@dataclass(frozen=True)
class Task:
    """One call of a module's function."""

    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    seconds: float
    future: "ProcessFuture[Any]"
    patience: float  #: seconds until the pool must have settled it, whatever was queued before
    began: float  #: monotonic; the pool itself counts by the wall clock, which may be set


def reader_of(task: Task) -> str:
    """Return the name of what reads in a task; "" where nothing is read."""
    job = next((argument for argument in task.arguments if isinstance(argument, ReadJob)), None)
    if job is None:
        return "mail" if task.function is worker.read_mail else ""
    reader = registry.parser_for(job.kind)
    return reader.name if reader else "none"
