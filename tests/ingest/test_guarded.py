"""A link is downloaded from where the operator trusts, and no server leads the daemon anywhere else or keeps it for ever."""

import socket
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.addresses import PUBLIC, besides
from ingest.errors import NotKept
from ingest.guarded import LinkFailed, LinkRefused, Policy, Tools, checked, download
from tests.ingest.web import Asked, certificate, head, redirects, says, server_tls, web

FILM = bytes(range(256)) * 4000  # about a megabyte
LOOPBACK = Tools(resolve=lambda host, port: ["127.0.0.1"])


def policy(port: int, **more: object) -> Policy:
    """Return the policy of the tests: one host, plain http, the loopback's own address opened."""
    given = {"hosts": ("files.example",), "schemes": ("https", "http"), "ports": (port,), "silence_s": 2.0, **more}
    return Policy(**{"addresses": besides("127.0.0.1/32"), "seconds": 20.0, **given})  # type: ignore[arg-type]


def cut_at(*lengths: int, **headers: object) -> Callable[[Asked, socket.socket], None]:
    """Answer ranges truly, each answer cut after so many bytes; the last is whole."""
    left = list(lengths)

    def answer(asked: Asked, connection: socket.socket) -> None:
        rest = FILM[asked.first :]
        status = "206 Partial Content" if asked.first else "200 OK"
        told = dict(headers)
        if asked.first:
            told["Content_Range"] = f"bytes {asked.first}-{len(FILM) - 1}/{len(FILM)}"
        sent = rest[: left.pop(0)] if left else rest
        connection.sendall(head(status, Content_Length=len(rest), **told) + sent)

    return answer


def test_a_file_comes_whole(tmp_path: Path) -> None:
    with web(says("200 OK", FILM, Content_Type="text/plain")) as server:
        assert download(server.url("/a b/影.mp4?x=1&y=é"), tmp_path / "f", policy(server.port), LOOPBACK) == len(FILM)
    assert (tmp_path / "f").read_bytes() == FILM
    assert server.asked[0].target == "/a%20b/%E5%BD%B1.mp4?x=1&y=%C3%A9"


def test_nothing_of_ours_is_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    (tmp_path / ".netrc").write_text("machine files.example login a password b")
    monkeypatch.setenv("HOME", str(tmp_path))
    with web(redirects("/b"), says("200 OK", FILM, Set_Cookie="a=b")) as server:
        server.answers[0] = says("302 Found", Location="/b", Set_Cookie="session=1")
        download(server.url(), tmp_path / "f", policy(server.port), LOOPBACK)
    for asked in server.asked:
        assert set(asked.headers) == {"host", "user-agent", "accept", "accept-encoding", "connection"}


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://evil.example/f", "not in"),
        ("https://files.example.evil.example/f", "not in"),
        ("https://evilfiles.example/f", "not in"),
        ("https://files.example@evil.example/f", "user name"),
        ("https://user:pass@files.example/f", "user name"),
        ("http://files.example/f", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("ftp://files.example/f", "scheme"),
        ("gopher://files.example/f", "scheme"),
        ("https://files.example:22/f", "port 22"),
        ("https://127.0.0.1/f", "not in"),
        ("https://[::1]/f", "not in"),
        ("https://2130706433/f", "not in"),
        ("https://localhost/f", "not in"),
        ("https://files.example\\@evil.example/f", "not in|user name"),
        ("https://files.example:x/f", "not a URL"),
        ("https://[files.example/f", "not a URL"),
        ("//files.example/f", "scheme"),
        ("", "scheme"),
        ("https://ｆiles.example/f", "not in|not a URL"),
    ],
)
def test_urls_that_are_not_followed(url: str, reason: str) -> None:
    with pytest.raises(LinkRefused, match=reason):
        checked(url, Policy(hosts=("files.example",)))


@pytest.mark.parametrize(
    ("host", "allowed"),
    [("files.example", False), ("a.files.example", True), ("b.a.files.example", True), ("xfiles.example", False),
     (".files.example", False), ("a..files.example", False)],
)  # fmt: skip
def test_a_dot_allows_every_host_below(host: str, allowed: bool) -> None:
    def follow() -> None:
        checked(f"https://{host}/f", Policy(hosts=(".files.example",)))

    if allowed:
        follow()
    else:
        with pytest.raises(LinkRefused):
            follow()


def test_the_default_policy_goes_nowhere(tmp_path: Path) -> None:
    with pytest.raises(LinkRefused):
        download("https://files.example/f", tmp_path / "f", Policy())
    assert not (tmp_path / "f").exists()


@pytest.mark.parametrize(
    "addresses", [["127.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["::ffff:127.0.0.1"], ["169.254.169.254"]]
)
def test_a_name_with_any_address_that_is_not_public_is_not_connected_to(tmp_path: Path, addresses: list[str]) -> None:
    with web(says("200 OK", FILM)) as server:
        rule = policy(server.port, addresses=PUBLIC)
        with pytest.raises(LinkRefused, match="no public address"):
            download(server.url(), tmp_path / "f", rule, Tools(resolve=lambda host, port: addresses))
    assert server.asked == []


def test_a_name_is_resolved_once_and_no_second_answer_is_trusted(tmp_path: Path) -> None:
    answers = [["127.0.0.1"], ["127.0.0.2"]]

    def rebinding(host: str, port: int) -> list[str]:
        return answers.pop(0)

    with web(says("200 OK", FILM)) as server:
        download(server.url(), tmp_path / "f", policy(server.port), Tools(resolve=rebinding))
        assert answers == [["127.0.0.2"]]
        with pytest.raises(LinkRefused, match=r"127\.0\.0\.2"):  # looked at anew for a new connection
            download(server.url(), tmp_path / "g", policy(server.port), Tools(resolve=rebinding))
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    "to",
    [
        "http://169.254.169.254/latest/meta-data/", "http://127.0.0.1:{port}/secret", "http://localhost:{port}/secret",
        "http://other.example:{port}/f", "//other.example/f", "file:///etc/passwd", "FILE:///etc/passwd", "data:text/plain,x",
        "ftp://files.example/f", "http://files.example:22/f", "http://[::1]:{port}/", "http://u:p@files.example:{port}/",
        "http://[bad/f",
    ],
)  # fmt: skip
def test_redirects_that_are_not_followed(tmp_path: Path, to: str) -> None:
    with web(says("200 OK", b"secret")) as server:
        server.answers.insert(0, redirects(to.format(port=server.port)))
        with pytest.raises(LinkRefused):
            download(server.url(), tmp_path / "f", policy(server.port), LOOPBACK)
    assert len(server.asked) == 1
    assert not (tmp_path / "f").exists()


def test_a_redirect_from_https_to_http_is_not_followed() -> None:
    with pytest.raises(LinkRefused, match="scheme"):
        checked("http://files.example/f", Policy(hosts=("files.example",)))


def test_a_redirect_to_an_allowed_name_with_a_private_address_is_not_followed(tmp_path: Path) -> None:
    def resolve(host: str, port: int) -> list[str]:
        return ["127.0.0.1"] if host == "files.example" else ["10.0.0.1"]

    with web(says("200 OK", b"secret")) as server:
        server.answers.insert(0, redirects(server.url(host="cdn.example")))
        rule = policy(server.port, hosts=("files.example", "cdn.example"))
        with pytest.raises(LinkRefused, match=r"10\.0\.0\.1"):
            download(server.url(), tmp_path / "f", rule, Tools(resolve=resolve))


@pytest.mark.parametrize("status", ["301 M", "302 F", "303 S", "307 T", "308 P"])
def test_redirects_within_the_rules_are_followed(tmp_path: Path, status: str) -> None:
    with web(redirects("/b?c=1", status), redirects("../d", status), says("200 OK", FILM)) as server:
        assert download(server.url("/x/a"), tmp_path / "f", policy(server.port), LOOPBACK) == len(FILM)
    assert [asked.target for asked in server.asked] == ["/x/a", "/b?c=1", "/d"]


def test_redirects_without_end_are_not_followed(tmp_path: Path) -> None:
    with web(redirects("/again")) as server, pytest.raises(LinkRefused, match="more than 5 redirects"):
        download(server.url(), tmp_path / "f", policy(server.port), LOOPBACK)
    assert len(server.asked) == 6


def _lying(asked: Asked, connection: socket.socket) -> None:
    connection.sendall(head("200 OK", Transfer_Encoding="chunked"))
    for _ in range(1000):
        connection.sendall(b"1000\r\n" + b"x" * 4096 + b"\r\n")


@pytest.mark.parametrize("answer", [says("200 OK", FILM), _lying], ids=["told", "untold"])
def test_a_file_over_the_limit_is_not_kept(tmp_path: Path, answer: Callable[[Asked, socket.socket], None]) -> None:
    with web(answer) as server, pytest.raises(LinkRefused, match="allowed"):
        download(server.url(), tmp_path / "f", policy(server.port, max_bytes=100_000), LOOPBACK)
    assert not (tmp_path / "f").exists()


def test_a_file_in_chunks_comes_whole(tmp_path: Path) -> None:
    def answer(asked: Asked, connection: socket.socket) -> None:
        connection.sendall(head("200 OK", Transfer_Encoding="chunked"))
        connection.sendall(b"4\r\nfilm\r\n5\r\n next\r\n0\r\n\r\n")

    with web(answer) as server:
        download(server.url(), tmp_path / "f", policy(server.port), LOOPBACK)
    assert (tmp_path / "f").read_bytes() == b"film next"


def _drip_body(asked: Asked, connection: socket.socket) -> None:
    connection.sendall(head("200 OK", Content_Length=1000))
    for _ in range(1000):
        connection.sendall(b"x")
        time.sleep(0.1)


def _drip_head(asked: Asked, connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
    for _ in range(1000):
        connection.sendall(b"x")
        time.sleep(0.1)


def _silent(asked: Asked, connection: socket.socket) -> None:
    time.sleep(4)


@pytest.mark.parametrize("answer", [_drip_body, _drip_head, _silent])
def test_a_server_that_drips_or_is_silent_is_left_at_the_deadline(
    tmp_path: Path, answer: Callable[[Asked, socket.socket], None]
) -> None:
    started = time.monotonic()
    with web(answer) as server:
        with pytest.raises(LinkFailed, match="time allowed"):
            download(server.url(), tmp_path / "f", policy(server.port, seconds=1.0), LOOPBACK)
        assert time.monotonic() - started < 3.0
    assert not (tmp_path / "f").exists()


def test_what_was_cut_is_gone_on_with(tmp_path: Path) -> None:
    with web(cut_at(300_000, 1, 200_000, ETag='"v1"')) as server:
        download(server.url(), tmp_path / "f", policy(server.port), LOOPBACK)
    assert (tmp_path / "f").read_bytes() == FILM
    ranges = [(asked.headers.get("range"), asked.headers.get("if-range")) for asked in server.asked]
    assert ranges == [(None, None), *((f"bytes={at}-", '"v1"') for at in (300_000, 300_001, 500_001))]


@pytest.mark.parametrize("headers", [{}, {"ETag": 'W/"weak"'}])
def test_without_a_strong_validator_a_cut_file_begins_anew(tmp_path: Path, headers: dict[str, str]) -> None:
    with web(cut_at(300_000, **headers)) as server:
        download(server.url(), tmp_path / "f", policy(server.port), LOOPBACK)
    assert (tmp_path / "f").read_bytes() == FILM
    assert [asked.first for asked in server.asked] == [0, 0]


def test_a_file_that_changed_meanwhile_begins_anew(tmp_path: Path) -> None:
    other = b"another film" * 1000
    with web(cut_at(300_000, ETag='"v1"'), says("200 OK", other, ETag='"v2"')) as server:
        download(server.url(), tmp_path / "f", policy(server.port), LOOPBACK)
    assert (tmp_path / "f").read_bytes() == other


@pytest.mark.parametrize("content_range", ["bytes 0-9/1024000", "bytes 300000-1023999/5", "nonsense", ""])
def test_another_part_than_was_asked_for_is_not_joined(tmp_path: Path, content_range: str) -> None:
    wrong = says("206 Partial Content", b"y" * 10, Content_Range=content_range)
    with web(cut_at(300_000, ETag='"v1"'), wrong) as server, pytest.raises(LinkFailed, match="another part"):
        download(server.url(), tmp_path / "f", policy(server.port), LOOPBACK)


def test_a_connection_that_is_always_cut_is_given_up(tmp_path: Path) -> None:
    with web(cut_at(*[1000] * 20, ETag='"v1"')) as server, pytest.raises(LinkFailed, match="cut 6 times"):
        download(server.url(), tmp_path / "f", policy(server.port), LOOPBACK)
    assert not (tmp_path / "f").exists()


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (says("404 Not Found"), LinkRefused),
        (says("403 Forbidden"), LinkRefused),
        (says("206 Partial Content", b"x"), LinkRefused),
        (says("503 Busy"), LinkFailed),
        (says("429 Too Many"), LinkFailed),
        (says("200 OK", b"\x1f\x8b", Content_Encoding="gzip"), LinkRefused),
        (lambda asked, connection: connection.sendall(head("200 OK") + b"no length"), LinkFailed),
        (lambda asked, connection: connection.sendall(b"SSH-2.0-OpenSSH\r\n"), LinkFailed),
        (lambda asked, connection: None, LinkFailed),
    ],
)
def test_answers_that_are_no_file(
    tmp_path: Path, answer: Callable[[Asked, socket.socket], None], error: type[Exception]
) -> None:
    with web(answer) as server, pytest.raises(error):
        download(server.url(), tmp_path / "f", policy(server.port), LOOPBACK)
    assert not (tmp_path / "f").exists()


def test_a_name_without_an_address_may_have_one_later(tmp_path: Path) -> None:
    with pytest.raises(LinkFailed):
        download("https://files.example/", tmp_path / "f", policy(1), Tools(resolve=lambda host, port: []))


def test_a_stopping_daemon_stops_the_download(tmp_path: Path) -> None:
    with web(says("200 OK", FILM)) as server, pytest.raises(LinkFailed, match="stopping"):
        download(server.url(), tmp_path / "f", policy(server.port), replace(LOOPBACK, stopping=lambda: True))


def test_a_disk_that_is_full_is_no_fault_of_the_link() -> None:
    with web(says("200 OK", FILM)) as server, pytest.raises((NotKept, OSError)):
        download(server.url(), Path("/proc/none/f"), policy(server.port), LOOPBACK)


@pytest.mark.parametrize(("named", "comes"), [("files.example", True), ("other.example", False)])
def test_over_tls_the_server_proves_its_name(tmp_path: Path, named: str, comes: bool) -> None:
    proof = certificate(named, tmp_path)
    with web(says("200 OK", FILM), tls=server_tls(proof)) as server:
        rule, tools = policy(server.port, cuts=0), replace(LOOPBACK, ca_file=proof)
        if comes:
            assert download(server.url(), tmp_path / "f", rule, tools) == len(FILM)
            return
        with pytest.raises(LinkFailed):
            download(server.url(), tmp_path / "f", rule, tools)
    assert server.asked == []


def test_a_server_that_drips_over_tls_is_left_at_the_deadline(tmp_path: Path) -> None:
    proof, started = certificate("files.example", tmp_path), time.monotonic()
    with web(_drip_head, tls=server_tls(proof)) as server:
        rule, tools = policy(server.port, seconds=1.0), replace(LOOPBACK, ca_file=proof)
        with pytest.raises(LinkFailed, match="time allowed"):
            download(server.url(), tmp_path / "f", rule, tools)
        assert time.monotonic() - started < 4.0


def test_a_tls_handshake_that_never_comes_is_left_at_the_deadline(tmp_path: Path) -> None:
    started = time.monotonic()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(LinkFailed):
            download(
                f"https://files.example:{port}/f", tmp_path / "f", policy(port, seconds=1.0, silence_s=9), LOOPBACK
            )
    assert time.monotonic() - started < 3.0
