from ingest.access import MailboxAccess
from ingest.sent import sent_lookup
from tests.fixtures.dovecot import Dovecot
from tests.fixtures.netease import NetEase
from tests.fixtures.raw_mails import plain


def ours(message_id: str, subject: str = "receipt") -> bytes:
    return f"X-Shoujian-Id: {message_id}\r\n".encode() + plain(subject, message_id=message_id)


def test_a_letter_in_the_sent_folder_went_out(netease: NetEase, netease_access: MailboxAccess) -> None:
    """T22."""
    for n in range(25):
        netease.deliver(ours(f"<{n}@desk>"), "已发送")
    assert sent_lookup(netease_access)("<3@desk>") is True
    assert sent_lookup(netease_access)("24@desk") is True
    assert all("BODY.PEEK[HEADER.FIELDS (MESSAGE-ID X-SHOUJIAN-ID)]" in line for line in netease.said("UID FETCH"))
    assert set(netease.said("UID SEARCH")) == {"UID SEARCH ALL"}


def test_our_own_header_counts_where_the_provider_gave_another_message_id(
    netease: NetEase, netease_access: MailboxAccess
) -> None:
    netease.deliver(ours("<1@desk>").replace(b"Message-ID: <1@desk>", b"Message-ID: <new@126>"), "已发送")
    assert sent_lookup(netease_access)("<1@desk>") is True


def test_absence_means_something_only_where_letters_of_ours_are_kept(
    netease: NetEase, netease_access: MailboxAccess
) -> None:
    """T22: a provider that keeps no copies must not lead to a second reply."""
    netease.deliver(plain("written by staff", message_id="<x@126>"), "已发送")
    assert sent_lookup(netease_access)("<1@desk>") is None
    netease.deliver(ours("<2@desk>"), "已发送")
    assert sent_lookup(netease_access)("<1@desk>") is False


def test_nothing_is_told_without_a_folder_a_letter_or_a_connection(
    netease: NetEase, netease_access: MailboxAccess
) -> None:
    assert sent_lookup(netease_access)("<1@desk>") is None
    del netease.folders["已发送"]
    assert sent_lookup(netease_access)("<1@desk>") is None
    netease.password = "other"
    assert sent_lookup(netease_access)("<1@desk>") is None


def test_it_works_on_dovecot(dovecot: Dovecot, access: MailboxAccess) -> None:
    dovecot.deliver(ours("<1@desk>"), "已发送")
    assert sent_lookup(access)("<1@desk>") is True
    assert sent_lookup(access)("<2@desk>") is False
    assert dovecot.flags("已发送") == [()]
