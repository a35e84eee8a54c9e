"""In charge of `[mailbox]`, `[[mailboxes]]` and `[smtp]`: where mail comes from and how letters go out again."""

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from domain.security import Security
from domain.value import Value

_CREDENTIAL = r"^[a-z0-9]+(-[a-z0-9]+)*$"  #: becomes a file's name and a variable's


class MailboxSettings(Value):
    """`[mailbox]`: where mail comes from."""

    source: Literal["imap", "folder"] = "imap"
    provider: str = "126"
    account: str
    host: str | None = None
    port: int | None = None
    security: Security | None = None
    ca_file: Path | None = None
    folders: tuple[str, ...] = ()
    directory: Path | None = None  #: for source = "folder"
    credential: str = Field(default="mail-password", pattern=_CREDENTIAL)  #: where its 授权码 is given
    poll_seconds: int = Field(default=180, ge=1)
    timeout_seconds: float = Field(default=60.0, gt=0)

    @model_validator(mode="after")
    def _folder_needs_a_directory(self) -> Self:
        if self.source == "folder" and self.directory is None:
            raise ValueError('source = "folder" needs `directory`')
        return self


class SmtpSettings(Value):
    """`[smtp]`: how replies go out. Host, port and security default to the mailbox provider's."""

    host: str | None = None
    port: int | None = None
    security: Security | None = None
    ca_file: Path | None = None
    sender_name: str
    timeout_seconds: float = Field(default=60.0, gt=0)
    seconds_between: float = Field(default=10.0, ge=0)
    per_quarter_hour: int = Field(default=10, ge=1)
    per_day: int = Field(default=80, ge=1)
    per_address_per_day: int = Field(default=10, ge=1)


class WayOut(Value):
    """`[mailboxes.smtp]`: the way out of a further mailbox. Its server defaults to its provider's, its pace to `[smtp]`."""

    host: str | None = None
    port: int | None = None
    security: Security | None = None
    ca_file: Path | None = None
    seconds_between: float | None = Field(default=None, ge=0)
    per_quarter_hour: int | None = Field(default=None, ge=1)
    per_day: int | None = Field(default=None, ge=1)

    def beside(self, first: SmtpSettings) -> SmtpSettings:
        """Return the settings of this way out; the first mailbox's server is never taken for another's."""
        server = self.model_dump(include={"host", "port", "security", "ca_file"})
        pace = self.model_dump(include={"seconds_between", "per_quarter_hour", "per_day"}, exclude_none=True)
        return first.model_copy(update=server | pace)


class FurtherMailbox(MailboxSettings):
    """`[[mailboxes]]`: one more mailbox of the same call. What comes to it is answered from it."""

    credential: str = Field(pattern=_CREDENTIAL)
    smtp: WayOut = WayOut()

    def mailbox(self) -> MailboxSettings:
        """Return what any mailbox has."""
        return MailboxSettings.model_construct(**{name: getattr(self, name) for name in MailboxSettings.model_fields})
