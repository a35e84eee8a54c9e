"""Finding messages and cases, counting them, and by which index."""

import re
from datetime import datetime

import pytest
from sqlalchemy.dialects import sqlite
from sqlmodel.sql.expression import SelectOfScalar

from domain.kinds import Decision, MessageKind, MessageState, OutboxState, Track
from store.desk import Store
from store.errors import Ambiguous
from store.outbox import next_letter
from store.work import next_message
from tests.store.build import NOW, SENDER, arrive, case, conclude, finding, later, letter, mail, outcome


def submit(store: Store, name: str, uid: int, *, hours: int = 0, track: Track = Track.TEXT, **saved: object) -> str:
    """Take in and decide a mail of one case; return the case's number."""
    sha256 = arrive(store, name, uid, received_at=later(hours=hours))
    sender = str(saved.get("sender", SENDER))
    decision = Decision(str(saved.get("decision", Decision.NEEDS_SUPPLEMENT)))
    with store.begin(later(hours=hours)) as tx:
        number = tx.next_number(2023, track)
        entry = case(number, track=track, title=name).model_copy(
            update={"unit": saved.get("unit", "潍城区发改局"), "first_received_at": later(hours=hours)}
        )
        tx.save_outcome(outcome(sha256, entry, decision=decision, received_at=later(hours=hours)), sha256, sender)
        tx.finish(sha256)
    return number


def test_a_message_is_found_by_the_beginning_of_its_sha256(store: Store) -> None:
    sha256 = arrive(store, "a")
    for length in (6, 20, 64):
        found = store.message(sha256[:length])
        assert found and found.sha256 == sha256
    assert store.message(sha256[:6].upper())
    assert store.message("0" * 10) is None
    assert store.message("%") is None


def test_a_beginning_that_fits_several_is_not_guessed(store: Store) -> None:
    for uid in range(17):  # at least two share their first digit
        arrive(store, f"mail {uid}", uid)
    shared = [message.sha256[0] for message in store.messages()]
    first = next(digit for digit in shared if shared.count(digit) > 1)
    with pytest.raises(Ambiguous):
        store.message(first)


def test_a_message_is_found_by_its_message_id_brackets_or_not(store: Store) -> None:
    sha256 = arrive(store, "a")
    store.save_mail(sha256, mail(sha256, message_id="<x1@126.com>"))
    for told in ("<x1@126.com>", "x1@126.com"):
        found = store.message(told)
        assert found and found.sha256 == sha256


def test_reused_message_ids_are_all_found(store: Store) -> None:
    both = [arrive(store, name, uid) for uid, name in enumerate("ab")]
    for sha256 in both:
        store.save_mail(sha256, mail(sha256, message_id="<same@126.com>"))
    assert {message.sha256 for message in store.message_by_message_id("<same@126.com>")} == set(both)


def test_messages_by_state_kind_and_arrival(store: Store) -> None:
    submit(store, "decided", 1)
    waiting = arrive(store, "waiting", 2, received_at=later(hours=2))
    assert [message.sha256 for message in store.messages(state=MessageState.ARCHIVED)] == [waiting]
    assert [message.kind for message in store.messages(kind=MessageKind.SUBMISSION)] == [MessageKind.SUBMISSION]
    assert [message.sha256 for message in store.messages(since=later(hours=2))] == [waiting]
    assert len(store.messages(since=NOW, until=later(hours=2))) == 1
    assert store.messages(until=NOW) == ()


def test_cases_by_each_filter(store: Store) -> None:
    text = submit(store, "文字", 1, decision="accepted", unit="潍城区发改局")
    video = submit(store, "视频", 2, hours=5, track=Track.VIDEO, unit="潍坊市100%信用协会", sender="other@qq.com")

    def numbers(**filters: object) -> list[str | None]:
        return [record.case.number for record in store.cases(**filters)]  # type: ignore[arg-type]  # table of filters

    assert numbers() == [video, text]
    assert numbers(decision=Decision.ACCEPTED) == [text]
    assert numbers(track=Track.VIDEO) == [video]
    assert numbers(unit="发改局") == [text]
    assert numbers(unit="0%信") == [video]
    assert numbers(unit="%") == [video]
    assert numbers(sender=SENDER.upper()) == [text]
    assert numbers(since=later(hours=5)) == [video]
    assert numbers(decision=Decision.ACCEPTED, track=Track.VIDEO) == []
    assert [record.case.number for record in store.cases_from("OTHER@qq.com")] == [video]
    assert store.case("2023-W-0099") is None


def test_a_thousand_cases_come_whole(store: Store) -> None:
    sha256 = arrive(store, "a")
    with store.begin(NOW) as tx:
        entries = [case(tx.next_number(2023, Track.TEXT)) for _ in range(1_000)]
        tx.save_outcome(outcome(sha256, *entries), sha256, SENDER)
    found = store.cases()
    assert len(found) == 1_000
    assert all(record.findings and record.history and record.messages for record in found)


def test_counts_tell_the_period_and_the_present(store: Store) -> None:
    submit(store, "a", 1, decision="accepted")
    submit(store, "b", 2, hours=30, track=Track.VIDEO)
    waiting = arrive(store, "c", 3, received_at=later(hours=31))
    quiet = arrive(store, "d", 4, received_at=later(hours=1))
    with store.begin(later(hours=1)) as tx:
        told = outcome(quiet, kind=MessageKind.BULK, decision=Decision.IGNORED, findings=(finding("mail_truncated"),))
        tx.save_outcome(told, quiet, SENDER)
        tx.finish(quiet)
        tx.enqueue(letter("a"))
        tx.enqueue(letter("b"), held_reason="over the cap")
    sent = store.claim_letter("s", later(hours=2))
    assert sent and store.settle_letter(sent.id, OutboxState.SENT, later(hours=2))

    day = store.counts(since=NOW, until=later(hours=24))
    assert (day.arrived, day.opened, day.sent) == (2, 1, 1)
    assert day.kinds == {MessageKind.SUBMISSION: 1, MessageKind.BULK: 1}
    assert day.decisions == {Decision.ACCEPTED: 1, Decision.IGNORED: 1}
    assert day.states == {MessageState.DECIDED: 3, MessageState.ARCHIVED: 1}
    assert day.cases == {Track.TEXT: {Decision.ACCEPTED: 1}, Track.VIDEO: {Decision.NEEDS_SUPPLEMENT: 1}}
    assert day.findings == {"missing_pdf_form": 2}
    assert day.letters == {OutboxState.SENT: 1, OutboxState.HELD: 1}
    message = store.message(waiting)
    assert message and day.waiting_since == message.received_at
    assert store.counts().arrived == 4
    assert store.counts(since=later(days=9)).sent == 0


def test_an_empty_store_counts_nothing(store: Store) -> None:
    empty = store.counts()
    assert (empty.arrived, empty.cases, empty.states, empty.waiting_since) == (0, {}, {}, None)


def plan(store: Store, query: SelectOfScalar[object]) -> str:
    """Return how the database means to answer a query, with bound parameters as the program sends it."""
    if store.database.is_postgresql:
        with store.database.engine.connect() as connection:
            told = query.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})
            return "; ".join(row[0] for row in connection.exec_driver_sql(f"EXPLAIN (COSTS OFF) {told}"))
    compiled = query.compile(dialect=sqlite.dialect())
    values = tuple(
        str(value.replace(tzinfo=None)) if isinstance(value, datetime) else str(value)
        for value in compiled.params.values()
    )
    with store.database.engine.connect() as connection:
        return "; ".join(row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", values))


_SOME_OPEN = "UPDATE messages SET state = 'decided', due_at = NULL WHERE sha256 > '08'"


@pytest.mark.parametrize(
    ("query", "index"),
    [
        (next_message(NOW), r"(?i)using (index )?ix_messages_due"),
        (next_letter(NOW, "desk"), r"(?i)using (index )?ix_letters_state_account_next_at.*state.*account.*next_at"),
    ],
    ids=["message", "letter"],
)
def test_claims_walk_an_index_and_sort_nothing(store: Store, query: SelectOfScalar[object], index: str) -> None:
    """Whatever the archive holds: finding the next piece of work costs the same."""
    for uid in range(300):
        arrive(store, f"mail {uid}", uid)
    with store.database.writer.begin() as connection:
        connection.exec_driver_sql(_SOME_OPEN)
        if store.database.is_postgresql:  # a letter for each mail, for a table of nothing needs no index
            columns = "recipient, recipient_key, subject, text, html, raw, state, attempts, next_at, created_at, error, proof, bounced, kind"
            connection.exec_driver_sql(
                f"INSERT INTO letters (message_id, key, {columns}) SELECT 'm' || n, n, '', '', '', '', '', '', 'sent', 1, "
                "now(), now(), '', '', '', 'receipt' FROM generate_series(1, 2000) n"
            )
        connection.exec_driver_sql("ANALYZE")
    told = plan(store, query)
    assert re.search(index, told), told
    assert "TEMP B-TREE" not in told
    assert "Sort" not in told or "ix_letters" in told  # letters of one moment, by id


@pytest.mark.parametrize("turn", range(2))
def test_conclude_builder_matches_the_promises(store: Store, turn: int) -> None:
    assert conclude(store, arrive(store, f"mail {turn}")) == "2023-W-0001"
    assert store.verify(NOW) == ()
