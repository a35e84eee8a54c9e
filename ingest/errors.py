"""In charge of what can go wrong between us and a mailbox, each with what to do. Leaves when to try again to `backoff`."""


class IngestError(Exception):
    """A mailbox could not be read, or not wholly. `mend` says what to do, in English, for logs and `doctor`."""

    mend = "Nothing: it is tried again at the next poll."

    def __init__(self, message: str, mend: str = "") -> None:
        super().__init__(message)
        self.mend = mend or type(self).mend


class NotLetIn(IngestError):
    """The server is there and does not let us in; asking again soon makes it worse."""


class LoginRefused(NotLetIn):
    """The server does not take the password."""

    mend = (
        "Check the account and the 授权码 (the authorization code from the web mail's settings, not the password); "
        "codes expire and end when IMAP/SMTP is switched off. Make a new one and put it into the credential."
    )


class UnsafeLogin(NotLetIn):
    """Logged in, but folders stay shut: NetEase's `Unsafe Login` even after every form of ID (research §1.2)."""

    mend = (
        "The password is right. Open the mailbox once in the web mail, confirm the security notice, check that IMAP is "
        "switched on, and write to kefu@188.com if it stays."
    )


class Unreachable(IngestError):
    """No connection, or one that broke: retried at once within a poll, then by backoff."""

    mend = "Check network, host, port and security; for a self-hosted server its certificate and `ca_file`."


class FolderRefused(IngestError):
    """The server does not open one folder; others may be read."""

    mend = "Check that the folder is there, is spelt so, and is open to IMAP in the web mail's settings."


class FetchBroken(IngestError):
    """The server does not give one message; others may be read."""

    mend = "Open this message in the web mail and forward it to the mailbox as an attachment."


class NotKept(IngestError):
    """The archive did not take the bytes (disk full, no rights)."""

    mend = "Check free space, rights and health of the data directory's disk."
