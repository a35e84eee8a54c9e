"""In charge of records leaving the desk: JSON lines, CSV, the workbook, and materials in folders a person can browse."""

import csv
import json
import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from daemon.contract import Json, message_line
from daemon.settings import ConfigError
from domain.case import Case
from domain.kinds import MessageState
from domain.notice import SHANGHAI, Notice
from domain.text import one_line
from domain.units import home_unit
from notify.labels import RESULTS
from notify.wording import say
from notify.workbook import write_workbook
from store.desk import Store

_UNSAFE = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')
_RESERVED = re.compile(r"^(?:con|prn|aux|nul|com\d|lpt\d)$", re.IGNORECASE)
_COLUMNS = (
    "受理编号", "类别", "案例题目", "单位", "联系人", "联系电话", "邮箱", "单位地址", "成果类型", "处理结果", "问题", "收到时间",
)  # fmt: skip


@dataclass(frozen=True)
class Layout:
    """Where materials were laid out: (case number, sha256) → file."""

    files: dict[tuple[str, str], Path]
    count: int

    def seen_from(self, out: Path) -> dict[tuple[str, str], str]:
        """Return the places relative to the folder of a file, with /: both can be moved together."""
        home = out.parent.resolve()
        return {key: Path(os.path.relpath(file.resolve(), home)).as_posix() for key, file in self.files.items()}


def export(store: Store, notice: Notice, form: str, out: Path | None, laid: Layout | None = None) -> None:
    """Write all records. The workbook needs a file; the others go to the screen without one. Raises ConfigError.

    A workbook exported with the materials opens them from where they were `laid`.
    """
    if form == "xlsx":
        if out is None:
            raise ConfigError("a workbook needs --out FILE")
        write_workbook(store, notice, out, laid.seen_from(out) if laid else None)
        return
    with _writing(out) as stream:
        if form == "csv":
            _write_csv(stream, store, notice)
        else:
            stream.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in lines(store, notice))


def lines(store: Store, notice: Notice) -> Iterator[Json]:
    """Yield every decided message as CONTRACT.md writes it, in order of arrival."""
    letters = {record.letter.message_sha256: record.letter for record in store.letters()}
    for record in sorted(store.messages(state=MessageState.DECIDED), key=lambda record: record.received_at):
        outcome = store.outcome(record.sha256)
        if outcome:
            yield message_line(outcome, None, letters.get(record.sha256), notice)


def lay_out(store: Store, notice: Notice, root: Path) -> Layout:
    """Copy every case's materials to 文字/昌乐县/2023-W-0007 标题/…. Names are made safe first."""
    files: dict[tuple[str, str], Path] = {}
    count = 0
    for record in store.cases():
        folder = root / _folder(record.case, notice)
        taken: set[str] = set()
        for material in record.case.materials:
            if material.superseded or not store.archive.has(material.part.sha256):
                continue
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            file = folder / _free(_safe(material.part.filename, 120), taken)
            shutil.copyfile(store.archive.path(material.part.sha256), file)
            files[record.case.number or "", material.part.sha256] = file
            count += 1
    return Layout(files, count)


def cell(text: str | None) -> str:
    """Return text that no spreadsheet takes for a formula (OWASP, CSV injection)."""
    plain = one_line(text or "")
    return f"'{plain}" if plain[:1] and plain[:1] in "=+-@＝＋－＠" else plain


def _write_csv(stream: TextIO, store: Store, notice: Notice) -> None:
    stream.write("\ufeff")  # without it Excel takes UTF-8 for GBK
    writer = csv.writer(stream)
    writer.writerow(map(notice.words.said, _COLUMNS))
    for record in store.cases():
        case = record.case
        fields = (case.title, case.unit, case.contact, case.phone, case.email, case.address, case.category)
        problems = "；".join(say(finding, notice).message for finding in record.findings)
        received = f"{case.first_received_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"
        track = notice.words.name(case.track)
        decision = RESULTS[record.decision]
        writer.writerow([case.number, track, *map(cell, fields), decision, cell(problems), received])


@contextmanager
def _writing(out: Path | None) -> Iterator[TextIO]:
    if out is None:
        yield sys.stdout
        return
    with out.open("w", encoding="utf-8", newline="") as stream:
        yield stream


def _folder(case: Case, notice: Notice) -> Path:
    unit = home_unit(case, notice)
    return (
        Path(_safe(notice.words.name(case.track), 40))
        / _safe(unit.name if unit else "其他单位", 40)
        / _safe(f"{case.number} {case.title or ''}", 80)
    )


def _safe(name: str, limit: int) -> str:
    """Return a name that is one name on every file system: no separators, no device, not hidden, cut by characters."""
    text = _UNSAFE.sub("_", one_line(name)).strip(" .")
    stem, dot, suffix = text.rpartition(".")
    if dot and len(suffix) <= 5:
        text = f"{stem[: limit - len(suffix) - 1]}.{suffix}"
    text = text[:limit].strip(" .")
    return f"_{text}" if not text or _RESERVED.match(text.partition(".")[0]) else text


def _free(name: str, taken: set[str]) -> str:
    """Return the name, numbered where a folder has it already."""
    stem, dot, suffix = name.rpartition(".")
    free, number = name, 2
    while free.lower() in taken:
        free = f"{stem} ({number}).{suffix}" if dot else f"{name} ({number})"
        number += 1
    taken.add(free.lower())
    return free
