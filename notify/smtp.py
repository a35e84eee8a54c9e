"""In charge of handing one letter to the server and saying truly what became of it. Leaves when to try to `outbox`.

The body goes out before the final dot, and apart from it: a connection lost in between is surely not accepted, one lost
after the dot may be (T22). One session carries a batch; NetEase counts logins and mails per connection (research §2).
"""

import smtplib
import ssl
from typing import Self

from domain.records import Letter
from domain.security import Security, is_loopback
from domain.value import Value
from notify.answers import MINUTE, Delivery, Verdict, judge, judge_session

_FINAL_DOT_S = 600.0  # RFC 5321 §4.5.3.2.6: the answer to the final dot may take ten minutes
_UNREACHABLE_S = 2 * MINUTE


class SmtpAccess(Value):
    """Where and as whom to log in. `security` NONE is for loopback only, and then nobody logs in without a user."""

    host: str
    port: int
    security: Security = Security.TLS
    user: str = ""  #: the login; also the envelope's sender (553 otherwise)
    sender: str  #: our address
    password: str = ""
    timeout_s: float = 60.0
    mails_per_session: int = 10  # research §2: a new connection after at most ten


class SmtpTransport:
    """A session with the server, opened when needed and closed after a batch. Use as a context manager."""

    def __init__(self, access: SmtpAccess, context: ssl.SSLContext | None = None) -> None:
        """Raise ValueError where a password would go over the open net. `context`: an office's own authorities."""
        if access.security is Security.NONE and not is_loopback(access.host):
            raise ValueError(f"refusing an unencrypted session with {access.host}: set security to tls or starttls")
        self._access = access
        self._context = context or ssl.create_default_context()
        self._smtp: smtplib.SMTP | None = None
        self._carried = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Say goodbye; a server that has hung up already is no error."""
        smtp, self._smtp = self._smtp, None
        if smtp is None:
            return
        try:
            smtp.quit()
        except (OSError, smtplib.SMTPException):
            smtp.close()

    def deliver(self, letter: Letter) -> Delivery:
        """Hand over one letter; never raises for what a server or the net does."""
        if self._carried >= self._access.mails_per_session:
            self.close()
        try:
            smtp = self._session()
        except smtplib.SMTPResponseException as error:
            self._drop()
            return judge_session(error.smtp_code, _words(error.smtp_error))
        except (OSError, smtplib.SMTPException) as error:
            return self._broken(error, "cannot reach the server")
        self._carried += 1
        return self._transfer(smtp, letter)

    def greet(self) -> str:
        """Log in and hang up, for `doctor`; return what the server offers. Raises OSError (as smtplib's errors are)."""
        try:
            smtp = self._session()
            smtp.ehlo_or_helo_if_needed()
            return (
                f"{self._access.host}:{self._access.port} accepted us, offers {' '.join(sorted(smtp.esmtp_features))}"
            )
        finally:
            self.close()

    def _session(self) -> smtplib.SMTP:
        if self._smtp is None:
            self._smtp, self._carried = self._open(), 0
            if self._access.user:
                self._login(self._smtp)
        return self._smtp

    def _login(self, smtp: smtplib.SMTP) -> None:
        """Log in by one mechanism only: smtplib's own `login` tries the next one after a refusal, and NetEase counts."""
        smtp.ehlo_or_helo_if_needed()
        offered = smtp.esmtp_features.get("auth", "").upper().split()
        smtp.user, smtp.password = self._access.user, self._access.password
        if "PLAIN" in offered:
            smtp.auth("PLAIN", smtp.auth_plain)
        else:
            smtp.auth("LOGIN", smtp.auth_login)

    def _open(self) -> smtplib.SMTP:
        access = self._access
        if access.security is Security.TLS:
            return smtplib.SMTP_SSL(access.host, access.port, timeout=access.timeout_s, context=self._context)
        smtp = smtplib.SMTP(access.host, access.port, timeout=access.timeout_s)
        if access.security is Security.STARTTLS:
            try:
                smtp.starttls(context=self._context)
            except (OSError, smtplib.SMTPException):
                smtp.close()
                raise
        return smtp

    def _transfer(self, smtp: smtplib.SMTP, letter: Letter) -> Delivery:
        try:
            smtp.ehlo_or_helo_if_needed()
            for command, expected in (
                (f"MAIL FROM:<{self._access.sender}>", (250,)),
                (f"RCPT TO:<{letter.recipient}>", (250, 251)),
                ("DATA", (354,)),
            ):
                code, answer = smtp.docmd(command)
                if code not in expected:
                    return self._refused(code, _words(answer))
            smtp.send(_dotted(letter.raw))
        except (OSError, smtplib.SMTPException) as error:
            return self._broken(error, "connection lost before the final dot")
        return self._finish(smtp)

    def _finish(self, smtp: smtplib.SMTP) -> Delivery:
        """Send the final dot. From here on a lost connection leaves the letter's fate unknown."""
        try:
            self._patience(smtp, max(_FINAL_DOT_S, self._access.timeout_s))
            smtp.send(b".\r\n")
            code, answer = smtp.getreply()
            self._patience(smtp, self._access.timeout_s)
        except (OSError, smtplib.SMTPException) as error:
            return self._in_doubt(_why(error))
        if code == 250:
            return Delivery(verdict=Verdict.SENT, code=code, text=_words(answer))
        return self._refused(code, _words(answer)) if code >= 400 else self._in_doubt(_words(answer))

    @staticmethod
    def _patience(smtp: smtplib.SMTP, seconds: float) -> None:
        if smtp.sock:
            smtp.sock.settimeout(seconds)

    def _in_doubt(self, why: str) -> Delivery:
        self._drop()
        return Delivery(verdict=Verdict.UNKNOWN, text=f"connection lost after the final dot: {why}")

    def _refused(self, code: int, text: str) -> Delivery:
        """Judge a refusal. The session goes on only where one letter was refused for good: logins are counted too."""
        if code < 400:
            return self._broken(smtplib.SMTPServerDisconnected(f"{code} {text}"), "answer out of turn")
        judged = judge(code, text)
        if code < 500 or judged.whole_account or not self._reset():
            self._drop()
        return judged

    def _reset(self) -> bool:
        try:
            return self._smtp is not None and self._smtp.rset()[0] == 250
        except (OSError, smtplib.SMTPException):
            return False

    def _broken(self, error: Exception, what: str) -> Delivery:
        self._drop()
        text = f"{what}: {_why(error)}"
        return Delivery(verdict=Verdict.RETRY, text=text, wait_s=_UNREACHABLE_S, whole_account=True)

    def _drop(self) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            smtp.close()


def _dotted(raw: bytes) -> bytes:
    """Return a letter ready for DATA: CRLF line ends, leading dots doubled (RFC 5321 §4.5.2), CRLF at the end."""
    lines = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n").removesuffix(b"\n").split(b"\n")
    return b"".join((b"." + line if line.startswith(b".") else line) + b"\r\n" for line in lines)


def _words(answer: bytes | str) -> str:
    """Return a server's line as text; NetEase and Coremail speak ASCII, GBK or UTF-8."""
    if isinstance(answer, str):
        return " ".join(answer.split())[:500]
    try:
        text = answer.decode("utf-8")
    except UnicodeDecodeError:
        text = answer.decode("gb18030", "replace")
    return " ".join(text.split())[:500]


def _why(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:300]
