"""In charge of system calls a parser process never makes, refused by the kernel (seccomp(2), filter mode).

Landlock knows neither UDP nor Unix sockets, and a network namespace leaves Unix sockets with a name (D-Bus, PostgreSQL) in reach: no
new socket at all covers them. io_uring goes with it, for its rings open sockets past any filter. The others reach into processes, keys or the
kernel, and no reader needs them. A filter of classic BPF needs no library: forty instructions, written out here.
"""

import ctypes
import errno
import platform
import struct
from typing import NamedTuple

_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _FILTER = 38, 22, 2
_LOAD, _JUMP_EQUAL, _JUMP_GREATER_EQUAL, _JUMP_ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER_AT, _ARCHITECTURE_AT, _FIRST_ARGUMENT_AT = 0, 4, 16  #: in struct seccomp_data, little-endian
_ALLOW, _ERROR = 0x7FFF0000, 0x00050000
_X32 = 0x40000000  #: x86-64's other table of calls starts here
_NEW_NAMESPACES = 0x7E020000  #: every CLONE_NEW… flag of clone(2)

#: The same number on every architecture, since Linux 5.1 numbers them alike.
_COMMON = {
    "io_uring_setup": 425, "open_tree": 428, "move_mount": 429, "fsopen": 430, "fsmount": 432, "pidfd_getfd": 438, "mount_setattr": 442,
}  # fmt: skip
_X86_64 = {
    "socket": 41, "ptrace": 101, "pivot_root": 155, "chroot": 161, "mount": 165, "umount2": 166, "init_module": 175, "kexec_load": 246,
    "add_key": 248, "request_key": 249, "keyctl": 250, "unshare": 272, "perf_event_open": 298, "open_by_handle_at": 304, "setns": 308,
    "process_vm_readv": 310, "process_vm_writev": 311, "finit_module": 313, "bpf": 321, "userfaultfd": 323,
}  # fmt: skip
_AARCH64 = {
    "umount2": 39, "mount": 40, "pivot_root": 41, "chroot": 51, "unshare": 97, "kexec_load": 104, "init_module": 105, "ptrace": 117,
    "socket": 198, "add_key": 217, "request_key": 218, "keyctl": 219, "perf_event_open": 241, "open_by_handle_at": 265, "setns": 268,
    "process_vm_readv": 270, "process_vm_writev": 271, "finit_module": 273, "bpf": 280, "userfaultfd": 282,
}  # fmt: skip


class _Machine(NamedTuple):
    """What an architecture calls itself, and its numbers."""

    audit: int  #: AUDIT_ARCH_…, linux/audit.h
    clone: int
    refused: dict[str, int]


_MACHINES = {
    "x86_64": _Machine(0xC000003E, 56, _X86_64),
    "aarch64": _Machine(0xC00000B7, 220, _AARCH64),
}
_CLONE3 = 435

_libc = ctypes.CDLL(None, use_errno=True)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def refuse_calls() -> str:
    """Refuse the calls above to this process and its children for good; return what is in force, or "" where it cannot be."""
    machine = _MACHINES.get(platform.machine())
    if machine is None:
        return ""
    code = _filter(machine)
    program = _Program(len(code) // 8, code)
    _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if _libc.prctl(_PR_SET_SECCOMP, _FILTER, ctypes.byref(program), 0, 0) != 0:
        return ""
    return "seccomp (sockets, other processes, namespaces)"


def _filter(machine: _Machine) -> bytes:
    """Return the filter: calls by another table are refused, clone(2) without new namespaces and all that is not named allowed.

    clone3(2) keeps its flags out of a filter's sight; told that it is not there (ENOSYS), the C library uses clone(2).
    """
    numbers = [*machine.refused.values(), *_COMMON.values()]
    refuse = _step(_RETURN, _ERROR | errno.EPERM)
    body = [
        _step(_LOAD, _NUMBER_AT),
        _step(_JUMP_GREATER_EQUAL, _X32, past=0, else_past=1),
        refuse,
        _step(_JUMP_EQUAL, _CLONE3, past=0, else_past=1),
        _step(_RETURN, _ERROR | errno.ENOSYS),
    ]
    for number in numbers:
        body += [_step(_JUMP_EQUAL, number, past=0, else_past=1), refuse]
    body += [
        _step(_JUMP_EQUAL, machine.clone, past=0, else_past=3),
        _step(_LOAD, _FIRST_ARGUMENT_AT),
        _step(_JUMP_ANY_BIT, _NEW_NAMESPACES, past=0, else_past=1),
        refuse,
        _step(_RETURN, _ALLOW),
    ]
    ours = [_step(_LOAD, _ARCHITECTURE_AT), _step(_JUMP_EQUAL, machine.audit, past=1, else_past=0), refuse]
    return b"".join([*ours, *body])


def _step(code: int, value: int, past: int = 0, else_past: int = 0) -> bytes:
    """Return one struct sock_filter: how many steps to pass over when the comparison holds, and when it does not."""
    return struct.pack("<HBBI", code, past, else_past, value)
