"""What we answered to a mailbox or along a thread, and which files came before."""

from domain.kinds import OutboxState, Role, Track
from store.desk import Store
from tests.store.build import NOW, arrive, case, later, letter, material, outcome, take_back

ANSWERED = "zhang+a@changle.example"


def queue(store: Store, key: str, recipient: str, kind: str = "receipt", *, hours: int = 0) -> None:
    with store.begin(later(hours=hours)) as tx:
        assert tx.enqueue(letter(key, kind=kind).model_copy(update={"recipient": recipient}))


def keys(store: Store, *addresses: str, named: tuple[str, ...] = (), hours: int = -1) -> list[str]:
    return [record.letter.key for record in store.answers_to(addresses, named, later(hours=hours))]


def test_answers_to_a_mailbox_newest_first_whatever_tag_its_address_has(store: Store) -> None:
    queue(store, "first", "Zhang@Changle.example")
    queue(store, "second", ANSWERED)
    for number, other in enumerate(
        ("li@changle.example", "zhang@shouguang.example", "xzhang@changle.example", "zhangx@changle.example")
    ):
        queue(store, f"other {number}", other)
    for asked in ("zhang@changle.example", "ZHANG+b@changle.example"):
        assert keys(store, asked) == ["second", "first"]


def test_a_percent_sign_in_an_address_is_no_pattern(store: Store) -> None:
    queue(store, "other", "abc+x@changle.example")
    assert keys(store, "a%@changle.example") == []
    assert keys(store, "a_c@changle.example") == []


def test_answers_along_a_thread_whatever_their_address(store: Store) -> None:
    queue(store, "first", "one@changle.example")
    assert keys(store, "other@changle.example", named=("<first@shoujian>", "<unknown@x>")) == ["first"]
    assert [record.letter.key for record in store.letters_named({"<first@shoujian>"})] == ["first"]


def test_digests_decisions_older_letters_and_those_taken_back_are_no_answers(store: Store) -> None:
    queue(store, "old", ANSWERED)
    for kind in ("digest", "decision", "reminder"):
        queue(store, kind, ANSWERED, kind, hours=2)
    queue(store, "taken back", ANSWERED, hours=2)
    take_back(store, store.letters()[-1].id)
    queue(store, "kept", ANSWERED, "question", hours=2)
    assert keys(store, ANSWERED, hours=1) == ["kept"]
    assert {each.state for each in store.answers_to([ANSWERED], (), NOW)} == {OutboxState.QUEUED}


def test_a_file_came_before_where_another_message_brought_it(store: Store) -> None:
    first, second = arrive(store, "a", 1), arrive(store, "b", 2)
    with store.begin(NOW) as tx:
        number = tx.next_number(2023, Track.TEXT)
        tx.save_outcome(outcome(first, case(number, material(Role.WORD_FORM, "申报表.docx", sha256="e" * 64))))
    assert store.brought_before(["e" * 64, "f" * 64], besides=second) == {"e" * 64}
    assert store.brought_before(["e" * 64], besides=first) == set()
