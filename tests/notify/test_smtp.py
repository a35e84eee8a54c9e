"""T17–T23: what NetEase answers, and what is then true. The server is real; only its answers are scripted."""

import ssl
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest

from domain.records import Letter
from domain.security import Security
from notify.answers import Verdict, judge, recall
from notify.letters import Draft, Enclosure, seal
from notify.smtp import SmtpAccess, SmtpTransport
from notify.thread import Thread
from tests.fixtures import smtp as faults
from tests.fixtures.smtp import Fault, SmtpServer
from tests.notify.makers import DESK, POST


def letter(number: int = 1, recipient: str = "a@changle.example", ballast: int = 0) -> Letter:
    enclosures = (Enclosure(name="a.xlsx", data=b"x" * ballast),) if ballast else ()
    draft = Draft(
        kind="receipt", key=f"k{number}", subject=f"Re: {number}", text="您好\n", html="", enclosures=enclosures
    )
    return seal(draft, Thread.to(recipient), POST)


def access(server: SmtpServer, security: Security = Security.NONE, password: str | None = None) -> SmtpAccess:
    return SmtpAccess(
        host="127.0.0.1", port=server.port, security=security, user=DESK, sender=DESK,
        password=password or server.password, timeout_s=5,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("fault", "verdict", "wait_s", "whole_account"),
    [
        pytest.param(faults.LOOKS_LIKE_SPAM_NOW, Verdict.RETRY, 120, False, id="T17 451 DT:SPM"),
        pytest.param(faults.SPAM, Verdict.RETRY, 600, False, id="T18 554 DT:SPM"),
        pytest.param(faults.TOO_MANY_IN_A_QUARTER, Verdict.RETRY, 900, True, id="T19 451 MI:SFQ"),
        pytest.param(faults.DAY_IS_FULL, Verdict.RETRY, 0, True, id="T20 554 MI:STC"),
        pytest.param(faults.RECIPIENTS_FULL, Verdict.RETRY, 0, True, id="550 RP:TRC"),
        pytest.param(faults.WRONG_CODE, Verdict.ALARM, 900, True, id="T21 535"),
        pytest.param(faults.TOO_MANY_LOGINS, Verdict.ALARM, 1800, True, id="535 too many times"),
        pytest.param(faults.NOT_OUR_ADDRESS, Verdict.ALARM, 0, False, id="T23 553"),
        pytest.param(faults.ENVELOPE_DIFFERS, Verdict.ALARM, 0, False, id="554 DT:SUM"),
        pytest.param(faults.BLACKLISTED, Verdict.ALARM, 3600, True, id="554 HL:IPB"),
        pytest.param(faults.NOT_TODAY, Verdict.ALARM, 900, True, id="554 at the door"),
        pytest.param(faults.BURSTS, Verdict.RETRY, 900, True, id="421 HL:IFC"),
        pytest.param(faults.TOO_MANY_PER_SESSION, Verdict.RETRY, 120, True, id="450 MI:DMC"),
        pytest.param(faults.NO_SUCH_USER, Verdict.HOLD, 0, False, id="550 no such user"),
        pytest.param(faults.OVER_QUOTA, Verdict.HOLD, 0, False, id="552"),
        pytest.param(Fault("data", "452 no space"), Verdict.RETRY, 120, False, id="452"),
    ],
)
def test_what_a_refusal_means(fault: Fault, verdict: Verdict, wait_s: float, whole_account: bool) -> None:
    with SmtpServer([fault]) as server, SmtpTransport(access(server)) as transport:
        end = transport.deliver(letter())
        assert (end.verdict, end.wait_s, end.whole_account) == (verdict, wait_s, whole_account)
        assert end.line == fault.says
        assert server.received == []
        assert (
            transport.deliver(letter()).verdict is Verdict.SENT
        )  # a refusal leaves nothing behind that hinders the next


def test_acceptance_keeps_the_servers_line_as_proof_and_the_bytes_arrive_unchanged() -> None:
    with SmtpServer() as server, SmtpTransport(access(server)) as transport:
        end = transport.deliver(letter())
    assert end.verdict is Verdict.SENT
    assert end.line == "250 Mail OK queued as smtp11,D8CowAB--.43886S1 1690852353"
    (got,) = server.received
    assert got.raw == letter().raw
    assert (got.sender, got.recipients) == (DESK, ("a@changle.example",))


def test_lines_that_begin_with_a_dot_arrive_whole() -> None:
    dotted = letter().model_copy(update={"raw": b"Subject: x\r\n\r\n.\r\n..\r\n.a\nlast"})
    with SmtpServer() as server, SmtpTransport(access(server)) as transport:
        assert transport.deliver(dotted).verdict is Verdict.SENT
    assert server.received[0].raw == b"Subject: x\r\n\r\n.\r\n..\r\n.a\r\nlast\r\n"


def test_a_line_cut_before_the_final_dot_was_surely_not_accepted() -> None:
    with SmtpServer([faults.CUT_BEFORE_DOT]) as server, SmtpTransport(access(server)) as transport:
        end = transport.deliver(letter(ballast=20_000_000))
    assert end.verdict is Verdict.RETRY
    assert "before the final dot" in end.text
    assert server.received == []


@pytest.mark.parametrize("fault", [faults.CUT_AFTER_DOT_KEPT, faults.CUT_AFTER_DOT_LOST])
def test_t22_a_line_cut_after_the_final_dot_leaves_it_unknown(fault: Fault) -> None:
    with SmtpServer([fault]) as server, SmtpTransport(access(server)) as transport:
        assert transport.deliver(letter()).verdict is Verdict.UNKNOWN
        assert len(server.received) == fault.keeps


def test_one_session_carries_a_batch_and_at_most_ten_mails() -> None:
    with SmtpServer() as server, SmtpTransport(access(server)) as transport:
        for number in range(23):
            assert transport.deliver(letter(number)).verdict is Verdict.SENT
        assert (server.book.sessions, server.book.logins) == (3, 3)


def test_a_refused_recipient_costs_no_new_login() -> None:
    with SmtpServer([faults.NO_SUCH_USER]) as server, SmtpTransport(access(server)) as transport:
        transport.deliver(letter())
        transport.deliver(letter())
        assert server.book.logins == 1


def test_a_wrong_password_is_an_alarm() -> None:
    with SmtpServer() as server, SmtpTransport(access(server, password="wrong")) as transport:
        end = transport.deliver(letter())
        assert (end.verdict, end.code) == (Verdict.ALARM, 535)
        assert server.book.logins == 1  # refused logins are counted: one mechanism, not all in turn


def test_the_doctor_learns_whether_the_login_is_taken_and_sends_nothing() -> None:
    with SmtpServer([faults.WRONG_CODE]) as server, SmtpTransport(access(server)) as transport:
        with pytest.raises(OSError, match="535"):
            transport.greet()
        assert "accepted us, offers" in transport.greet()
        assert (server.book.sessions, server.received) == (2, [])


def test_a_server_that_is_not_there_is_tried_again() -> None:
    with SmtpServer() as server:
        gone = access(server)
    end = SmtpTransport(gone).deliver(letter())
    assert (end.verdict, end.whole_account) == (Verdict.RETRY, True)
    assert "cannot reach" in end.text


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("tls")
    key, cert = folder / "key.pem", folder / "cert.pem"
    request = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"]
    names = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(cert)]
    subprocess.run([*request, *names], check=True, capture_output=True)
    return cert, key


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
def test_letters_go_over_tls(security: Security, certificate: tuple[Path, Path]) -> None:
    cert, key = certificate
    served, trusting = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH), ssl.create_default_context(cafile=str(cert))
    served.load_cert_chain(cert, key)
    with SmtpServer(tls=served, starttls=security is Security.STARTTLS) as server:
        with SmtpTransport(access(server, security), trusting) as transport:
            assert transport.deliver(letter()).verdict is Verdict.SENT
        end = SmtpTransport(access(server, security)).deliver(letter())  # a certificate nobody vouches for
    assert end.verdict is Verdict.RETRY
    assert "CERTIFICATE_VERIFY_FAILED" in end.text
    assert len(server.received) == 1


def test_starttls_that_is_not_offered_sends_no_password() -> None:
    with SmtpServer() as server:
        end = SmtpTransport(access(server, Security.STARTTLS)).deliver(letter())
        assert end.verdict is Verdict.RETRY
        assert server.book.logins == 0


def test_no_password_goes_over_the_open_net() -> None:
    with pytest.raises(ValueError, match="unencrypted"):
        SmtpTransport(SmtpAccess(host="smtp.126.com", port=25, security=Security.NONE, sender=DESK))


def test_a_kept_line_is_understood_again() -> None:
    end = judge(451, "MI:SFQ 126 smtp11")
    assert recall(end.line) == end
    assert recall("connection lost") is None


def test_five_hundreds_of_unknown_meaning_are_for_a_person_and_four_hundreds_wait() -> None:
    assert judge(571, "never heard of").verdict is Verdict.HOLD
    assert judge(499, "never heard of").wait_s == timedelta(minutes=2).total_seconds()
