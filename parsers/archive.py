"""In charge of unpacking any archive into blobs under its limits: zip, tar and its packers, 7z, RAR.

Leaves recursion into archives in archives to `mail`, and the formats to their modules.
"""

from collections.abc import Sequence
from pathlib import Path

from domain.kinds import Kind
from domain.notice import Limits
from parsers.archives.box import Box, Member, Refused, Unpacked, is_junk, safe_path
from parsers.archives.rar import unpack_rar
from parsers.archives.sevenzip import unpack_7z
from parsers.archives.tar import unpack_tar
from parsers.archives.zip_members import unpack_zip

__all__ = ["Member", "Unpacked", "is_junk", "safe_path", "unpack"]


def unpack(path: Path, kind: Kind, out: Path, limits: Limits, passwords: Sequence[str] = ()) -> Unpacked:
    """Return the files of an archive, their bytes in `out` under their sha256. Bad input never raises.

    Problems: encrypted, corrupt, bomb, too_many, unsupported, volume; members read before one came are there all the same.
    Leavings of systems (__MACOSX, Thumbs.db …) are passed over, links and devices too.
    """
    box = Box(out, limits, path.stat().st_size)
    try:
        _unpack(path, kind, box, passwords)
    except Refused as refused:
        box.note("", refused.problem, refused.detail)
    except MemoryError:
        box.note("", "bomb", "over the memory limit")
    return box.unpacked()


def _unpack(path: Path, kind: Kind, box: Box, passwords: Sequence[str]) -> None:
    match kind:
        case Kind.TAR:
            unpack_tar(path, box)
        case Kind.SEVENZIP:
            unpack_7z(path, box, passwords)
        case Kind.RAR:
            unpack_rar(path, box, passwords)
        case Kind.ZIP:
            unpack_zip(path, box, passwords)
        case _:
            raise Refused("unsupported", f"{kind} is no archive")
