"""Damaged mails and files through the readers, each in a process with the sandbox's limits: `python -m tests.fuzz.mutate 20000 [folder of more …]`.

A fault is an exception out of read_mail or read_file, a reader's own mistake ("crashed"), a hang, a dead process, memory over the limit, a value that
cannot be stored, a part whose bytes are not there. Each fault's input is kept under `fuzz-faults/`. Input N of a seed is the same every time.
"""

import argparse
import faulthandler
import hashlib
import multiprocessing
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from types import FrameType

from daemon.settings import load
from domain.facts import FileFacts
from domain.kinds import Kind
from domain.mail import Mail
from domain.notice import Limits
from parsers.fetched import Loose, Opened, open_files
from parsers.mail import read_mail
from parsers.registry import ReadJob, read_file
from parsers.subject import read_subject
from tests.fuzz import seeds
from tests.fuzz.mutations import mutate

ROOT = Path(__file__).parents[2]
SECONDS = 30  #: an input may take; the desk itself gives minutes
MEMORY = 3 << 30  #: address space, as the desk gives
_LIMITS = Limits(archive_bytes=64 << 20, archive_files=200)
_NOTICE = load(ROOT / "config.toml", Path("/nonexistent")).notice
#: Dear to read; what a mail carries of these is read only where it is the input itself.
_DEAR = frozenset({Kind.PDF, Kind.IMAGE, Kind.VIDEO, Kind.OFD, Kind.OLE_WORD})


class Hung(BaseException):
    """An input took too long. No reader may catch it."""


@dataclass(frozen=True)
class Fault:
    """An input that a reader did not stand."""

    number: int
    told: str
    data: bytes


@dataclass(frozen=True)
class Stock:
    """What is damaged."""

    mails: tuple[bytes, ...]
    files: tuple[bytes, ...]
    dear: tuple[bytes, ...]

    @classmethod
    def of(cls, folders: Sequence[Path] = ()) -> "Stock":
        return cls((*seeds.mails(), *seeds.corpus(folders)), tuple(seeds.documents()), tuple(seeds.printed()))

    def make(self, seed: int, number: int, share_of_dear: float) -> tuple[bytes, bool]:
        """Return input `number` of a seed, and whether it is to be read as a mail."""
        random = Random(f"{seed}:{number}")
        as_mail = random.random() < 0.5
        source = self.mails if as_mail else self.dear if random.random() < share_of_dear else self.files
        return mutate(random.choice(source), random, list(self.files)), as_mail


def check(data: bytes, out: Path, *, as_mail: bool) -> None:
    """Read an input and look at what comes back. Raises AssertionError or whatever a reader raised."""
    path = out / "input"
    path.write_bytes(data)
    if as_mail:
        _check_mail(read_mail(path, out / "parts", _LIMITS), out / "parts")
    else:
        _check_opened(path, out)


def _check_mail(mail: Mail, out: Path) -> None:
    assert Mail.model_validate_json(mail.model_dump_json()) == mail
    read_subject(mail.subject)
    paths = [part.path for part in mail.parts]
    assert len(set(paths)) == len(paths), "two parts of one path"
    for part in mail.parts:
        assert (out / part.sha256).stat().st_size == part.size
        assert ".." not in part.path.split("/") and not part.path.startswith("/")
        if part.kind not in _DEAR:
            _check_file(out / part.sha256, part.kind, out.parent)


def _check_opened(path: Path, out: Path) -> None:
    """Open a file as one from behind a link is opened: archives and what is in them too."""
    (out / "parts").mkdir()
    sha256, size = hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_size
    path.rename(out / "parts" / sha256)
    loose = Loose(path=out / "parts" / sha256, name="input", sha256=sha256, size=size)
    opened = open_files([loose], out / "parts", _LIMITS, ("wf2023",))
    assert Opened.model_validate_json(opened.model_dump_json()) == opened
    for number, part in enumerate(opened.parts):
        if number == 0 or part.kind not in _DEAR:
            _check_file(out / "parts" / part.sha256, part.kind, out)


def _check_file(path: Path, kind: Kind, out: Path) -> None:
    facts = read_file(path, ReadJob(kind, out, _NOTICE.forms, _NOTICE.commitment, passwords=("wf2023",)))
    assert facts.problem != "crashed", f"a reader's mistake: {facts.detail}"
    assert FileFacts.model_validate_json(facts.model_dump_json()) == facts


def confine() -> None:
    """Bound this process as the sandbox does, and let an alarm end what hangs."""
    faulthandler.disable()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGALRM, _hung)


def _hung(number: int, frame: FrameType | None) -> None:
    raise Hung(f"over {SECONDS} s")


def attempt(data: bytes, out: Path, *, as_mail: bool) -> str | None:
    """Return what was wrong with reading an input, or None."""
    signal.alarm(SECONDS)
    try:
        check(data, out, as_mail=as_mail)
    except (Exception, Hung) as error:  # noqa: BLE001  whatever comes out is what is looked for
        frames = traceback.extract_tb(error.__traceback__)
        where = " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames[-6:]))
        return f"{type(error).__name__}: {str(error)[:160]} ({where})"
    finally:
        signal.alarm(0)
        for entry in out.iterdir():
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
    return None


def run(stock: Stock, numbers: Sequence[int], seed: int, share_of_dear: float = 0.01) -> Iterator[Fault]:
    """Yield the faults of these inputs, read in a process that is replaced when it dies."""
    begin = 0
    while begin < len(numbers):
        receive, send = multiprocessing.Pipe(duplex=False)
        process = multiprocessing.get_context("fork").Process(
            target=_work, args=(stock, numbers[begin:], seed, share_of_dear, send)
        )
        process.start()
        send.close()
        done = 0
        while True:
            try:
                told = receive.recv()
            except EOFError:
                break
            if told:
                yield Fault(numbers[begin + done], told, stock.make(seed, numbers[begin + done], share_of_dear)[0])
            done += 1
        process.join()
        begin += done
        if begin < len(numbers):
            yield Fault(
                numbers[begin], f"process ended: {process.exitcode}", stock.make(seed, numbers[begin], share_of_dear)[0]
            )
            begin += 1


def _work(
    stock: Stock, numbers: Sequence[int], seed: int, share_of_dear: float, send: "multiprocessing.connection.Connection"
) -> None:
    confine()
    with tempfile.TemporaryDirectory() as out:
        for number in numbers:
            data, as_mail = stock.make(seed, number, share_of_dear)
            send.send(attempt(data, Path(out), as_mail=as_mail))


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("count", type=int, help="how many inputs")
    arguments.add_argument("folders", nargs="*", type=Path, help="folders of mails to damage too")
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--from", dest="first", type=int, default=0, help="number of the first input")
    arguments.add_argument("--keep", type=Path, default=Path("fuzz-faults"), help="where inputs of faults are kept")
    told = arguments.parse_args()
    stock, begin, faults = Stock.of(told.folders), time.monotonic(), 0
    for fault in run(stock, range(told.first, told.first + told.count), told.seed):
        faults += 1
        told.keep.mkdir(parents=True, exist_ok=True)
        (told.keep / f"{told.seed}-{fault.number}").write_bytes(fault.data)
        print(f"{told.seed}-{fault.number}: {fault.told}", flush=True)
    print(f"{told.count} inputs, {faults} faults, {time.monotonic() - begin:.0f} s")
    sys.exit(faults > 0)


if __name__ == "__main__":
    main()
