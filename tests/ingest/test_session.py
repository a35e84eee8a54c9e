"""What a session says and what it makes of answers, against the scripted server."""

import time
from collections.abc import Callable
from typing import NoReturn

import pytest

from ingest.access import MailboxAccess
from ingest.errors import FetchBroken, IngestError, LoginRefused, Unreachable, UnsafeLogin
from ingest.session import open_session
from tests.fixtures.netease import Hangup, Link, NetEase, Refusal, silence
from tests.fixtures.raw_mails import plain


def answer(text: str) -> Callable[[Link], None]:
    """Return a hook that answers a command with these words."""

    def refuse(link: Link) -> NoReturn:
        raise Refusal(text)

    return refuse


@pytest.mark.parametrize(
    "greeting", ["* BYE too many connections", "220 smtp.126.com ESMTP", "* PREAUTHX", "", "\0\0\0"]
)
def test_who_does_not_greet_as_imap_does_is_unreachable(
    greeting: str, netease: NetEase, netease_access: MailboxAccess
) -> None:
    netease.greeting = greeting
    with pytest.raises(Unreachable), open_session(netease_access):
        pass


@pytest.mark.parametrize(
    ("answered", "error"),
    [
        ("NO LOGIN Login error or password error", LoginRefused),
        ("NO [AUTHENTICATIONFAILED] no", LoginRefused),
        ("NO Login fail. Account is abnormal, service is not open, password is incorrect", LoginRefused),
        ("BAD LOGIN", LoginRefused),
        ("NO [UNAVAILABLE] System busy", Unreachable),
        ("NO [LIMIT] later", Unreachable),
        ("NO LOGIN Unsafe Login. Please contact kefu@188.com", UnsafeLogin),
    ],
)
def test_only_the_passwords_fault_is_called_so(
    answered: str, error: type[IngestError], netease: NetEase, netease_access: MailboxAccess
) -> None:
    netease.before_command["LOGIN"] = answer(answered)
    with pytest.raises(error) as raised, open_session(netease_access):
        pass
    assert raised.value.mend


def test_a_connection_that_ends_at_login_is_no_refusal(netease: NetEase, netease_access: MailboxAccess) -> None:
    def bye(link: Link) -> None:
        link.send("* BYE Autologout")
        raise Hangup

    netease.before_command["LOGIN"] = bye
    with pytest.raises(Unreachable), open_session(netease_access):
        pass


def test_a_password_no_server_has_is_refused_without_being_shown(netease_access: MailboxAccess) -> None:
    odd = MailboxAccess.of(
        "126", "a@126.com", "密码是这个", host="127.0.0.1", port=netease_access.port, security="none"
    )
    with pytest.raises(LoginRefused) as raised, open_session(odd):
        pass
    assert "密码是这个" not in f"{raised.value!r} {raised.value.__cause__!r}"


def test_a_server_that_will_not_have_id_is_read_all_the_same(netease: NetEase, netease_access: MailboxAccess) -> None:
    netease.wants_id = False
    netease.before_command["ID"] = answer("BAD Parse command error")
    netease.deliver(plain())
    with open_session(netease_access) as session:
        assert session.examine("INBOX").exists == 1


def test_it_logs_out_whatever_happens(netease: NetEase, netease_access: MailboxAccess) -> None:
    with pytest.raises(ZeroDivisionError), open_session(netease_access):
        raise ZeroDivisionError
    assert netease.commands[-1][1] == "LOGOUT"


def test_after_a_loss_it_does_not_wait_for_a_goodbye(netease: NetEase, netease_access: MailboxAccess) -> None:
    netease.before_command["EXAMINE"] = silence
    begun = time.monotonic()
    with pytest.raises(Unreachable, match="timed out"), open_session(netease_access) as session:
        session.examine("INBOX")
    assert time.monotonic() - begun < 1.9 * netease_access.read_seconds


def test_what_is_asked_of_one_message_only(netease: NetEase, netease_access: MailboxAccess) -> None:
    uid = netease.deliver(plain())
    netease.deliver(plain("another"))
    got: list[bytes] = []
    with open_session(netease_access) as session:
        session.examine("INBOX")
        fetched = session.fetch_to(uid, got.append)
        assert session.fetch_to(1, got.append) is None
    assert fetched is not None
    assert (b"".join(got), fetched.size, fetched.announced) == (plain(), len(plain()), len(plain()))
    assert fetched.received_at is not None
    assert fetched.received_at.isoformat() == "2023-08-01T09:00:00+08:00"


def test_after_a_refused_message_the_next_one_comes(netease: NetEase, netease_access: MailboxAccess) -> None:
    first, second = netease.deliver(plain("one")), netease.deliver(plain("two"))
    with open_session(netease_access) as session:
        session.examine("INBOX")
        netease.before_command["UID FETCH"] = answer("NO FETCH System busy")
        with pytest.raises(FetchBroken):
            session.fetch_to(first, lambda piece: None)
        netease.before_command.clear()
        assert session.fetch_to(second, lambda piece: None) is not None


def test_folders_to_poll_are_the_configured_ones_where_there_are_any(
    netease: NetEase, netease_access: MailboxAccess
) -> None:
    with open_session(netease_access.model_copy(update={"folders": ("已删除",)})) as session:
        assert session.wanted_folders() == ("已删除",)
        assert session.sent_folder() == "已发送"
