"""In charge of addresses a letter may go to: well formed, ASCII (126 has no SMTPUTF8), no daemon's."""

import re

from domain.mail import Address

_ATEXT = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_MAILBOX = re.compile(rf"{_ATEXT}(?:\.{_ATEXT})*@{_LABEL}(?:\.{_LABEL})*")  # RFC 5321 §4.1.2, no quoted local part
_PLAIN_NAME = re.compile(r"[\w\u00b7·（）()\- ]{1,40}")
_DAEMONS = re.compile(r"(?i)(?:mailer-?daemon|post-?master|mail-?daemon|listserv|majordomo)(?:[+=].*)?")
_MUTE = re.compile(
    r"(?i)(?:no|do-?not|non?)[-_.]?reply(?:[-_+.].*)?|bounces?(?:[-_+=].*)?|owner-.*|.*-(?:request|bounces|owner)"
)


def usable(address: str) -> str | None:
    """Return an address fit for RCPT TO, an international domain as ASCII; None where there is none."""
    local, at, host = address.strip().rpartition("@")
    if not at:
        return None
    try:
        host = host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        return None
    plain = f"{local}@{host.lower()}"
    return plain if len(plain) <= 254 and len(local) <= 64 and _MAILBOX.fullmatch(plain) else None


def same_mailbox(one: str, other: str) -> bool:
    """Tell whether two addresses are one mailbox; no provider here tells upper from lower case."""
    return one.strip().lower() == other.strip().lower()


def is_daemon(address: str) -> bool:
    """Tell whether an address is a mail system's own: postmaster, mailer-daemon, list managers."""
    return bool(_DAEMONS.fullmatch(address.partition("@")[0]))


def is_mute(address: str) -> bool:
    """Tell whether an address says nobody reads it: noreply, bounces, list requests."""
    return bool(_MUTE.fullmatch(address.partition("@")[0]))


def answerable(address: Address | None, *own: str) -> str | None:
    """Return where a reply to this mailbox would go, or None where none may go: ours, a daemon's, malformed."""
    plain = usable(address.address) if address else None
    if plain is None or any(same_mailbox(plain, ours) for ours in own) or is_daemon(plain) or is_mute(plain):
        return None
    return plain


def plain_name(name: str) -> str:
    """Return a display name made of letters alone, or "" where it has anything else in it."""
    return name if _PLAIN_NAME.fullmatch(name) else ""
