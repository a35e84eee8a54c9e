"""NetEase's habits, one by one, against the scripted server. T-numbers are those of research/netease-mail.md §9."""

from datetime import UTC, datetime, timedelta

import pytest

from ingest.access import MailboxAccess
from ingest.backoff import pause_after
from ingest.errors import FolderRefused, LoginRefused, Unreachable, UnsafeLogin
from ingest.mailbox import STRIKES, ImapSource
from ingest.poll import poll
from ingest.session import open_session
from store.desk import Store
from tests.fixtures.netease import (
    SHANGHAI,
    UNSAFE_WITHOUT_SPACES,
    NetEase,
    after,
    anothers_bytes,
    autologout,
    half_open,
    only,
    refused,
    reset_inside_literal,
    times,
    truncated,
    vanished,
)
from tests.fixtures.raw_mails import multipart, plain
from tests.fixtures.taken import Now, held, leftovers, sha


def test_id_is_said_on_every_connection_after_login_and_before_a_folder(
    netease: NetEase, netease_source: ImapSource, store: Store, now: Now
) -> None:
    """T01."""
    netease.deliver(plain())
    for _ in range(2):
        assert poll(netease_source, store, now).ok
    for connection in (1, 2):
        said = [line.split()[0] for number, line in netease.commands if number == connection]
        assert said.index("LOGIN") < said.index("ID") < said.index("EXAMINE")


def test_without_id_folders_stay_shut(netease: NetEase, netease_access: MailboxAccess) -> None:
    """T01: the server is one that really refuses."""
    silent = netease_access.model_copy(
        update={"provider": netease_access.provider.model_copy(update={"sends_id": False})}
    )
    netease.capabilities = "IMAP4rev1"
    with open_session(silent) as session, pytest.raises(UnsafeLogin):
        session.examine("INBOX")


def test_id_is_said_again_when_the_first_did_not_open(
    netease: NetEase, netease_source: ImapSource, store: Store, now: Now
) -> None:
    """T02."""
    netease.opens_after_ids = 2
    netease.deliver(plain())
    report = poll(netease_source, store, now)
    assert (report.ok, report.new, netease.connections) == (True, 1, 1)


def test_id_nil_on_a_new_connection_is_the_last_resort(
    netease: NetEase, netease_source: ImapSource, store: Store, now: Now
) -> None:
    """T02."""
    netease.accepts = {"nil"}
    netease.deliver(plain())
    report = poll(netease_source, store, now)
    assert (report.ok, report.new, netease.connections) == (True, 1, 2)
    assert netease.said("ID")[-1] == "ID NIL"


@pytest.mark.parametrize(
    "words", ["Unsafe Login. Please contact kefu@188.com for help", UNSAFE_WITHOUT_SPACES, "UNSAFE  LOGIN"]
)
def test_a_lasting_unsafe_login_is_told_with_its_mend_and_is_no_bad_password(
    words: str, netease: NetEase, netease_source: ImapSource, store: Store, now: Now
) -> None:
    """T02, T03."""
    netease.accepts, netease.unsafe = set(), words
    report = poll(netease_source, store, now)
    assert isinstance(report.error, UnsafeLogin)
    assert "kefu@188.com" in report.error.mend
    assert len(netease.said("LOGIN")) == 2
    record = store.last_poll(netease_source.account)
    assert record is not None
    assert (record.ok, bool(record.error)) == (False, True)


def test_a_refused_password_costs_one_login_a_poll_and_a_quarter_of_an_hour(
    netease: NetEase, netease_source: ImapSource, store: Store, now: Now
) -> None:
    """T04."""
    netease.password = "expired"
    for failures in (1, 2, 3):
        report = poll(netease_source, store, now)
        assert isinstance(report.error, LoginRefused)
        assert "授权码" in report.error.mend
        assert pause_after(report.error, failures, timedelta(seconds=180)) >= timedelta(minutes=15)
    assert len(netease.said("LOGIN")) == 3


def test_no_error_shows_the_password_or_the_whole_account(
    netease: NetEase, netease_source: ImapSource, store: Store, now: Now
) -> None:
    netease.password = "expired"
    report = poll(netease_source, store, now)
    assert not {"ABCDEFGHIJKLMNOP", "wfxyxh@126.com"} & set(" ".join(report.errors).split())
    assert "ABCDEFGHIJKLMNOP" not in repr(netease_source.access)


def test_mail_is_found_without_uidnext_by_huge_sparse_uids(
    netease: NetEase, netease_source: ImapSource, store: Store, now: Now
) -> None:
    """T05, T07."""
    uids = {netease.deliver(plain(str(n)), uid=1_392_611_444 + n * 35_546_073) for n in range(10)}
    netease.deliver(plain("newest"), uid=9_000_000_000)
    assert poll(netease_source, store, now).new == 11
    assert store.known_uids(netease_source.account, "INBOX", 1) == uids | {9_000_000_000}


def test_a_uidnext_that_never_changes_hides_no_mail(
    netease: NetEase, netease_source: ImapSource, store: Store, now: Now
) -> None:
    netease.uidnext = 1
    old = netease.deliver(plain("one"))
    assert poll(netease_source, store, now).new == 1
    netease.remove(old)
    netease.deliver(plain("two"))
    assert poll(netease_source, store, now).new == 1, "as many messages as before, and another among them"


def test_a_second_poll_fetches_no_message(netease: NetEase, netease_source: ImapSource, store: Store, now: Now) -> None:
    """T08: and asks for no `n:*`, which would bring the last one again."""
    for n in range(5):
        netease.deliver(plain(str(n)))
    poll(netease_source, store, now)
    bodies = netease.bodies
    assert poll(netease_source, store, now).new == 0
    assert netease.bodies == bodies


def test_a_mailbox_that_began_anew_under_the_same_uids_loses_nothing(
    netease: NetEase, netease_source: ImapSource, store: Store, now: Now
) -> None:
    """T06."""
    kept = [plain(f"kept {n}") for n in range(3)]
    for n, raw in enumerate(kept, 1):
        netease.deliver(raw, internaldate=datetime(2023, 8, 1, 9, n, tzinfo=SHANGHAI), uid=n)
    assert poll(netease_source, store, now).new == 3
    netease.folders["INBOX"].clear()
    fresh = [plain(f"fresh {n}") for n in range(3)]
    for n, raw in enumerate([kept[1], *fresh], 1):
        netease.deliver(raw, internaldate=datetime(2023, 8, 5, 9, n, tzinfo=SHANGHAI), uid=n)
    assert poll(netease_source, store, now).new == 3
    assert held(store) == {sha(raw) for raw in kept + fresh}
    bodies = netease.bodies
    assert poll(ImapSource(netease_source.access), store, now).new == 0, (
        "the new generation is remembered over a restart"
    )
    assert netease.bodies == bodies + 1, "only the one whose copy came with another date is looked at again"


def test_a_renewal_is_seen_by_a_daemon_that_was_started_anew(
    netease: NetEase, netease_source: ImapSource, netease_access: MailboxAccess, store: Store, now: Now
) -> None:
    """T06."""
    netease.deliver(plain("old"), internaldate=datetime(2023, 8, 1, tzinfo=SHANGHAI), uid=1)
    poll(netease_source, store, now)
    netease.remove(1)
    netease.deliver(plain("new"), internaldate=datetime(2023, 8, 2, tzinfo=SHANGHAI), uid=1)
    assert poll(ImapSource(netease_access), store, now).new == 1


def test_reading_a_renewed_mailbox_goes_on_over_lost_connections(
    netease: NetEase, netease_source: ImapSource, store: Store, now: Now
) -> None:
    """T06, T10."""
    for n in range(1, 31):
        netease.deliver(plain(f"old {n}"), internaldate=datetime(2023, 8, 1, 9, n, tzinfo=SHANGHAI), uid=n)
    poll(netease_source, store, now)
    netease.folders["INBOX"].clear()
    for n in range(1, 31):
        netease.deliver(plain(f"new {n}"), internaldate=datetime(2023, 8, 2, 9, n, tzinfo=SHANGHAI), uid=n)
    netease.before_fetch.append(after(10, autologout))
    bodies = netease.bodies
    assert poll(netease_source, store, now).new == 30
    assert netease.bodies - bodies < 40, "each once, and a few to see what happened"


def test_uidvalidity_that_changes_leads_to_a_second_reading_and_no_second_mail(
    netease: NetEase, netease_source: ImapSource, store: Store, now: Now
) -> None:
    """T06."""
    netease.deliver(plain())
    poll(netease_source, store, now)
    netease.uidvalidity = 3_060_268
    report = poll(netease_source, store, now)
    assert (report.total, report.new, netease.bodies) == (1, 0, 2)
    assert len(store.known_uids(netease_source.account, "INBOX", 3_060_268)) == 1


def test_a_search_that_finds_nothing_is_not_believed(
    netease: NetEase, netease_source: ImapSource, store: Store, now: Now
) -> None:
    """T09."""
    netease.search_works = False
    netease.deliver(plain("one"))
    netease.deliver(plain("two"))
    assert poll(netease_source, store, now).new == 2


def test_nothing_is_searched_by_header_and_nothing_is_changed(
    netease: NetEase, netease_source: ImapSource, store: Store, now: Now
) -> None:
    """T09, T15: all that is ever said."""
    netease.deliver(plain())
    poll(netease_source, store, now)
    kinds = {
        " ".join(line.upper().split()[:2]) if line.upper().startswith("UID") else line.split()[0]
        for _, line in netease.commands
    }
    assert kinds == {"CAPABILITY", "LOGIN", "ID", "LIST", "EXAMINE", "UID SEARCH", "UID FETCH", "LOGOUT"}
    assert set(netease.said("UID SEARCH")) == {"UID SEARCH ALL"}
    assert all("BODY[" not in line for line in netease.said("UID FETCH"))
    assert netease.commands[-1][1] == "LOGOUT"


def test_autologout_in_the_middle_of_a_poll_costs_nothing(
    netease: NetEase, netease_source: ImapSource, store: Store, now: Now
) -> None:
    """T10: 89 mails, a session that dies after every ten."""
    raws = [plain(str(n)) for n in range(89)]
    for raw in raws:
        netease.deliver(raw)
    netease.before_fetch.append(after(10, autologout))
    report = poll(netease_source, store, now)
    assert (report.ok, report.new, report.failed) == (True, 89, 0)
    assert held(store) == {sha(raw) for raw in raws}


def test_a_reset_inside_a_large_literal_is_resumed_and_leaves_no_half_file(
    netease: NetEase, netease_source: ImapSource, store: Store, now: Now
) -> None:
    """T11."""
    large = multipart(8_000_000)
    netease.deliver(plain("before"))
    uid = netease.deliver(large)
    netease.deliver(plain("after"))
    netease.before_fetch.append(only(uid, times(1, reset_inside_literal(5_000_000))))
    report = poll(netease_source, store, now)
    assert (report.ok, report.new, report.failed, netease.connections) == (True, 3, 0, 2)
    assert sha(large) in held(store)
    assert len(held(store)) == 3
    assert leftovers(store) == []


def test_a_message_that_breaks_every_connection_never_stops_the_rest(
    netease: NetEase, netease_source: ImapSource, store: Store, now: Now
) -> None:
    """T11."""
    uid = netease.deliver(plain("poison"))
    netease.deliver(plain("sound"))
    netease.deliver(plain("in junk"), "垃圾邮件")
    netease.before_fetch.append(only(uid, reset_inside_literal(10)))
    report = poll(netease_source, store, now)
    assert (report.ok, report.new, report.failed) == (True, 2, 1)
    assert "1 not to be had" in report.errors[0]
    for _ in range(5):
        assert poll(netease_source, store, now).failed == 1
    assert netease_source.strikes.total() == STRIKES, "in the end it is left alone"
    netease.before_fetch.clear()
    assert poll(ImapSource(netease_source.access), store, now).new == 1, "a new start tries again"


def test_a_half_open_connection_is_noticed_by_its_silence(
    netease: NetEase, netease_source: ImapSource, store: Store, now: Now
) -> None:
    netease.deliver(plain())
    netease.before_fetch.append(times(1, half_open))
    report = poll(netease_source, store, now)
    assert (report.ok, report.new, netease.connections) == (True, 1, 2)


def test_a_server_that_greets_and_answers_otherwise_is_read_all_the_same(
    netease: NetEase, netease_source: ImapSource, store: Store, now: Now
) -> None:
    """T12."""
    netease.greeting, netease.completed = "* OK IMAP4 ready", "completed"
    netease.deliver(plain())
    assert poll(netease_source, store, now).new == 1


@pytest.mark.parametrize("folder", ["垃圾邮件", "广告邮件", "订阅邮件", "病毒文件夹", "病毒邮件"])
def test_an_application_in_a_junk_like_folder_is_found(
    folder: str, netease: NetEase, netease_source: ImapSource, store: Store, now: Now
) -> None:
    """T13."""
    netease.folders.setdefault(folder, [])
    netease.deliver(plain(), folder)
    report = poll(netease_source, store, now)
    assert {one.folder: one.new for one in report.folders if one.new} == {folder: 1}
    assert store.known_uids(netease_source.account, folder, 1)


def test_sent_drafts_and_trash_are_not_read(
    netease: NetEase, netease_source: ImapSource, store: Store, now: Now
) -> None:
    report = poll(netease_source, store, now)
    assert {one.folder for one in report.folders} == {"INBOX", "垃圾邮件", "病毒文件夹", "广告邮件", "订阅邮件"}


def test_a_mail_that_staff_moved_is_the_same_mail(
    netease: NetEase, netease_source: ImapSource, store: Store, now: Now
) -> None:
    """T14."""
    uid = netease.deliver(plain())
    poll(netease_source, store, now)
    netease.move(uid, "广告邮件")
    report = poll(netease_source, store, now)
    assert (report.new, report.failed, report.total) == (0, 0, 1)
    assert len(held(store)) == 1


def test_a_mail_deleted_before_its_fetch_is_noted_and_let_go(
    netease: NetEase, netease_source: ImapSource, store: Store, now: Now
) -> None:
    """T14."""
    uid = netease.deliver(plain("gone"))
    netease.deliver(plain("stays"))
    netease.before_fetch.append(only(uid, vanished(netease)))
    report = poll(netease_source, store, now)
    assert (report.ok, report.new, report.failed) == (True, 1, 0)
    assert f"UID {uid}: gone before it was fetched" in report.folders[0].notes
    assert poll(netease_source, store, now).folders[0].notes == ()


def test_a_size_that_differs_from_the_announced_one_is_a_note(
    netease: NetEase, netease_source: ImapSource, store: Store, now: Now
) -> None:
    netease.size_lie = 37
    raw = multipart(2000)
    netease.deliver(raw)
    report = poll(netease_source, store, now)
    assert (report.new, held(store)) == (1, {sha(raw)})
    assert f"{len(raw)} bytes came, {len(raw) + 37} were announced" in report.folders[0].notes[0]


def test_a_multipart_without_its_end_is_fetched_again(
    netease: NetEase, netease_source: ImapSource, store: Store, now: Now
) -> None:
    raw = multipart(200_000)
    netease.deliver(raw)
    netease.before_fetch.append(times(2, truncated(90_000)))
    assert poll(netease_source, store, now).new == 1
    assert (held(store), netease.bodies) == ({sha(raw)}, 3)


def test_a_multipart_that_never_comes_whole_is_taken_and_marked(
    netease: NetEase, netease_source: ImapSource, store: Store, now: Now
) -> None:
    raw = multipart(200_000)
    netease.deliver(raw)
    netease.before_fetch.append(truncated(90_000))
    report = poll(netease_source, store, now)
    assert (report.new, netease.bodies, held(store)) == (1, 3, {sha(raw[:90_000])})
    assert any("no closing boundary" in note for note in report.folders[0].notes)
    arrival = entered(store)
    assert arrival == [(sha(raw[:90_000]), True)]


def entered(store: Store) -> list[tuple[str, bool]]:
    """What the ledger holds: sha256 and whether it is marked incomplete."""
    with store.database.read() as session:
        rows = session.connection().exec_driver_sql("SELECT sha256, incomplete FROM ledger")
        return [(sha256, bool(incomplete)) for sha256, incomplete in rows]


def test_a_message_that_is_refused_is_passed_by_on_the_same_connection(
    netease: NetEase, netease_source: ImapSource, store: Store, now: Now
) -> None:
    uid = netease.deliver(plain("refused"))
    netease.deliver(plain("sound"))
    netease.before_fetch.append(only(uid, times(1, refused)))
    report = poll(netease_source, store, now)
    assert (report.ok, report.new, report.failed, netease.connections) == (True, 1, 1, 1)
    assert poll(netease_source, store, now).new == 1


def test_bytes_of_another_message_are_not_taken_for_this_one(
    netease: NetEase, netease_source: ImapSource, store: Store, now: Now
) -> None:
    netease.deliver(plain())
    netease.before_fetch.append(times(1, anothers_bytes))
    assert poll(netease_source, store, now).new == 1
    assert held(store) == {sha(plain())}


def test_an_empty_literal_is_a_failure_of_that_message(
    netease: NetEase, netease_source: ImapSource, store: Store, now: Now
) -> None:
    netease.deliver(plain("one"))
    netease.deliver(plain("two"))
    netease.before_fetch.append(times(1, truncated(0)))
    report = poll(netease_source, store, now)
    assert (report.new, report.failed) == (1, 1)


def test_a_server_that_is_not_there_ends_the_poll_after_a_few_tries(
    netease_access: MailboxAccess, store: Store, now: Now
) -> None:
    waits: list[float] = []
    gone = netease_access.model_copy(update={"port": 1})
    report = poll(ImapSource(gone, pause=waits.append), store, now)
    assert isinstance(report.error, Unreachable)
    assert waits == [2.0, 4.0, 8.0]


def test_one_folder_that_stays_shut_is_told_and_the_others_are_read(
    netease: NetEase, netease_access: MailboxAccess, store: Store, now: Now
) -> None:
    netease.deliver(plain())
    report = poll(ImapSource(netease_access.model_copy(update={"folders": ("没有", "INBOX")})), store, now)
    assert (report.ok, report.new) == (True, 1)
    assert "没有" in report.errors[0]
    nothing = poll(ImapSource(netease_access.model_copy(update={"folders": ("没有",)})), store, now)
    assert isinstance(nothing.error, FolderRefused)


def test_arrival_is_internaldate_to_the_second(
    netease: NetEase, netease_source: ImapSource, store: Store, now: Now
) -> None:
    """T136: the last second of the call is told apart from the first one after it."""
    netease.deliver(plain("in time"), internaldate=datetime(2023, 8, 30, 23, 59, 59, tzinfo=SHANGHAI))
    netease.deliver(plain("late"), internaldate=datetime(2023, 8, 31, tzinfo=SHANGHAI))
    poll(netease_source, store, now)
    at = [message.received_at for message in store.messages()]
    assert sorted(at) == [datetime(2023, 8, 30, 15, 59, 59, tzinfo=UTC), datetime(2023, 8, 30, 16, 0, tzinfo=UTC)]
