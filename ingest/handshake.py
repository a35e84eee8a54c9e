"""In charge of getting in: TLS, login, and the ID that NetEase wants before it opens a folder (research §1.1, §1.2).

Only the plain LOGIN command is used: NetEase advertises SASL-IR and refuses it. Leaves everything after to `session`.
"""

import imaplib
import re
import ssl
from enum import Enum

import structlog
from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import LoginError

from domain.security import Security
from domain.text import mask_address
from ingest.access import MailboxAccess
from ingest.errors import IngestError, LoginRefused, Unreachable, UnsafeLogin

_FIELDS = {"name": "shoujian", "version": "1.0.0", "vendor": "shoujian"}
_BUSY = re.compile(r"\[(UNAVAILABLE|INUSE|LIMIT|SERVERBUG)\]", re.IGNORECASE)  # RFC 5530: not the password's fault
_log = structlog.get_logger(__name__)


class Identity(Enum):
    """How we name ourselves (RFC 2971)."""

    NAMED = "named"  #: name, version, vendor and support address, as NetEase's help shows
    NIL = "nil"  #: ID NIL: one report has it pass where fields were refused

    def announce(self, client: IMAPClient, access: MailboxAccess) -> None:
        """Send ID where the provider wants it or the server offers it; a server that will not have it is let be."""
        if not (access.provider.sends_id or client.has_capability("ID")):
            return
        try:
            answer = client._imap._simple_command("ID", self._arguments(access.account))
            client._imap._untagged_response(*answer, "ID")  # taken out: its TransID must not be read as an answer later
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as error:
            _log.warning("id_refused", answer=str(error))

    def _arguments(self, account: str) -> str:
        if self is Identity.NIL:
            return "NIL"
        fields = {**_FIELDS, "support-email": account}
        return "(" + " ".join(f'"{name}" "{_unquoted(value)}"' for name, value in fields.items()) + ")"


def connect(access: MailboxAccess) -> IMAPClient:
    """Return a client that is logged in.

    Raises:
        LoginRefused: the password is not taken. UnsafeLogin: said at login already.
        Unreachable: no connection, no trust in the certificate, or a server too busy to log in.
    """
    client = _dial(access)
    try:
        if access.security is Security.STARTTLS:
            client.starttls(_tls(access))
        _login(client, access)
    except BaseException as error:
        _hang_up(client)
        if isinstance(error, (imaplib.IMAP4.error, OSError, EOFError, ValueError)):
            raise Unreachable(f"{access.host}:{access.port}: {error}") from error
        raise
    return client


def is_unsafe_login(answer: str) -> bool:
    """Tell NetEase's refusal from others: case and spaces vary (`Unsafe Login.Please contactkefu@188.com`)."""
    return "unsafelogin" in re.sub(r"\s+", "", answer).lower()


def _dial(access: MailboxAccess) -> IMAPClient:
    try:
        client = IMAPClient(
            access.host,
            access.port,
            ssl=access.security is Security.TLS,
            ssl_context=_tls(access) if access.security is Security.TLS else None,
            timeout=SocketTimeout(access.connect_seconds, access.read_seconds),  # the default is to wait for ever
        )
    except (imaplib.IMAP4.error, OSError, EOFError) as error:
        raise Unreachable(f"{access.host}:{access.port}: {error}") from error
    client._imap.debug = 0  # IMAPClient sets 5, which renders every literal twice: 5 times the time (LIBRARIES.md)
    client.normalise_times = False  # INTERNALDATE stays aware
    return client


def _tls(access: MailboxAccess) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(access.ca_file) if access.ca_file else None)


def _login(client: IMAPClient, access: MailboxAccess) -> None:
    try:
        client.login(access.account, access.password.get_secret_value())
    except LoginError as error:
        raise _login_error(error, access) from error
    except UnicodeEncodeError:  # the error quotes the password: it is not chained
        raise LoginRefused("the password holds characters that no 授权码 has") from None


def _login_error(error: LoginError, access: MailboxAccess) -> IngestError:
    answer = str(error)
    if isinstance(error.__context__, imaplib.IMAP4.abort) or _BUSY.search(answer):
        return Unreachable(f"login not answered: {answer}")
    if is_unsafe_login(answer):
        return UnsafeLogin(answer)
    return LoginRefused(f"login as {mask_address(access.account)} refused: {answer}")


def _hang_up(client: IMAPClient) -> None:
    try:
        client.shutdown()
    except OSError as error:
        _log.debug("shutdown_failed", error=str(error))


def _unquoted(text: str) -> str:
    return re.sub(r'["\\\r\n]', "", text)
