"""In charge of the contestants that read files: `python -m bench.readers NAME FILE TIMES`. Reads once to warm up, then as often as asked.

The bare libraries do the least that gets at what a file holds: text of every paragraph and cell, text of a page, every frame.
"""

import sys
import tempfile
import tomllib
from collections.abc import Callable
from pathlib import Path

from bench.race import ready

Reader = Callable[[Path], object]


def ours() -> Reader:
    from domain.notice import Notice
    from parsers.kinds.sniffing import sniff
    from parsers.registry import ReadJob, read_file

    told = tomllib.loads(Path("config.toml").read_text(encoding="utf-8"))
    notice = Notice.model_validate(told["notice"])
    out = Path(tempfile.mkdtemp(prefix="bench-readers-"))

    def read(path: Path) -> object:
        facts = read_file(path, ReadJob(sniff(path)[0], out, notice.forms, notice.commitment))
        if facts.problem:
            raise SystemExit(f"not read: {facts.problem} {facts.detail}")
        return facts

    return read


def python_docx() -> Reader:
    import docx

    def read(path: Path) -> object:
        document = docx.Document(str(path))
        cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
        return [*cells, *(paragraph.text for paragraph in document.paragraphs)]

    return read


def markitdown() -> Reader:
    from markitdown import MarkItDown  # type: ignore[import-not-found]  # stands in .bench-venv only

    converter = MarkItDown(enable_plugins=False)
    return lambda path: converter.convert(str(path)).text_content


def rapidocr() -> Reader:
    import numpy as np
    import pypdfium2
    from rapidocr import RapidOCR

    one = {f"EngineConfig.onnxruntime.{kind}_op_num_threads": 1 for kind in ("intra", "inter")}
    engine = RapidOCR(params={"Global.log_level": "error", **one})

    def read(path: Path) -> object:
        with pypdfium2.PdfDocument(path) as document:
            return [engine(np.ascontiguousarray(page.render(scale=200 / 72).to_numpy())) for page in document]

    return read


def pdfplumber() -> Reader:
    import pdfplumber as library

    seen = rapidocr()

    def read(path: Path) -> object:
        with library.open(path) as document:
            told = [(page.extract_text(), page.extract_tables()) for page in document.pages]
        return told, seen(path)

    return read


def pyav() -> Reader:
    import av

    def read(path: Path) -> object:
        with av.open(str(path)) as container:
            container.streams.video[0].codec_context.thread_count = 1
            return sum(1 for _ in container.decode(video=0))

    return read


def all_of_them() -> Reader:
    """Return what reads a folder of submissions: each mail by mail-parser, its Word form by python-docx, its scan by RapidOCR."""
    import mailparser

    by_kind: dict[str, Reader] = {
        ".docx": python_docx(),
        ".pdf": rapidocr(),
        ".eml": lambda path: mailparser.parse_from_file(str(path)),
    }

    return lambda path: [
        by_kind[file.suffix](file) for file in (sorted(path.iterdir()) if path.is_dir() else [path])
    ]  # fmt: skip


READERS: dict[str, Callable[[], Reader]] = {
    "ours": ours,
    "python-docx": python_docx,
    "markitdown": markitdown,
    "RapidOCR": rapidocr,
    "pdfplumber, RapidOCR for the seal": pdfplumber,
    "PyAV, every frame": pyav,
    "mail-parser, python-docx, RapidOCR": all_of_them,
}


def _one_of_each_kind(file: Path) -> list[Path]:
    return list({one.suffix: one for one in file.iterdir()}.values()) if file.is_dir() else [file]


if __name__ == "__main__":
    reader, file = READERS[sys.argv[1]](), Path(sys.argv[2])
    for warming in _one_of_each_kind(file):
        reader(warming)
    ready()
    for _ in range(int(sys.argv[3])):
        reader(file)
