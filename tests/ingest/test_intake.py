"""Mails are made durable several at a time, and nobody is told before they are."""

from collections.abc import Callable
from datetime import datetime

import pytest

from ingest import intake
from ingest.errors import NotKept
from ingest.intake import Intake, Landed
from store.archive import Archive
from store.desk import Store
from tests.store.build import arrival

Now = Callable[[], datetime]


def landed(store: Store, serial: int, told: list[tuple[int, bool]]) -> Landed:
    incoming = store.archive.incoming()
    incoming.write(f"mail {serial}".encode())
    return Landed(incoming, lambda sha256: arrival(sha256, serial), lambda took, new: told.append((took.uid, new)))


def test_all_that_was_put_is_in_the_ledger_after_settling_told_of_in_order(store: Store, now: Now) -> None:
    told: list[tuple[int, bool]] = []
    with Intake(store, now) as taking:
        for serial in range(1, 2 * intake.MAILS + 3):
            taking.put(landed(store, serial, told))
        taking.settle()
        assert told == [(serial, True) for serial in range(1, 2 * intake.MAILS + 3)]
        assert len(store.messages()) == len(told)
    assert list((store.archive.root / "tmp").iterdir()) == []


def test_what_waits_is_settled_when_the_connection_breaks(store: Store, now: Now) -> None:
    told: list[tuple[int, bool]] = []
    with pytest.raises(ConnectionError), Intake(store, now) as taking:
        for serial in (1, 2, 3):
            taking.put(landed(store, serial, told))
        raise ConnectionError
    assert [uid for uid, _ in told] == [1, 2, 3]


def test_the_same_mail_twice_in_one_batch_is_new_once(store: Store, now: Now) -> None:
    told: list[tuple[int, bool]] = []
    with Intake(store, now) as taking:
        for serial in (1, 2, 2):
            taking.put(landed(store, serial, told))
    assert sorted(told) == [(1, True), (2, False), (2, True)]


def test_a_disk_that_fails_enters_nothing_of_the_batch_and_leaves_no_file(
    store: Store, now: Now, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(_: Archive, several: object) -> list[str]:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Archive, "keep", failing)
    told: list[tuple[int, bool]] = []
    with pytest.raises(NotKept, match="No space"), Intake(store, now) as taking:
        for serial in (1, 2, 3):
            taking.put(landed(store, serial, told))
    assert told == []
    assert store.messages() == ()
    assert list((store.archive.root / "tmp").iterdir()) == []


def test_a_batch_is_bounded_in_bytes(store: Store, now: Now, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    keep = Archive.keep

    def counting(archive: Archive, several: list[object]) -> list[str]:
        sizes.append(len(several))
        return keep(archive, several)  # type: ignore[arg-type]  # passed on as it came

    monkeypatch.setattr(Archive, "keep", counting)
    monkeypatch.setattr(intake, "BYTES", 10)
    with Intake(store, now) as taking:
        for serial in range(1, 9):
            taking.put(landed(store, serial, []))
    assert sum(sizes) == 8
    assert max(sizes) <= 2
