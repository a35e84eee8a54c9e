"""In charge of config.toml: read, checked as a whole, every mistake told at once. Secrets come from elsewhere."""

import os
import tomllib
from collections.abc import Mapping
from datetime import time
from pathlib import Path
from typing import Any, Self

from pydantic import Field, SecretStr, ValidationError, model_validator

from daemon.settings_data import DataSettings
from daemon.settings_mail import FurtherMailbox, MailboxSettings, SmtpSettings
from daemon.settings_outside import AlertSettings, HealthSettings
from domain.notice import Limits, Notice, RuleConfig
from domain.value import Value
from validators.rulebook import RuleBookError, check_configuration

_CREDENTIAL = "mail-password"  #: the first mailbox's, unless it names another (LoadCredential=mail-password:…)
_ALERT_CREDENTIAL = "alert-password"
SECRETS = ("password", "passwords", "alert_password")  #: of `Settings`, never from the file


class ConfigError(ValueError):
    """The configuration cannot be used; the message says every reason. The operator mends it."""


class DigestSettings(Value):
    """`[digest]`: when the staff's daily letter goes out, and to whom."""

    at: time = time(8, 30)  #: Asia/Shanghai
    to: tuple[str, ...] = ()


class StaffSettings(Value):
    """`[staff]`: what staff may do by mail, and how long a decision of theirs can be taken back."""

    authserv: str = ""  #: whose Authentication-Results we believe: "coremail" (NetEase), "mx.example.cn"; "": none, nobody decides by mail
    undo_minutes: float = Field(default=0.0, ge=0)  #: the letter about a decision waits so long


class NotifySettings(Value):
    """`[notify]`: how letters are worded, and when applicants are reminded."""

    templates: Path | None = None  #: folder of templates that are taken before ours
    remind_days_before: int = Field(
        default=3, ge=0
    )  #: the end of a case's time for its supplement; 0: nobody is reminded


class LinkSettings(Value):
    """`[links]`: files that came as links. What is not downloaded by itself, staff put into the watched folder."""

    fetch: bool = False  #: whether the daemon downloads anything by itself
    hosts: tuple[str, ...] = ()  #: it downloads from: "a.example" that host, ".example" every host below
    http: bool = False  #: whether plain http is followed too
    max_bytes: int = Field(default=4 * 1024**3, ge=1)  #: of one file, downloaded or put into the folder
    seconds: float = Field(default=1800.0, gt=0)  #: for one download

    @model_validator(mode="after")
    def _fetching_needs_hosts(self) -> Self:
        if self.fetch and not self.hosts:
            raise ValueError("fetch = true needs `hosts`")
        return self


class Settings(Value):
    """The whole of config.toml."""

    notice: Notice
    rules: dict[str, RuleConfig]
    mailbox: MailboxSettings
    mailboxes: tuple[FurtherMailbox, ...] = ()  #: further ones of the same call
    smtp: SmtpSettings
    digest: DigestSettings = DigestSettings()
    staff: StaffSettings = StaffSettings()
    notify: NotifySettings = NotifySettings()
    limits: Limits = Limits()
    links: LinkSettings = LinkSettings()
    data: DataSettings = DataSettings()
    health: HealthSettings = HealthSettings()
    alerts: AlertSettings = AlertSettings()
    password: SecretStr | None = None  #: the mailbox's 授权码; never from the file
    passwords: tuple[SecretStr | None, ...] = ()  #: of the further mailboxes, in their order
    alert_password: SecretStr | None = None  #: the second way out's; never from the file

    @property
    def directory(self) -> Path:
        return self.data.directory

    @property
    def database(self) -> str:
        return self.data.database or f"sqlite:///{self.directory / 'shoujian.db'}"

    def need_password(self) -> SecretStr:
        """Return the mailbox's 授权码. Raises ConfigError when it is nowhere."""
        if self.password is None:
            name = self.mailbox.credential
            raise ConfigError(f"no 授权码: give it as systemd credential {name} or in {variable(name)}")
        return self.password

    @property
    def accounts(self) -> tuple[str, ...]:
        """The logins of all mailboxes, the first one's first."""
        return (self.mailbox.account, *(box.account for box in self.mailboxes))

    def by_mailbox(self) -> "tuple[Settings, ...]":
        """Return the settings as each mailbox sees them: `mailbox`, `smtp` and `password` are its own."""
        passwords = (*self.passwords, *[None] * len(self.mailboxes))
        return (self, *(self._seen_from(box, secret) for box, secret in zip(self.mailboxes, passwords, strict=False)))

    def _seen_from(self, box: FurtherMailbox, password: SecretStr | None) -> "Settings":
        own = {"mailbox": box.mailbox(), "smtp": box.smtp.beside(self.smtp), "password": password}
        return self.model_copy(update=own)

    @model_validator(mode="after")
    def _alerts_go_another_way(self) -> Self:
        if self.alerts.account.lower() in map(str.lower, self.accounts):
            raise ValueError("alerts.account is a mailbox of the call: when that is blocked nobody would be told")
        return self

    @model_validator(mode="after")
    def _mailboxes_are_several(self) -> Self:
        logins = [account.lower() for account in self.accounts]
        credentials = [box.credential for box in (self.mailbox, *self.mailboxes)]
        if len(set(logins)) < len(logins) or len(set(credentials)) < len(credentials):
            raise ValueError("mailboxes: each needs an account and a credential of its own")
        return self


def load(path: Path, data: Path | None = None) -> Settings:
    """Return the settings of a file. Relative paths in it are taken from the file's own folder.

    Raises:
        ConfigError: the file is missing, is no TOML, or says something that cannot be; all reasons at once.
    """
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"cannot read {path}: {error}") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path} is not TOML: {error}") from error
    settings = parse(told, str(path))
    directory = data or path.parent / settings.data.directory
    kept = settings.data.model_copy(update={"directory": directory})
    own = settings.notify.templates
    worded = settings.notify.model_copy(update={"templates": path.parent / own if own else None})
    secrets = {
        "password": secret(settings.mailbox.credential),
        "passwords": tuple(secret(box.credential) for box in settings.mailboxes),
        "alert_password": secret(_ALERT_CREDENTIAL),
    }
    return settings.model_copy(update={"data": kept, "notify": worded, **secrets})


def parse(told: Mapping[str, Any], source: str = "config.toml") -> Settings:
    """Return checked settings, or raise ConfigError with every reason."""
    if any(name in told for name in SECRETS):
        raise ConfigError(
            f"{source}: no secret belongs into the file; give it as systemd credential or in {variable(_CREDENTIAL)}"
        )
    try:
        settings = Settings.model_validate(told)
        check_configuration(settings.rules)
    except ValidationError as error:
        reasons = "; ".join(f"{_where(item['loc'])}: {item['msg']}" for item in error.errors())
        raise ConfigError(f"{source}: {reasons}") from error
    except RuleBookError as error:
        raise ConfigError(f"{source}: {error}") from error
    return settings


def secret(credential: str, environment: Mapping[str, str] = os.environ) -> SecretStr | None:
    """Return a systemd credential (LoadCredential=<name>:…), else what its environment variable holds, else None."""
    folder = environment.get("CREDENTIALS_DIRECTORY")
    if folder and (file := Path(folder) / credential).is_file():
        return SecretStr(file.read_text(encoding="utf-8").strip())
    value = environment.get(variable(credential))
    return SecretStr(value) if value else None


def variable(credential: str) -> str:
    """Return the environment variable that stands for a credential: mail-password is SHOUJIAN_MAIL_PASSWORD."""
    return "SHOUJIAN_" + credential.upper().replace("-", "_")


def _where(location: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in location)
