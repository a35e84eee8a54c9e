"""In charge of how a connection to a mail server is protected: the words for it, and where it needs no protection."""

import ipaddress
from enum import StrEnum


class Security(StrEnum):
    """How a connection is protected."""

    TLS = "tls"  #: from the first byte
    STARTTLS = "starttls"  #: before the password is sent
    NONE = "none"  #: not at all: loopback only


def is_loopback(host: str) -> bool:
    """Tell whether a server is on this machine: only there may a password go out unprotected."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
