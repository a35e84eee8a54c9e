"""In charge of Landlock (landlock(7)) by the kernel's own calls: reading, writing and executing kept to named places, no TCP.

Leaves everything else to `parsers.confinement.measures`. Where the kernel has no Landlock nothing happens and "" is answered.
"""

import ctypes
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

_CREATE, _ADD_RULE, _RESTRICT = 444, 445, 446  #: system calls, the same number on every architecture
_VERSION_FLAG = 1
_PATH_BENEATH = 1
_PR_SET_NO_NEW_PRIVS = 38

_EXECUTE = 1 << 0
_WRITE_FILE = 1 << 1
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
_MAKE_AND_REMOVE = 0x1FF << 4  #: bits 4 remove_dir … 12 make_sym
_REFER = 1 << 13  #: ABI 2: rename or link into another directory
_TRUNCATE = 1 << 14  #: ABI 3
_TCP = 0b11  #: ABI 4: bind, connect
_SCOPES = 0b11  #: ABI 6: abstract Unix sockets, signals

_PROGRAMS = ("/usr", "/bin", "/lib", "/lib64")
_ALWAYS = ("/dev/null", "/dev/shm")  # noqa: S108 - the semaphores of multiprocessing live there
#: What the C library, OpenMP, fonts and time zones are read from. /proc shows other processes only what the kernel shows a stranger.
_SYSTEM = (
    *_PROGRAMS, "/etc/ld.so.cache", "/etc/localtime", "/etc/alternatives", "/etc/fonts", "/etc/passwd", "/etc/nsswitch.conf", "/proc",
    "/sys/devices/system", "/dev/urandom",
)  # fmt: skip

_libc = ctypes.CDLL(None, use_errno=True)


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32))


def restrict(writable: Sequence[Path], readable: Sequence[Path] | None = None) -> str:
    """Restrict this process for good; return what is in force, or "" where the kernel cannot.

    With `writable` empty only executing, TCP and signals are restricted, not writing. With `readable` only those places, the writable ones, the
    system's libraries and Python's own folders can be read; None leaves reading as it is.
    """
    abi = _libc.syscall(_CREATE, None, ctypes.c_size_t(0), _VERSION_FLAG)
    if abi < 1:
        return ""
    writing = _writing(abi) if writable else _refer(abi)
    reading = 0 if readable is None else _READ_FILE | _READ_DIR
    ruleset = _create(abi, reading | writing | _EXECUTE)
    if ruleset < 0:
        return ""
    try:
        for program in _PROGRAMS:
            _allow(ruleset, Path(program), _EXECUTE)
        for place in (*map(Path, _ALWAYS), Path(tempfile.gettempdir()), *writable) if writable else (Path("/"),):
            _allow(ruleset, place, reading | writing if writable else writing)
        for place in (*map(Path, _SYSTEM), *_pythons_own(), *readable) if readable is not None else ():
            _allow(ruleset, place, reading)
        return _enforce(ruleset, abi, ("reading",) * bool(reading) + ("writing",) * bool(writable))
    finally:
        os.close(ruleset)


def _pythons_own() -> set[Path]:
    """Return where Python and its packages are, and of this program the packages that parsers import; not the folder it lies in."""
    installed = {Path(place) for place in (sys.prefix, sys.base_prefix, sys.exec_prefix)}
    return {*installed, *(Path(__file__).parents[2] / package for package in ("domain", "parsers"))}


def _writing(abi: int) -> int:
    return _WRITE_FILE | _MAKE_AND_REMOVE | _refer(abi) | (_TRUNCATE if abi >= 3 else 0)


def _refer(abi: int) -> int:
    """Return the right to rename across directories, which every ruleset takes away unless it grants it."""
    return _REFER if abi >= 2 else 0


def _create(abi: int, files: int) -> int:
    attributes = _Ruleset(files, _TCP if abi >= 4 else 0, _SCOPES if abi >= 6 else 0)
    size = 24 if abi >= 6 else 16 if abi >= 4 else 8
    return int(_libc.syscall(_CREATE, ctypes.byref(attributes), ctypes.c_size_t(size), 0))


def _allow(ruleset: int, place: Path, rights: int) -> None:
    """Allow rights beneath a place; one that does not exist stays forbidden."""
    try:
        handle = os.open(place, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not place.is_dir():
            rights &= _EXECUTE | _WRITE_FILE | _TRUNCATE | _READ_FILE
        beneath = _PathBeneath(rights, handle)
        _libc.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, ctypes.byref(beneath), 0)
    finally:
        os.close(handle)


def _enforce(ruleset: int, abi: int, files: Sequence[str]) -> str:
    _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if _libc.syscall(_RESTRICT, ruleset, 0) != 0:
        return ""
    return f"Landlock {abi} ({', '.join([*files, 'executing', *('TCP',) * (abi >= 4), *('signals',) * (abi >= 6)])})"
