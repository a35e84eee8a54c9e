"""In charge of running parsers in worker processes with hard limits, so that a hostile file harms itself only.

Leaves what a worker may touch to `parsers.confinement.worker` and `parsers.confinement.measures`, and what a parser does to `parsers.registry`.
Workers stay warm: models load once in each. A killed worker is replaced, the others go on.
"""

import multiprocessing
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import structlog
from pebble import ProcessExpired, ProcessFuture, ProcessPool

from domain.facts import FileFacts
from domain.mail import Mail
from domain.notice import Limits
from parsers import registry
from parsers.confinement import worker
from parsers.confinement.errors import Abandoned, ReadFailed, Spoiled, TooSoon, expired
from parsers.confinement.lending import Lending
from parsers.confinement.task import Task, reader_of
from parsers.confinement.worker import Places
from parsers.registry import ReadJob

__all__ = ["Abandoned", "ReadFailed", "Sandbox", "Timed"]

_TASKS_A_WORKER = 100  #: then it is replaced, so that what libraries leak is given back
Timed = Callable[[str, float], None]  #: who reads, and how many seconds it took
_AT_ONCE = 8  #: files handed to the pool at once, a worker
_PATIENCE = 60.0  #: seconds past every limit before the pool itself is held for stuck

log = structlog.get_logger(__name__)


class Sandbox:
    """A pool of confined parser processes. Use as a context manager; safe to call from several threads."""

    def __init__(
        self,
        limits: Limits,
        workers: int = 2,
        *,
        writable: Sequence[Path] = (),
        lending: Path | None = None,
        readable: Sequence[Path] = (),
        timed: Timed = lambda reader, seconds: None,
    ) -> None:
        """`writable`: places workers may write beside the temporary directory (Landlock); empty: no such bound.

        `lending`: a folder on the disk of what is read, in no writable place. With it workers read what is lent to them there, what
        is writable, and `readable`, and nothing else; None: no such bound.

        `timed` is told how long each reading took a worker, by the parser's name, or "mail"; not of readings that were ended.
        """
        self._limits = limits
        self._workers = workers
        self._writable = tuple(writable)
        self._readable = tuple(readable)
        self._root = lending
        self._timed = timed
        self._lending: Lending | None = None
        self._lock = threading.Lock()
        self._pool: ProcessPool | None = None
        self._queued = 0.0  #: seconds granted to tasks not settled yet
        self._used: float | None = None  #: when the pool was last given a task; None: it has no worker yet
        self._open: set[ProcessFuture[Any]] = set()
        self._abandoned = False

    def __enter__(self) -> Self:
        self._lending = Lending(self._root) if self._root else None
        self._pool = self._new_pool()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pool, self._pool = self._pool, None
        if pool is not None:
            _stop(pool)
            pool.join()
        if self._lending is not None:
            self._lending.close()

    @contextmanager
    def lent(self, path: Path, *, copied: bool = False) -> Iterator[Path]:
        """Give the place where workers see a file for as long as the context lasts. Raises FileNotFoundError.

        `copied`: the file itself is not to be touched, not even by a link.
        """
        if self._lending is None:
            yield path
        else:
            with self._lending.lent(path, copied=copied) as near:
                yield near

    def read_mail(self, raw: Path, out: Path) -> Mail:
        """Return a raw message read; its parts' bytes are written to `out`. Raises ReadFailed."""
        with self.lent(raw) as near:
            mail: Mail = self.run(worker.read_mail, near, out, self._limits, seconds=self._limits.mail_seconds)
        return mail

    def read_file(self, path: Path, job: ReadJob) -> FileFacts:
        """Return what a file tells; problem timeout, memory or crashed where its reader was ended."""
        return self.read_files([(path, job)])[0]

    def read_files(self, jobs: Sequence[tuple[Path, ReadJob]]) -> list[FileFacts]:
        """Return what each file tells, in the order given, read in parallel.

        Together they may take as long as a mail, so that a thousand do not hold up the next; what is not begun by then is a timeout.
        """
        ends, step = time.monotonic() + self._limits.mail_seconds, self._workers * _AT_ONCE
        facts: list[FileFacts] = []
        for at in range(0, len(jobs), step):
            batch, late = jobs[at : at + step], time.monotonic() > ends
            facts += self._read_batch(batch) if not late else [registry.failed(j.kind, "timeout", "") for _, j in batch]
        return facts

    def _read_batch(self, jobs: Sequence[tuple[Path, ReadJob]]) -> list[FileFacts]:
        seconds = self._limits.parser_seconds
        with ExitStack() as stack:
            near = [(stack.enter_context(self.lent(path)), job) for path, job in jobs]
            tasks = [self._start(registry.read_file, task, seconds) for task in near]
            return [self._facts(task, job) for task, (_, job) in zip(tasks, jobs, strict=True)]

    def run(self, function: Callable[..., Any], *arguments: Any, seconds: float) -> Any:
        """Return what a module's function returns in a worker. Raises ReadFailed, or what the function raises."""
        return self._settle(self._start(function, arguments, seconds))

    def rest(self, idle_s: float) -> bool:
        """Let the workers go when nothing was read for so long: warm they hold a GiB, and new ones are there in seconds."""
        with self._lock:
            idle = self._used is not None and self._queued < 1 and time.monotonic() - self._used >= idle_s
            if idle and self._pool is not None:
                self._pool, self._used = self._renew(self._pool), None
                log.info("parser processes let go: nothing to read")
            return idle

    def limit(self, limits: Limits) -> None:
        """Read under other limits from now on; what is being read meanwhile is begun again."""
        with self._lock:
            self._limits = limits
            self._pool = self._renew(self._pool)

    def abandon(self) -> None:
        """End all reading at once, and for good: whoever waits for it, or asks for more, gets Abandoned."""
        with self._lock:
            self._abandoned = True
            for future in self._open:
                future.cancel()  # type: ignore[no-untyped-call] # pebble leaves this method without annotations

    def confinement(self) -> str:
        """Return in words what confines a worker, as the worker itself found: "memory 3072 MiB, no network …"."""
        return str(self.run(worker.confinement, seconds=_PATIENCE))

    def _facts(self, task: Task, job: ReadJob) -> FileFacts:
        try:
            facts: FileFacts = self._settle(task)
        except ReadFailed as failure:
            facts = registry.failed(job.kind, failure.problem, failure.detail)
        if facts.problem:
            log.info("file not read", parser=facts.parser, problem=facts.problem, detail=facts.detail)
        return facts

    def _start(self, function: Callable[..., Any], arguments: tuple[Any, ...], seconds: float) -> Task:
        with self._lock:
            if self._abandoned:
                raise Abandoned
            if self._pool is None or not self._pool.active:
                self._pool = self._renew(self._pool)
            self._queued += seconds
            self._used = time.monotonic()
            future: ProcessFuture[Any] = self._pool.schedule(
                worker.work, args=(function, seconds, arguments), timeout=seconds
            )
            self._open.add(future)
            return Task(function, arguments, seconds, future, self._queued + _PATIENCE, time.monotonic())

    def _settle(self, task: Task, *, again: bool = True) -> Any:
        try:
            return self._result(task)
        except (BrokenProcessPool, CancelledError, TooSoon, Spoiled) as error:
            if again:  # the pool broke, maybe through another's fault: once more in a new one
                return self._settle(self._start(task.function, task.arguments, task.seconds), again=False)
            if isinstance(error, Spoiled):
                raise
            raise ReadFailed("crashed", "the pool broke twice") from error

    def _result(self, task: Task) -> Any:
        try:
            result, seconds = task.future.result(timeout=task.patience)
        except TimeoutError as error:
            if not task.future.done():
                self._give_up()
            elif time.monotonic() - task.began < task.seconds:
                raise TooSoon from error
            raise ReadFailed("timeout", f"over {task.seconds:g} s") from error
        except MemoryError as error:
            raise ReadFailed("memory", "over the memory limit") from error
        except ProcessExpired as error:
            raise expired(error) from error
        finally:
            with self._lock:
                self._queued -= task.seconds
                self._open.discard(task.future)
        if name := reader_of(task):
            self._timed(name, seconds)
        return result

    def _give_up(self) -> None:
        """Drop a pool that did not keep its own time limit: a worker died holding the pool's lock."""
        log.error("the parser pool is stuck and is replaced")
        with self._lock:
            self._pool = self._renew(self._pool)

    def _renew(self, pool: ProcessPool | None) -> ProcessPool:
        if pool is None:
            raise RuntimeError("enter the sandbox before use: with Sandbox(limits) as sandbox")
        _stop(pool)
        threading.Thread(target=pool.join, daemon=True).start()  # a stuck one may never join
        return self._new_pool()

    def _new_pool(self) -> ProcessPool:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["parsers.registry", "pebble"])
        return ProcessPool(
            max_workers=self._workers,
            max_tasks=_TASKS_A_WORKER,
            initializer=worker.begin,
            initargs=(self._limits, self._places()),
            context=context,
        )

    def _places(self) -> Places:
        if self._lending is None:
            return Places(self._writable, None, None)
        return Places(self._writable, (self._lending.files, *self._readable), self._lending.temporary)


def _stop(pool: ProcessPool) -> None:
    pool.stop()  # type: ignore[no-untyped-call] # pebble leaves this method without annotations
