"""In charge of running the daemon's own command line in processes that die where they are told.

Reads one order a line (JSON, `runs` writes them), writes one line when the process it began is gone. Each is forked from this one, so
that imports are paid once, and does what `run_daemon.py` does. Nothing of the product is changed but how long it waits, and that it
has a fault of its own: one marked mail is never judged. Not to be run as a main module: workers would import it, and all it imports.
"""

import json
import mmap
import os
import signal
import sqlite3
import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import daemon.running  # noqa: F401  imported before the fork, not after each
from daemon.cli import main
from ingest.watched import WatchedFolder
from tests.faults.points import POINTS, Point

BUG = "毛病"  #: a mail with this subject makes us fail
_LAST_STEP = mmap.mmap(-1, 4)  #: shared with the process under way: 1 + 2 · point, + 1 when it was through
_DEATHS_S = 20.0  #: how long workers may outlive the daemon
_HASTE = {
    "store.work:PAUSES": (timedelta(0), timedelta(0)),
    "notify.outbox:_LOOK_AGAIN": timedelta(0),
    "daemon.service:_EVERY_S": 0.2,
    "daemon.service:_WATCH_S": 0.2,
}
_OPEN_WORK = """
    SELECT (SELECT count(*) FROM messages WHERE state NOT IN ('decided', 'quarantined'))
         + (SELECT count(*) FROM letters WHERE state IN ('queued', 'sending'))
         + max(0, ? - (SELECT count(*) FROM letters))"""


def serve() -> None:
    """Carry out orders until there are no more."""
    _hurry()
    _plant_a_bug()
    for line in sys.stdin:
        order = json.loads(line)
        _LAST_STEP[:] = bytes(4)
        child = os.fork()
        if child == 0:
            _become(order)
        status = _status(child, order["kill_after_s"])
        print(json.dumps({"status": status, "step": _step(), "orphans": _orphans(child)}), flush=True)


def watch(point: Point, tell: Callable[[bool], None], *, always: bool = False) -> None:
    """Have `tell` called right before (False) and right after (True) the call a point means, or all that are like it."""
    entered, hits = threading.Event(), 0
    if point.since:
        _wrap(point.since, lambda arguments: entered.set())

    def before(arguments: tuple[Any, ...]) -> bool:
        nonlocal hits
        if (not point.saying or point.saying in repr(arguments)) and (entered.is_set() or not point.since):
            hits += 1
            if meant := always or hits == point.hit:
                tell(False)
            return meant
        return False

    _wrap(point.step, before, lambda meant: tell(True) if meant else None)


def _wrap(step: str, before: Callable[[tuple[Any, ...]], Any], after: Callable[[Any], None] = lambda _: None) -> None:
    holder, name = _place(step)
    function = getattr(holder, name)

    def wrapped(*arguments: Any, **named: Any) -> Any:
        noted = before(arguments)
        result = function(*arguments, **named)
        after(noted)
        return result

    setattr(holder, name, wrapped)


def _place(step: str) -> tuple[Any, str]:
    module, _, path = step.partition(":")
    *between, name = path.split(".")
    holder: Any = import_module(module)
    for part in between:
        holder = getattr(holder, part)
    return holder, name


def _become(order: dict[str, Any]) -> None:
    """Be the daemon from here on; never returns."""
    os.setsid()
    log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for stream in (1, 2):
        os.dup2(log, stream)
    if order["point"]:
        watch(Point(**order["point"]), lambda through: die() if through == order["through"] else None)
    if order["kill_after_s"] is not None:
        for number, point in enumerate(POINTS):
            watch(point, _noting(number), always=True)
    if order["arguments"][0] == "run":
        threading.Thread(target=_stop_when_done, args=(Path(order["data"]), order["letters"]), daemon=True).start()
    code = main(order["arguments"])
    sys.stderr.flush()
    os._exit(code)


def die() -> None:
    """End at once, as in a power cut."""
    os.kill(os.getpid(), signal.SIGKILL)


def _noting(number: int) -> Callable[[bool], None]:
    def note(through: bool) -> None:
        _LAST_STEP[:] = (1 + 2 * number + through).to_bytes(4)

    return note


def _step() -> str:
    number = int.from_bytes(_LAST_STEP[:]) - 1
    return "" if number < 0 else f"{'after' if number % 2 else 'before'}: {POINTS[number // 2].name}"


def _stop_when_done(data: Path, letters: int) -> None:
    """End a `run` the orderly way when it listens, nothing is left to do and so many letters were made."""
    while True:
        time.sleep(0.1)
        if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
            continue
        try:
            with sqlite3.connect(f"file:{data}/shoujian.db?mode=ro", uri=True) as database:
                (left,) = database.execute(_OPEN_WORK, (letters,)).fetchone()
        except sqlite3.Error:  # no tables yet
            continue
        if not left and not [file for file in data.glob("inbox_videos/*/*") if file.is_file()]:
            os.kill(os.getpid(), signal.SIGTERM)
            return


def _status(child: int, kill_after_s: float | None) -> int:
    """Return how a process ended: its exit code, or minus the signal."""
    if kill_after_s is not None:
        ends = time.monotonic() + kill_after_s
        while time.monotonic() < ends:
            pid, status = os.waitpid(child, os.WNOHANG)
            if pid:
                return os.waitstatus_to_exitcode(status)
            time.sleep(0.002)
        os.kill(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _orphans(session: int) -> int:
    """Return how many processes of a session stay though its leader is gone; they are given time to die."""
    ends = time.monotonic() + _DEATHS_S
    while (
        left := sum(_session(path) == session for path in Path("/proc").glob("[0-9]*/stat"))
    ) and time.monotonic() < ends:
        time.sleep(0.02)
    return left


def _session(stat: Path) -> int:
    try:
        fields = stat.read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return 0 if fields[0] == "Z" else int(fields[3])


def _hurry() -> None:
    """Wait less: between looks, between tries, for a file to be still."""
    for step, value in _HASTE.items():
        setattr(*_place(step), value)
    assert WatchedFolder.__init__.__kwdefaults__
    WatchedFolder.__init__.__kwdefaults__["still"] = timedelta(0)


def _plant_a_bug() -> None:
    def fail(arguments: tuple[Any, ...]) -> None:
        if arguments[0].mail.subject == BUG:
            raise RuntimeError("a fault of ours")

    _wrap("daemon.worker:conclude", fail)
