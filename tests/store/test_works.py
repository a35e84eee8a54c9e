"""Works on record that may be alike to one are found by every process, whoever wrote them and whatever became of them."""

from contextlib import closing

from domain.case import Case, Verdict
from domain.kinds import Decision, Role, Track
from store.archive import Archive
from store.desk import Store
from tests.store.build import NOW, arrive, case, finding, later, material, outcome

ONE, OTHER = tuple(range(128)), tuple(range(1000, 1128))


def entered(store: Store, serial: int, sketch: tuple[int, ...], number: str | None = None, *, minutes: int = 0) -> str:
    """Record a mail's case with what its text is told by; return its number."""
    sha256 = arrive(store, f"mail {serial}", serial)
    form = material(Role.WORD_FORM, f"{serial}.docx", sha256=f"{serial:064x}", brought_by=sha256)
    with store.begin(later(minutes=minutes)) as tx:
        number = number or tx.next_number(2023, Track.TEXT)
        entry = case(number, form).model_copy(update={"sketch": sketch})
        tx.save_outcome(outcome(sha256, entry), sha256, "a@b.cn")
        tx.finish(sha256)
    return number


def like(store: Store, sketch: tuple[int, ...]) -> list[str | None]:
    asked = Case(track=Track.TEXT, sketch=sketch, first_received_at=NOW)
    found = store.works_like(asked)
    assert found == tuple(work for work in store.works() if work in found)
    return [work.number for work in found]


def test_only_works_that_may_be_alike_are_read(store: Store) -> None:
    first = entered(store, 1, ONE)
    assert like(store, ONE) == [first]
    second = entered(store, 2, OTHER, minutes=-5)  # a clock that goes after the others
    third = entered(store, 3, ONE, minutes=-9)
    assert sorted(filter(None, like(store, ONE))) == [first, third]
    assert like(store, OTHER) == [second]
    assert like(store, ()) == []


def test_what_another_process_wrote_is_found(url: str, archive: Archive) -> None:
    with closing(Store.open(url, archive)) as here, closing(Store.open(url, archive)) as there:
        number = entered(here, 1, ONE)
        assert like(there, ONE) == [number] == like(here, ONE)
        entered(there, 2, OTHER, number, minutes=3)
        assert (like(here, ONE), like(here, OTHER)) == ([number], [number])  # pointed to, and read as it is now
        assert here.works_like(Case(track=Track.TEXT, sketch=ONE, first_received_at=NOW))[0].sketch == OTHER
        twin = entered(there, 3, OTHER, minutes=4)
        assert like(here, OTHER) == [number, twin]


def test_a_work_read_anew_is_found_by_what_is_read_now(store: Store) -> None:
    number = entered(store, 1, ONE)
    assert like(store, OTHER) == []
    record = store.case(number)
    assert record
    verdict = Verdict(
        case=record.case.model_copy(update={"sketch": OTHER}), findings=(finding(),), decision=Decision.NEEDS_SUPPLEMENT
    )
    with store.begin(later(hours=1)) as tx:
        assert tx.save_replayed(record, verdict, "new: similar_work")
    assert like(store, OTHER) == [number]
    with store.begin(later(hours=2)) as tx:
        tx.save_outcome(outcome(record.messages[0], record.case), record.messages[0], "a@b.cn")
    assert like(store, ONE) == [number]


def test_what_was_merged_is_found_no_more(store: Store) -> None:
    kept, gone = entered(store, 1, ONE), entered(store, 2, OTHER)
    assert like(store, OTHER) == [gone]
    with store.begin(later(hours=1)) as tx:
        tx.join_cases(kept, gone, "staff:王")
    assert like(store, OTHER) == []


def test_what_was_purged_is_alike_to_nothing(store: Store) -> None:
    number = entered(store, 1, ONE)
    assert like(store, ONE) == [number]
    store.begin_purge(later(days=1), later(days=2), "staff:王")
    store.erase_rows(later(days=1), later(days=2), lambda _: None)
    assert [work.sketch for work in store.works_like(Case(track=Track.TEXT, sketch=ONE, first_received_at=NOW))] == [()]
