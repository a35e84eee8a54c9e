"""In charge of `[health]` and `[alerts]`: who may look at the desk from outside, and whom it tells when it is in trouble."""

from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from domain.security import Security
from domain.value import Value


class HealthSettings(Value):
    """`[health]`: where /metrics and /healthz are served. Both name no person; still nobody but this machine need see them."""

    port: int = Field(default=0, ge=0, le=65535)  #: 0: served nowhere
    host: str = "127.0.0.1"


class AlertSettings(Value):
    """`[alerts]`: a second way out, for the day when the first is blocked. Neither `to` nor `command`: nobody is told."""

    to: tuple[str, ...] = ()
    account: str = ""  #: the login, never a mailbox of the call; "": nobody logs in (a relay on this machine)
    sender: str = ""  #: address the alert is from; default: the account
    host: str = ""
    port: int = Field(default=465, ge=1, le=65535)
    security: Security = Security.TLS
    ca_file: Path | None = None
    timeout_seconds: float = Field(default=30.0, gt=0)
    command: tuple[str, ...] = ()  #: a program that gets the text on its standard input: 短信, 企业微信
    look_seconds: float = Field(default=10.0, ge=0.5)  #: between looks for troubles
    remind_hours: float = Field(default=24.0, gt=0)  #: between reminders while a trouble lasts
    calm_seconds: float = Field(default=600.0, ge=0)  #: a trouble must be gone so long before its end is told
    stalled_minutes: float = Field(default=10.0, gt=0)  #: without a good poll, past the moment one was due
    digest_minutes: float = Field(default=120.0, gt=0)  #: past its hour, the digest must have gone out
    disk_free_gib: float = Field(default=5.0, ge=0)

    @property
    def wanted(self) -> bool:
        return bool(self.to or self.command)

    @property
    def from_(self) -> str:
        return self.sender or self.account

    @model_validator(mode="after")
    def _mail_needs_a_way(self) -> Self:
        if self.to and not (self.host and "@" in self.from_):
            raise ValueError("`to` needs `host`, and an address in `account` or `sender`")
        return self
