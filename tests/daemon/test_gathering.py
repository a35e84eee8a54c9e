"""Pieces of an archive that came in several mails: put together at the one that completes them, once, whatever happens meanwhile."""

from datetime import datetime, timedelta

import pytest

from daemon.gathering import gathered
from daemon.pipeline import conclude
from daemon.reading import read
from daemon.replaying import Replay
from domain.case import Outcome
from domain.kinds import Decision, MessageKind, Role
from domain.records import Arrival, Claimed, MessageRecord
from tests.fixtures.cases import IN_TIME, at
from tests.fixtures.mails import Attachment, attach, mail
from tests.fixtures.make_archives import zip_of
from tests.fixtures.office import Office
from tests.fixtures.stories_paper import BATH, GRAIN, word
from tests.fixtures.stories_pieces import cuts

OTHER = {"sender": "other@example.cn", "name": "他人"}


def pieces(*of: Attachment, count: int = 2) -> list[Attachment]:
    return cuts("材料.zip", zip_of({one.name.encode("gbk"): one.data for one in of or (word(BATH),)}), count)


def arrive(office: Office, *files: Attachment, at: datetime = IN_TIME, **more: str) -> str:
    """Put a mail into the archive and the ledger; nobody has read it yet. Return its sha256."""
    told = {"sender": BATH.email, "name": BATH.contact, "subject": BATH.subject, **more}
    raw = mail(attach=files, date=at, received=at, message_id=f"<{at.timestamp()}@163.com>", **told)  # type: ignore[arg-type] # words only
    sha256 = office.store.archive.add_bytes(raw)
    arrival = Arrival(
        account="t", folder="INBOX", uidvalidity=1, uid=int(sha256[:12], 16), sha256=sha256, size=len(raw), received_at=at
    )  # fmt: skip
    office.store.record_arrival(arrival, office.now())
    return sha256


def bring(office: Office, *files: Attachment, at: datetime = IN_TIME, **more: str) -> Outcome:
    """Let a mail arrive and be worked on; return what became of it."""
    sha256 = arrive(office, *files, at=at, **more)
    office.work()
    outcome = office.store.outcome(sha256)
    assert outcome is not None
    return outcome


def message(office: Office, sha256: str) -> MessageRecord:
    found = office.store.message(sha256)
    assert found is not None
    return found


def later(minutes: int) -> datetime:
    return IN_TIME + timedelta(minutes=minutes)


def test_the_completing_mail_brings_the_files_and_the_first_ones_case_has_them(office: Office) -> None:
    first, second = pieces()
    waiting = bring(office, first)
    assert (waiting.kind, waiting.decision) == (MessageKind.SUBMISSION, Decision.MANUAL_REVIEW)
    done = bring(office, second, at=later(5), subject="另一半")
    assert (done.kind, done.findings) == (MessageKind.SUPPLEMENT, ())
    (record,) = office.store.cases()
    assert record.messages == (waiting.reading.mail.sha256, done.reading.mail.sha256)
    (form,) = record.case.of(Role.WORD_FORM)
    assert form.part.path == f"材料.zip/{word(BATH).name}"
    assert record.case.unopened == ()
    assert office.store.verify(office.now()) == ()


def test_mails_that_are_read_at_the_same_time_are_put_together_all_the_same(office: Office) -> None:
    hashes = [arrive(office, piece, at=later(number)) for number, piece in enumerate(pieces(count=4))]
    office.work()
    assert [message(office, sha256).case_numbers for sha256 in hashes] == [("2023-W-0001",)] * 4
    assert office.case("2023-W-0001").case.title == BATH.title


def test_concluding_again_after_a_crash_comes_to_the_same(office: Office) -> None:
    first, second = pieces()
    bring(office, first)
    sha256 = arrive(office, second, at=later(5))
    claimed = Claimed(sha256=sha256, received_at=later(5), folder="INBOX", reply=True, attempts=1)
    once, again = (conclude(read(claimed, office.desk), office.desk) for _ in range(2))
    assert once == again
    assert office.store.mail(sha256) == read(claimed, office.desk).mail, "what was read stays what the bytes say"
    office.work()
    recorded = office.store.outcome(sha256)
    assert recorded is not None
    assert recorded.reading == once.reading


def test_replay_finds_nothing_changed(office: Office) -> None:
    for number, piece in enumerate(pieces()):
        bring(office, piece, at=later(number))
    replay = Replay(office.desk)
    assert len(replay.cases) == 1
    assert [replayed.told for replayed in replay.run() if replayed.changed] == []


@pytest.mark.parametrize("told", [OTHER, {"at": "2023-07-01"}])
def test_pieces_of_others_and_of_before_the_call_are_not_taken(office: Office, told: dict[str, str]) -> None:
    first, second = pieces()
    when = at(told["at"]) if "at" in told else IN_TIME
    bring(office, first, at=when, **{key: value for key, value in told.items() if key != "at"})
    outcome = bring(office, second, at=later(5))
    assert outcome.reading.gathered == ()
    (finding,) = outcome.findings
    assert (finding.code, finding.evidence["here"], finding.evidence["lacking"]) == ("form_unreadable", [2], [1])


def test_an_address_is_the_same_in_capitals(office: Office) -> None:
    first, second = pieces()
    bring(office, first)
    assert bring(office, second, at=later(5), sender=BATH.email.upper()).findings == ()


def test_what_a_machine_sends_is_not_opened(office: Office) -> None:
    first, second = pieces()
    bring(office, first)
    raw = mail(sender=BATH.email, attach=[second], headers=[("Auto-Submitted", "auto-replied")])
    sha256 = office.store.archive.add_bytes(raw)
    claimed = Claimed(sha256=sha256, received_at=later(5), folder="INBOX", reply=True, attempts=1)
    office.store.record_arrival(
        Arrival(account="t", folder="I", uidvalidity=1, uid=1, sha256=sha256, size=1, received_at=later(5)),
        office.now(),
    )
    reading = read(claimed, office.desk)
    assert gathered(reading, office.desk) is reading


def test_two_sets_in_one_mail_are_two(office: Office) -> None:
    mine, theirs = pieces(), pieces(word(GRAIN))
    renamed = [attach(one.name.replace("材料", "粮食"), one.data) for one in theirs]
    bring(office, mine[0], renamed[0])
    done = bring(office, mine[1], renamed[1], at=later(5))
    assert [note.whole for note in done.reading.gathered] == ["材料.zip", "粮食.zip"]
    assert {record.case.title for record in office.store.cases()} == {BATH.title, GRAIN.title}


def test_answers_say_which_pieces_have_come_until_none_is_missing(office: Office) -> None:
    for number, piece in enumerate(pieces(count=3)):
        bring(office, piece, at=later(number))
    first, second, last = (text.replace(" ", "").replace("\n", "") for text in office.receipts())
    assert "已收到第1卷，其余分卷尚未收到" in first
    assert "已收到第1、2卷，其余分卷尚未收到" in second
    assert "分卷" not in last
