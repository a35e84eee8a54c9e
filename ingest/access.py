"""In charge of what it takes to reach one mailbox. Leaves reading settings to `daemon`, and connecting to `session`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Self

from pydantic import Field, SecretStr, model_validator

from domain.security import Security, is_loopback
from domain.value import Value
from ingest.providers import Provider, provider


class MailboxAccess(Value):
    """One mailbox and the way to it."""

    provider: Provider
    account: str
    password: SecretStr  #: the 授权码; shown by nothing
    host: str
    port: int = Field(ge=1, le=65535)
    security: Security = Security.TLS
    ca_file: Path | None = None  #: PEM; trusted instead of the system's authorities, for self-hosted servers
    folders: tuple[str, ...] = ()  #: what is polled; empty: the inbox and the junk-like ones
    connect_seconds: float = 15.0
    read_seconds: float = 60.0  #: silence after which a connection counts as dead

    @classmethod
    def of(
        cls,
        provider_name: str,
        account: str,
        password: str | SecretStr,
        *,
        host: str | None = None,
        port: int | None = None,
        security: Security | str | None = None,
        ca_file: Path | None = None,
        folders: Sequence[str] = (),
        read_seconds: float = 60.0,
    ) -> Self:
        """Return the access to an account, with the provider's host, port and security where none is given.

        Raises:
            ValueError: unknown provider, no host, or a plain connection to another machine.
        """
        known = provider(provider_name)
        return cls(
            provider=known,
            account=account,
            password=SecretStr((password.get_secret_value() if isinstance(password, SecretStr) else password).strip()),
            host=host or known.imap_host,
            port=port or known.imap_port,
            security=Security(security or known.imap_security),
            ca_file=ca_file,
            folders=tuple(folders),
            read_seconds=read_seconds,
        )

    @model_validator(mode="after")
    def _is_safe(self) -> Self:
        if not self.host:
            raise ValueError("mailbox.host is not set: the generic provider needs it")
        if self.security is Security.NONE and not is_loopback(self.host):
            raise ValueError('mailbox.security = "none" is for servers on this machine (127.0.0.1) only: use "tls"')
        if not (self.account + self.password.get_secret_value()).isprintable():
            raise ValueError("mailbox.account or its password holds a control character")  # would end the LOGIN command
        return self
