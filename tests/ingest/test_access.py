from typing import Any

import pytest

from domain.security import Security
from ingest.access import MailboxAccess
from ingest.providers import NAMES, provider


@pytest.mark.parametrize("name", [name for name in NAMES if name != "generic"])
def test_a_known_provider_needs_account_and_password_only(name: str) -> None:
    access = MailboxAccess.of(name, "a@example.test", "secret")
    assert (access.port, access.security) == (993, Security.TLS)
    assert access.host.startswith("imap.")


def test_netease_wants_id_and_yeah_ends_in_net() -> None:
    assert [provider(name).sends_id for name in ("126", "163", "yeah", "qq")] == [True, True, True, False]
    assert (provider("yeah").imap_host, provider("126").smtp_host) == ("imap.yeah.net", "smtp.126.com")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"provider_name": "gmail"}, "one of 126"),
        ({"provider_name": "generic"}, "host is not set"),
        ({"security": "none"}, "this machine"),
        ({"host": "127.0.0.1.example.test", "security": "none"}, "this machine"),
        ({"host": "8.8.8.8", "security": "none"}, "this machine"),
        ({"security": "ssl3"}, "ssl3"),
        ({"port": 70000}, "65535"),
        ({"password": "secret\r\nA1 DELETE INBOX"}, "control character"),
    ],
)
def test_what_cannot_work_or_is_not_safe_is_refused(changes: dict[str, Any], told: str) -> None:
    settings: dict[str, Any] = {"provider_name": "126", "account": "a@example.test", "password": "secret", **changes}
    with pytest.raises(ValueError, match=told) as refusal:
        MailboxAccess.of(**settings)
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.8.8.8"])
def test_a_plain_connection_stays_on_this_machine(host: str) -> None:
    assert MailboxAccess.of("generic", "a", "b", host=host, port=143, security="none").host == host


def test_a_password_from_a_file_may_end_in_a_newline() -> None:
    assert MailboxAccess.of("126", "a", "secret\n").password.get_secret_value() == "secret"


def test_the_password_is_shown_by_nothing() -> None:
    access = MailboxAccess.of("126", "a@example.test", "ABCDEFGHIJKLMNOP")
    assert "ABCDEFGH" not in f"{access} {access!r} {access.model_dump()} {access.model_dump_json()}"
