"""Outcomes in rows: told once however often saved, updated by later mail, with a history that says what changed."""

import pytest

from domain.case import Case
from domain.kinds import Decision, MessageKind, Role, Severity, Track
from domain.mail import Mail
from store.desk import Store
from tests.store.build import NOW, SENDER, arrive, case, finding, later, mail, material, outcome, part

NUMBER = "2023-W-0001"
FILES = (material(Role.WORD_FORM, "申报表.docx"), material(Role.IMAGE, "现场.jpg", sha256="e" * 64))


def save(
    store: Store, sha256: str, *cases: Case, hours: int = 0, decision: Decision = Decision.NEEDS_SUPPLEMENT
) -> None:
    with store.begin(later(hours=hours)) as tx:
        tx.save_outcome(outcome(sha256, *cases, decision=decision, received_at=later(hours=hours)), sha256, SENDER)


@pytest.fixture
def first(store: Store) -> str:
    """A message that opened a case with a form and a picture."""
    sha256 = arrive(store, "first")
    with store.begin(NOW) as tx:
        assert tx.next_number(2023, Track.TEXT) == NUMBER
    save(
        store,
        sha256,
        case(NUMBER, material(Role.WORD_FORM, "申报表.docx"), material(Role.IMAGE, "现场.jpg", sha256="e" * 64)),
    )
    return sha256


def events(store: Store, subject: str = NUMBER) -> list[tuple[str, str]]:
    return [(event.event, event.detail) for event in store.history(subject)]


def test_saving_twice_changes_nothing(store: Store, first: str) -> None:
    before = store.case(NUMBER), store.message(first), events(store, first)
    save(store, first, case(NUMBER, *FILES), hours=5)
    assert (store.case(NUMBER), store.message(first), events(store, first)) == before


def test_saving_what_the_store_holds_changes_nothing(store: Store, first: str) -> None:
    """As the pipeline does for a later rule: the case it judges is the one it read from the store."""
    before = store.case(NUMBER)
    assert before
    save(store, first, before.case, hours=5)
    assert store.case(NUMBER) == before


def test_the_outcome_comes_back_whole(store: Store, first: str) -> None:
    told = outcome(first, case(NUMBER), findings=(finding("mail_truncated", where=["正文", 3]),))
    with store.begin(NOW) as tx:
        tx.save_outcome(told, first, SENDER)
    assert store.outcome(first) == told
    message = store.message(first)
    assert message and message.findings == told.findings


def test_a_later_message_updates_the_case_and_the_history_says_which_fields(store: Store, first: str) -> None:
    second = arrive(store, "second", 2, received_at=later(hours=24))
    save(store, second, case(NUMBER, title="诚信街区 2.0", phone="13900000000"), hours=24, decision=Decision.ACCEPTED)
    record = store.case(NUMBER)
    assert record and (record.case.title, record.case.phone) == ("诚信街区 2.0", "13900000000")
    assert (record.decision, record.messages) == (Decision.ACCEPTED, (first, second))
    assert (record.created_at, record.updated_at) == (NOW, later(hours=24))
    assert events(store)[-3:] == [
        ("received", second),
        ("changed", "title: 诚信街区 → 诚信街区 2.0; phone: 13800000000 → 13900000000"),
        ("judged", "needs_supplement → accepted"),
    ]


def test_a_long_field_is_told_shortened(store: Store, first: str) -> None:
    second = arrive(store, "second", 2)
    save(store, second, case(NUMBER).model_copy(update={"content": "信" * 500}))
    assert ("changed", f"content: {'信' * 59}…") in events(store)


def test_the_first_arrival_stays_the_first(store: Store, first: str) -> None:
    second = arrive(store, "second", 2)
    save(store, second, case(NUMBER).model_copy(update={"first_received_at": later(hours=9)}))
    record = store.case(NUMBER)
    assert record and record.case.first_received_at == NOW


def test_findings_are_those_of_the_last_judgement(store: Store, first: str) -> None:
    told = outcome(first, case(NUMBER))
    mended = told.verdicts[0].model_copy(
        update={"findings": (finding("seal_unclear", Severity.REVIEW, reason="faint"),)}
    )
    with store.begin(NOW) as tx:
        tx.save_outcome(told.model_copy(update={"verdicts": (mended,)}), first, SENDER)
    record = store.case(NUMBER)
    assert record and record.findings == mended.findings


def test_what_staff_decided_stands_until_a_further_mail(store: Store, first: str) -> None:
    with store.begin(later(hours=1)) as tx:
        tx.decide_case(NUMBER, Decision.ACCEPTED, "staff:x", "")
    save(store, first, case(NUMBER), hours=2)
    record = store.case(NUMBER)
    assert record and (record.decision, record.decided_by) == (Decision.ACCEPTED, "staff:x")
    second = arrive(store, "second", 2)
    save(store, second, case(NUMBER), hours=3)
    record = store.case(NUMBER)
    assert record and (record.decision, record.decided_by) == (Decision.NEEDS_SUPPLEMENT, "daemon")


def test_one_mail_may_bring_several_cases(store: Store, first: str) -> None:
    second = arrive(store, "second", 2)
    with store.begin(NOW) as tx:
        numbers = (tx.next_number(2023, Track.TEXT), tx.next_number(2023, Track.VIDEO))
        cases = (case(numbers[0]), case(numbers[1], track=Track.VIDEO))
        tx.save_outcome(outcome(second, *cases), second, SENDER)
    message = store.message(second)
    assert message and sorted(message.case_numbers) == sorted(numbers)


def test_a_message_read_anew_replaces_its_own_outcome(store: Store, first: str) -> None:
    """After a rule changed (`replay`): the kind is told in the history, nothing is added twice."""
    with store.begin(later(hours=3)) as tx:
        tx.save_outcome(outcome(first, kind=MessageKind.UNRELATED, decision=Decision.IGNORED), first, SENDER)
    message = store.message(first)
    assert message and (message.kind, message.decision) == (MessageKind.UNRELATED, Decision.IGNORED)
    assert events(store, first)[-1] == ("judged", "unrelated: needs_supplement → ignored")


def test_parts_with_one_path_are_one_part(store: Store) -> None:
    """A hostile mail may name two parts alike, whatever the reader promises."""
    sha256 = arrive(store, "twins")
    twins: Mail = mail(sha256, parts=(part("a.docx"), part("a.docx", "e" * 64)))
    told = outcome(sha256)
    reading = told.reading.model_copy(update={"mail": twins})
    with store.begin(NOW) as tx:
        tx.save_outcome(told.model_copy(update={"reading": reading}), sha256, SENDER)
    assert store.message(sha256)
