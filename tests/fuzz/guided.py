"""Inputs grown by what code they reach (atheris): `python -m tests.fuzz.guided mime --seconds 60`.

Targets: decoder, subject, mime, form, archive. An exception ends the run and its input is kept as crash-…; a corpus folder may be named.
Only pure Python is instrumented, so what C libraries do inside is watched from outside alone.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["parsers", "domain", "email"]):
    from domain.kinds import ARCHIVES, Kind
    from domain.mail import Mail
    from domain.notice import Limits, Notice
    from parsers.archive import unpack
    from parsers.forms.grid import Grid
    from parsers.forms.reading import read_blocks
    from parsers.kinds.sniffing import sniff
    from parsers.mail import read_mail
    from parsers.message.charset import decode_bytes
    from parsers.message.headers import decode_text
    from parsers.message.params import read_field
    from parsers.subject import read_subject

from daemon.settings import load
from tests.fuzz.seeds import documents, mails

ROOT = Path(__file__).parents[2]
_LABELS = ("", "gb2312", "utf-8", "big5", "utf-7", "utf-16", "iso-2022-jp", "hz", "cp1252", "shift_jis")
_LIMITS = Limits(archive_bytes=16 << 20, archive_files=100)
Target = Callable[[bytes], None]


def decoder(data: bytes) -> None:
    text = decode_bytes(data[1:], _LABELS[data[0] % len(_LABELS)] if data else "").text
    text.encode()
    decode_text(data.decode("ascii", "surrogateescape")).text.encode()
    read_field(data.decode("ascii", "surrogateescape"))


def subject(data: bytes) -> None:
    read_subject(data.decode("utf-8", "replace")).model_dump_json()


def mime(data: bytes) -> None:
    with _file(data) as path:
        mail = read_mail(path, path.parent / "out", _LIMITS)
        assert Mail.model_validate_json(mail.model_dump_json()) == mail


def form(data: bytes) -> None:
    notice, text = _notice(), data.decode("utf-8", "replace")
    rows = [line.split("\t") for line in text.split("\n")]
    for blocks in (text.split("\n"), [Grid.of(rows)]):
        for found in read_blocks(blocks, notice.forms, notice.commitment):
            found.model_dump_json()


def archive(data: bytes) -> None:
    with _file(data) as path:
        kind = sniff(path)[0]
        (path.parent / "out").mkdir()
        unpack(path, kind if kind in ARCHIVES else Kind.ZIP, path.parent / "out", _LIMITS, ("wf2023",))


TARGETS: dict[str, Target] = {each.__name__: each for each in (decoder, subject, mime, form, archive)}


@contextmanager
def _file(data: bytes) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "input"
        path.write_bytes(data)
        yield path


@cache
def _notice() -> Notice:
    return load(ROOT / "config.toml", Path("/nonexistent")).notice


def _seeds(target: str) -> list[bytes]:
    if target in ("mime", "archive"):
        return mails() if target == "mime" else documents()
    return [
        "青州市协会+王平+13800000000".encode(),
        b"=?gb2312?B?1cXI/Q==?=",
        "案例题目\t诚信\n联系人\t张三\n单位意见\t承诺".encode(),
    ]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("target", choices=sorted(TARGETS))
    arguments.add_argument("--seconds", type=int, default=60)
    told = arguments.parse_args()
    with tempfile.TemporaryDirectory() as corpus:
        for number, seed in enumerate(_seeds(told.target)):
            (Path(corpus) / str(number)).write_bytes(seed)
        options = [f"-max_total_time={told.seconds}", "-timeout=30", "-rss_limit_mb=2048", "-max_len=100000"]
        atheris.Setup([sys.argv[0], *options, corpus], TARGETS[told.target])
        atheris.Fuzz()


if __name__ == "__main__":
    main()
