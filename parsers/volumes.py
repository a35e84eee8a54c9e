"""In charge of archives cut into pieces of bytes (材料.zip.001, .002 …): told by name, put together when a mail brings them all.

Volumes with headers of their own (.part1.rar, .z01) are left as they are: a person opens them.
"""

import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from parsers.filenames import FileName
from parsers.letter import Carried
from parsers.transfer import Blob

_PIECE = re.compile(r"^(?P<whole>.+\.(?:zip|7z|rar|tar|tgz|tar\.(?:gz|bz2|xz)))\.(?P<number>\d{3})$", re.IGNORECASE)


def is_piece(carried: Carried) -> bool:
    """Tell whether a file is named as a piece of a cut archive."""
    return _PIECE.match(carried.name.text.strip()) is not None


def put_together(files: Iterable[Carried], out: Path, most: int) -> tuple[tuple[Carried, ...], tuple[str, ...]]:
    """Return the archives whose pieces are all there, written to `out`, and the names of pieces of others.

    Pieces are all there when they are numbered from 001 without a gap; two at least, and `most` bytes together at most.
    """
    sets: dict[str, dict[int, Carried]] = {}
    for carried in files:
        if found := _PIECE.match(carried.name.text.strip()):
            sets.setdefault(found["whole"], {}).setdefault(int(found["number"]), carried)
    whole, left = [], []
    for name, pieces in sets.items():
        in_order = [pieces[number] for number in sorted(pieces)]
        complete = sorted(pieces) == list(range(1, len(pieces) + 1)) and len(pieces) > 1
        if complete and sum(piece.blob.size for piece in in_order) <= most:
            whole.append(Carried(FileName(name), _joined(in_order, out)))
        else:
            left += [piece.name.text for piece in in_order]
    return tuple(whole), tuple(left)


def _joined(pieces: Sequence[Carried], out: Path) -> Blob:
    """Write pieces one behind the other and return the whole."""
    handle, name = tempfile.mkstemp(dir=out)
    with os.fdopen(handle, "w+b") as target:
        for piece in pieces:
            with piece.blob.path.open("rb") as source:
                shutil.copyfileobj(source, target, 1 << 20)
        size = target.tell()
        target.seek(0)
        sha256 = hashlib.file_digest(target, "sha256").hexdigest()
    Path(name).replace(out / sha256)
    return Blob(out / sha256, sha256, size)
