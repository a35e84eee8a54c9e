"""The harness itself, at tiny sizes: races are fair, what does not arrive is a failure, every part brings its figures."""

import sys
from functools import partial
from pathlib import Path

import pytest

from bench import decoding, endurance, fetch, files, idle, scale
from bench.mailbox import mail
from bench.race import Cost, Failed, Race, race, run
from bench.wire import Proxy
from tests.fixtures.netease import NetEase


def cost(wall: float) -> Cost:
    return Cost(wall, wall / 2, 10 * wall)


def test_a_ratio_is_taken_within_each_lap_against_the_best_of_the_others() -> None:
    laps = {"ours": [cost(1), cost(6)], "slow": [cost(9), cost(9)], "quick": [cost(2), cost(3)]}
    figure = Race("x", 5, laps).ratio("ours", ["slow", "quick"], 1.0)
    assert (figure.value, figure.spread, figure.met) == (1.25, (0.5, 2.0), False)


def test_contestants_take_turns_at_the_start() -> None:
    order: list[str] = []

    def started(name: str, _: int) -> Cost:
        order.append(name)
        return cost(1)

    race("x", 1, 2, {name: partial(started, name) for name in ("a", "b")})
    assert order == ["a", "b", "b", "a"]


def test_memory_of_a_program_is_its_own() -> None:
    assert 80 < run([sys.executable, "-c", "held = bytearray(b'x') * (80 << 20)"]).peak < 200


def test_a_warm_contestant_waits_to_be_sent_off() -> None:
    spent = run([sys.executable, "-c", "from bench.race import ready; ready()"], warm=True, PYTHONPATH=str(fetch.ROOT))
    assert spent.peak > 0


def test_a_warm_contestant_that_ends_before_is_told_with_its_words() -> None:
    with pytest.raises(Failed, match="no such luck"):
        run([sys.executable, "-c", "raise SystemExit('no such luck')"], warm=True)


def test_a_program_that_fails_is_told_with_its_words() -> None:
    with pytest.raises(Failed, match="no such luck"):
        run([sys.executable, "-c", "raise SystemExit('no such luck')"])


def test_mails_have_the_size_that_was_asked_for_and_differ() -> None:
    sizes = [len(mail(serial, 2_500_000)) for serial in (1, 2)]
    assert all(abs(size - 2_500_000) < 100 for size in sizes)
    assert mail(1, 8_000) != mail(2, 8_000)


def test_the_proxy_counts_every_byte_of_both_ways() -> None:
    import socket

    with NetEase() as server, Proxy(server.port) as wire, socket.create_connection(("127.0.0.1", wire.port)) as client:
        client.sendall(b"1 CAPABILITY\r\n")
        answered = b""
        while b"1 OK" not in answered:
            answered += client.recv(4096)
        assert wire.bytes == len(b"1 CAPABILITY\r\n") + len(answered)


def test_fetching_is_raced_to_the_last_mail() -> None:
    done = fetch.measure(small=3, middle=0, large=0, laps=1)
    assert {"ours", "IMAPClient + fsync"} <= set(done.costs)
    ratio, memory = fetch.figures(done)
    assert ratio.value > 0 and memory.met


def test_a_fetcher_that_brings_less_is_a_failure() -> None:
    with pytest.raises(Failed, match="brought 2 of 3"):
        fetch.Mailbox(None, 3).expect("ours", 2)  # type: ignore[arg-type]  # nothing is fetched


def test_an_idle_poll_costs_as_many_bytes_in_a_larger_mailbox() -> None:
    figures = {figure.name.strip(): figure for figure in idle.figures(large=40, small=4)}
    assert figures["÷ bytes of a mailbox of 4"].met
    assert figures["idle poll, no UIDNEXT (NetEase): bytes"].items == 40


def test_decoding_is_raced_on_every_mail_that_mail_parser_reads(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(mail(1, 5_000))
    done, each = decoding.measure(tmp_path, laps=1)
    assert (done.items, len(each)) == (1, 1)
    assert len(decoding.figures(done, each)) == 4


def test_a_word_form_is_raced_against_the_bare_library(tmp_path: Path) -> None:
    course = files.courses(tmp_path)[0]
    done = files.measure(course, tmp_path, 1)
    assert next(iter(files.figures(course, done))).value > 0


def test_replay_digest_and_start_are_measured() -> None:
    assert [figure.items for figure in scale.figures(cases=4, messages=50, starts=1)] == [4, 4, 4, 4, 50]


def test_memory_is_told_after_a_tenth_a_half_and_all() -> None:
    assert [figure.items for figure in endurance.figures(10)] == [1, 5, 10, 10]
