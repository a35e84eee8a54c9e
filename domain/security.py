"""In charge of the words for how a connection to a mail server is protected."""

from enum import StrEnum


class Security(StrEnum):
    """How a connection is protected."""

    TLS = "tls"  #: from the first byte
    STARTTLS = "starttls"  #: before the password is sent
    NONE = "none"  #: not at all: loopback only
