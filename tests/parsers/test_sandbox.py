"""The sandbox: a hostile file harms itself only, and workers end with their parent."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from domain.facts import FileFacts
from domain.kinds import Kind
from domain.notice import Limits
from parsers.confinement.errors import Spoiled
from parsers.sandbox import ReadFailed, Sandbox
from tests.fixtures import hostile_parsers
from tests.fixtures.make_archives import zip_of

SECONDS = 6.0
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    os.environ["SHOUJIAN_MAIL_PASSWORD"] = "hunter2"
    with Sandbox(Limits(parser_seconds=SECONDS, mail_seconds=SECONDS, archive_bytes=32 << 20), workers=2) as sandbox:
        yield sandbox
    del os.environ["SHOUJIAN_MAIL_PASSWORD"]


def harm(sandbox: Sandbox, folder: Path, what: str) -> FileFacts:
    out = folder / "out"
    out.mkdir(exist_ok=True)
    path = folder / f"{what}.bin"
    path.write_text(what)
    return sandbox.read_file(path, hostile_parsers.job(out))


@pytest.mark.parametrize(
    ("what", "problem"),
    [
        ("allocate", "memory"),
        ("allocate_in_pieces", "memory"),
        ("allocate_in_c", "memory"),
        ("crash", "crashed"),
        ("abort", "crashed"),
        ("leave", "crashed"),
        ("raise_value_error", "corrupt"),
        ("raise_type_error", "crashed"),
    ],
)
def test_a_hostile_file_gets_its_problem_and_the_next_file_is_read(
    sandbox: Sandbox, tmp_path: Path, what: str, problem: str
) -> None:
    facts = harm(sandbox, tmp_path, what)
    assert (facts.problem, facts.parser, facts.version) == (problem, "hostile", 7)
    assert harm(sandbox, tmp_path, "hello").text == "hello"


@pytest.mark.parametrize("what", ["hang", "hang_in_c"])
def test_a_file_that_never_ends_is_ended(tmp_path: Path, what: str) -> None:
    with Sandbox(Limits(parser_seconds=1), workers=1) as sandbox:
        started = time.monotonic()
        assert harm(sandbox, tmp_path, what).problem == "timeout"
        assert time.monotonic() - started < 6
        assert harm(sandbox, tmp_path, "hello").text == "hello"


def test_detail_says_where_but_quotes_nothing_of_the_file(sandbox: Sandbox, tmp_path: Path) -> None:
    detail = harm(sandbox, tmp_path, "raise_value_error").detail
    assert detail.startswith("ValueError at hostile_parsers.py:")
    assert "138" not in detail


def test_a_full_disk_is_not_the_applicants_fault(sandbox: Sandbox, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No space left"):
        harm(sandbox, tmp_path, "fill_disk")


def test_a_missing_blob_is_not_the_applicants_fault(sandbox: Sandbox, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        sandbox.read_file(tmp_path / "gone", hostile_parsers.job(tmp_path))


def test_workers_print_nothing(sandbox: Sandbox, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert harm(sandbox, tmp_path, "say_something").text == "said"
    captured = capfd.readouterr()
    assert "138" not in captured.out + captured.err


def test_workers_do_not_know_the_mail_password(sandbox: Sandbox, tmp_path: Path) -> None:
    assert harm(sandbox, tmp_path, "tell_secrets").text == "none"


def test_workers_have_no_network_where_the_kernel_grants_it(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_force = sandbox.confinement()
    if "no network" not in in_force and "TCP" not in in_force:
        pytest.skip(f"this kernel or container cuts no network: {in_force}")
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setenv("PORT", str(server.getsockname()[1]))
        with Sandbox(Limits(), workers=1) as fresh:
            assert harm(fresh, tmp_path, "dial").text != "connected"


def test_writing_is_kept_to_the_places_named(tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory(
        dir="/var/tmp"
    ) as folder:  # not below the temporary directory, which is always open
        outside = Path(folder)
        _writes_only_to_out(tmp_path, outside, outside / "out")


def _writes_only_to_out(tmp_path: Path, outside: Path, out: Path) -> None:
    out.mkdir()
    with Sandbox(Limits(), workers=1, writable=(out,)) as sandbox:
        if "writing" not in sandbox.confinement():
            pytest.skip("this kernel has no Landlock")
        beside, inside = tmp_path / "beside", tmp_path / "inside"
        beside.write_text("write_beside")
        inside.write_text("write_out")
        assert sandbox.read_file(beside, hostile_parsers.job(out)).text == "PermissionError"
        assert sandbox.read_file(inside, hostile_parsers.job(out)).text == "written"
    assert not (outside / "beside").exists()


def test_a_file_may_not_write_without_bound(sandbox: Sandbox, tmp_path: Path) -> None:
    assert harm(sandbox, tmp_path, "write_much").problem == "corrupt"
    assert (tmp_path / "out" / "much").stat().st_size == 32 << 20


def test_a_worker_stays_warm(tmp_path: Path) -> None:
    with Sandbox(Limits(), workers=1) as sandbox:
        assert harm(sandbox, tmp_path, "process_id").text == harm(sandbox, tmp_path, "process_id").text


@pytest.mark.parametrize("spoiled", [1, 2])
def test_a_worker_whose_readers_do_not_load_is_replaced_and_the_file_not_blamed(tmp_path: Path, spoiled: int) -> None:
    path = tmp_path / "a.txt"
    path.write_text("rest")
    for number in range(spoiled):
        (tmp_path / f"spoil{number}").touch()
    job = hostile_parsers.SpoilingJob(Kind.TEXT, tmp_path, (), "")
    with Sandbox(Limits(), workers=1) as sandbox:
        if spoiled == 2:
            with pytest.raises(Spoiled):
                sandbox.read_file(path, job)
        assert sandbox.read_file(path, job).text == "rest"


def test_workers_are_let_go_when_there_is_nothing_to_read_and_come_back(tmp_path: Path) -> None:
    with Sandbox(Limits(), workers=1) as sandbox:
        assert sandbox.rest(0) is False  # nobody has worked yet
        first = int(harm(sandbox, tmp_path, "process_id").text)
        assert sandbox.rest(3600) is False
        assert sandbox.rest(0) is True
        ends = time.monotonic() + 30
        while Path(f"/proc/{first}").exists():
            assert time.monotonic() < ends
            time.sleep(0.05)
        assert sandbox.rest(0) is False
        assert int(harm(sandbox, tmp_path, "process_id").text) != first


def test_files_are_read_side_by_side_and_told_in_order(sandbox: Sandbox, tmp_path: Path) -> None:
    paths = [tmp_path / str(number) for number in range(6)]
    for number, path in enumerate(paths):
        path.write_text("rest" if number % 2 else f"file {number}")
    sandbox.confinement()
    started = time.monotonic()
    facts = sandbox.read_files([(path, hostile_parsers.job(tmp_path)) for path in paths])
    assert [fact.text for fact in facts] == ["file 0", "rested", "file 2", "rested", "file 4", "rested"]
    assert time.monotonic() - started < 1.45


def test_files_of_one_mail_share_its_time(tmp_path: Path) -> None:
    path = tmp_path / "rest"
    path.write_text("rest")
    with Sandbox(Limits(mail_seconds=0.1), workers=1) as sandbox:
        facts = sandbox.read_files([(path, hostile_parsers.job(tmp_path))] * 12)
    assert [fact.problem for fact in facts] == [None] * 8 + ["timeout"] * 4


def test_a_mail_that_takes_too_long_is_told(sandbox: Sandbox) -> None:
    with pytest.raises(ReadFailed) as failure:
        sandbox.run(time.sleep, 60, seconds=0.5)
    assert failure.value.problem == "timeout"


def test_a_mail_comes_back_whole_with_what_its_archive_held(sandbox: Sandbox, tmp_path: Path) -> None:
    message = EmailMessage()
    message["From"], message["Subject"] = "a@b.cn", "昌乐县朱镕喆+8090748"
    message.set_content("请查收")
    packed = zip_of({"申报表.txt".encode("gbk"): "联系人".encode("gbk")})
    message.add_attachment(packed, maintype="application", subtype="zip", filename="材料.zip")
    raw, out = tmp_path / "raw.eml", tmp_path / "out"
    raw.write_bytes(message.as_bytes())
    mail = sandbox.read_mail(raw, out)
    assert mail.subject == "昌乐县朱镕喆+8090748"
    assert [part.path for part in mail.parts] == ["材料.zip", "材料.zip/申报表.txt"]
    assert (out / mail.parts[1].sha256).read_bytes().decode("gbk") == "联系人"


def test_workers_are_replaced_before_they_swell(tmp_path: Path) -> None:
    path = tmp_path / "who"
    path.write_text("process_id")
    with Sandbox(Limits(), workers=1) as sandbox:
        facts = sandbox.read_files([(path, hostile_parsers.job(tmp_path))] * 230)
    assert len({fact.text for fact in facts}) == 3
    assert not any(fact.problem for fact in facts)


def test_an_idle_worker_that_dies_costs_nothing(tmp_path: Path) -> None:
    with Sandbox(Limits(), workers=1) as sandbox:
        worker = int(harm(sandbox, tmp_path, "process_id").text)
        os.kill(worker, signal.SIGKILL)
        time.sleep(0.5)
        assert harm(sandbox, tmp_path, "hello").text == "hello"


_DAEMON = """
import sys, time
from pathlib import Path
from domain.notice import Limits
from parsers.sandbox import Sandbox
from tests.fixtures import hostile_parsers
from tests.fixtures.make_archives import zip_of

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    with Sandbox(Limits(), workers=2) as sandbox:
        (folder / "who").write_text("process_id")
        print(sandbox.read_file(folder / "who", hostile_parsers.job(folder)).text, flush=True)
        (folder / "hang").write_text("hang")
        sandbox.read_files([(folder / "hang", hostile_parsers.job(folder))] * 2)
"""


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_no_worker_outlives_the_daemon(tmp_path: Path, how: signal.Signals) -> None:
    script = tmp_path / "daemon_script.py"
    script.write_text(_DAEMON)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(script), str(tmp_path)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=environment, start_new_session=True
    ) as daemon:
        assert daemon.stdout is not None
        worker = int(daemon.stdout.readline())
        assert _alive(worker)
        time.sleep(0.3)
        daemon.send_signal(how)
        daemon.wait(10)
    deadline = time.monotonic() + 8
    while _session(daemon.pid) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert _session(daemon.pid) == []


def _alive(process: int) -> bool:
    return Path(f"/proc/{process}").exists()


def _session(leader: int) -> list[int]:
    """Return the processes still running in a session."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == leader and fields[0] != "Z":
            found.append(int(stat.parent.name))
    return found
