"""Damaged inputs through the readers: a fixed slice of what `tests.fuzz.mutate` tries, and every input that ever was a fault."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.fixtures import hostile_parsers
from tests.fuzz import mutate
from tests.fuzz.mutate import Stock, check, run
from tests.fuzz.seeds import CRASHES

pytestmark = pytest.mark.timeout(300)
INPUTS = 300


@pytest.fixture(scope="module")
def stock() -> Stock:
    return Stock.of()


def test_no_damage_is_too_much(stock: Stock) -> None:
    assert [
        f"{fault.number}: {fault.told}" for fault in run(stock, range(INPUTS), seed=2023, share_of_dear=0.005)
    ] == []


def test_inputs_of_a_seed_are_always_the_same(stock: Stock) -> None:
    again = Stock.of()
    assert [stock.make(1, number, 0) for number in range(30)] == [again.make(1, number, 0) for number in range(30)]


@pytest.mark.parametrize("path", sorted(CRASHES.glob("*.[!m]*")), ids=lambda path: path.name)
def test_what_once_was_a_fault_is_read(path: Path, tmp_path: Path) -> None:
    check(path.read_bytes(), tmp_path, as_mail=path.suffix == ".eml")


@dataclass(frozen=True)
class Harm(Stock):
    """Inputs that say what happens to their reader."""

    def make(self, seed: int, number: int, share_of_dear: float) -> tuple[bytes, bool]:
        return (b"nothing", b"raise_value_error", b"crash", b"hang", b"allocate", b"nothing")[number], False


def _do_harm(data: bytes, out: Path, *, as_mail: bool) -> None:
    if data != b"nothing":
        getattr(hostile_parsers, data.decode())(hostile_parsers.job(out))


def test_every_fault_is_seen_and_the_next_input_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mutate, "check", _do_harm)
    monkeypatch.setattr(mutate, "SECONDS", 2)
    told = {fault.number: fault.told.partition(":")[0] for fault in run(Harm((), (), ()), range(6), seed=0)}
    assert told == {1: "ValueError", 2: "process ended", 3: "Hung", 4: "MemoryError"}
