"""Links of hosts the operator trusts are downloaded once and judged as if staff had fetched them; the others wait for staff."""

import socket
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from daemon.downloads import CAME, FAILED, REFUSED, Downloads, policy
from daemon.settings import LinkSettings
from domain.kinds import Decision
from ingest.addresses import besides
from ingest.guarded import Policy, Tools
from tests.fixtures.mails import attach, mail
from tests.fixtures.office import FILM, Office, files_of, film
from tests.ingest.web import Answer, Asked, Web, head, redirects, says, web

NUMBER = "2023-V-0001"
LOOPBACK = Tools(resolve=lambda host, port: ["127.0.0.1"])
PAGE = b"<!DOCTYPE html><html><head><title>x</title></head><body>" + "请登录".encode() + b"</body></html>"

pytestmark = pytest.mark.timeout(300)


def asks_for(server: Web, office: Office) -> None:
    """Let a mail arrive whose film is a link to the server."""
    forms = [attach(name, data) for name, data in files_of(FILM).items() if not name.endswith(".mp4")]
    words = f"视频请下载：{server.url('/f/film.mp4')} （作品.mp4，223.1 KB）"
    office.arrive(mail(subject="", text=words, attach=forms), datetime(2023, 8, 1, 1, 0, tzinfo=UTC))
    assert [each.url for each in office.case().case.awaited] == [server.url("/f/film.mp4")]


def trusted(server: Web) -> Policy:
    rules = policy(LinkSettings(fetch=True, hosts=("Files.Example",), http=True, seconds=20))
    return replace(rules, addresses=besides("127.0.0.1/32"), ports=(server.port,), silence_s=2.0)


def downloads(server: Web, office: Office, tools: Tools = LOOPBACK) -> Downloads:
    return Downloads(office.fetching, office.store, trusted(server), tools)


def events(office: Office, *wanted: str) -> list[str]:
    return [event.event for event in office.case().history if event.event in wanted]


def test_what_is_downloaded_is_judged_and_not_asked_for_again(office: Office) -> None:
    with web(says("200 OK", film())) as server:
        asks_for(server, office)
        office.folder.prepare([NUMBER])
        (office.folder.folder(NUMBER) / ".0123456789abcdef.part").write_bytes(b"of a process that was killed")
        run = downloads(server, office)
        assert run.run(office.now) == 1
        assert run.run(office.now) == 0  # on disk, judged by nobody yet
        assert office.look() == 1
        office.work()
        office.look()
        assert downloads(server, office).run(office.now) == 0
    assert len(server.asked) == 1
    assert office.case().decision is Decision.ACCEPTED
    assert events(office, CAME, "fetched") == [CAME, "fetched"]
    assert office.waiting() == [".0123456789abcdef.part"]
    assert len(office.receipts()) == 2


@pytest.mark.parametrize(
    "answer",
    [
        says("200 OK", PAGE),
        says("404 Not Found"),
        redirects("http://169.254.169.254/latest/"),
        redirects("file:///etc/passwd"),
    ],
    ids=["page", "gone", "metadata", "file"],
)
def test_what_may_not_be_taken_is_left_to_staff_at_once(office: Office, answer: Answer) -> None:
    with web(answer) as server:
        asks_for(server, office)
        for _ in range(2):
            assert downloads(server, office).run(office.now) == 0
        assert office.look() == 0
    assert len(server.asked) == 1
    assert events(office, REFUSED, FAILED) == [REFUSED]
    assert office.waiting() == []
    assert office.case().decision is Decision.MANUAL_REVIEW


def test_what_fails_is_tried_three_times(office: Office) -> None:
    with web(says("503 Busy")) as server:
        asks_for(server, office)
        for _ in range(5):
            downloads(server, office).run(office.now)
    assert len(server.asked) == 3
    assert events(office, REFUSED, FAILED) == [FAILED] * 3


def test_a_host_nobody_named_is_not_asked(office: Office) -> None:
    with web(says("200 OK", film())) as server:
        asks_for(server, office)
        rules = replace(trusted(server), hosts=(".other.example",))
        assert Downloads(office.fetching, office.store, rules, LOOPBACK).run(office.now) == 0
    assert server.asked == []
    assert events(office, REFUSED, FAILED, CAME) == []


def test_a_stopping_daemon_counts_no_try(office: Office) -> None:
    stops = False

    def answer(asked: Asked, connection: socket.socket) -> None:
        nonlocal stops
        stops = True
        connection.sendall(head("200 OK", Content_Length=10) + b"0123456789")

    with web(answer) as server:
        asks_for(server, office)
        tools = replace(LOOPBACK, stopping=lambda: stops)
        assert downloads(server, office, tools).run(office.now) == 0
    assert len(server.asked) == 1
    assert events(office, REFUSED, FAILED, CAME) == []
    assert office.waiting() == []


def test_by_default_nothing_may_be_downloaded() -> None:
    rules = policy(LinkSettings())
    assert rules.hosts == ()
    assert rules.schemes == ("https",)
    assert not rules.addresses.allows("127.0.0.1")
