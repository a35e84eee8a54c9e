"""The command line as CONTRACT.md promises it: commands, exit codes, one clear line for a mistake."""

import json
import re
from pathlib import Path

import pytest

from tests.fixtures.cases import ROOT
from tests.fixtures.desks import command, write_config
from tests.fixtures.mails import mail

COMMANDS = {
    "demo", "run", "once", "check", "import", "status", "show", "list", "decide", "undo", "merge", "split", "retry", "release", "digest", "export", "doctor", "verify",
    "replay", "backup", "purge", "move",
}  # fmt: skip


def test_every_command_of_the_contract_is_there_and_has_help() -> None:
    told = command("--help").stdout
    offered = set(re.findall(r"^  ([a-z]+) ", told, re.MULTILINE))
    assert offered >= COMMANDS


def test_every_command_the_readme_names_is_offered() -> None:
    table = (ROOT / "README.md").read_text(encoding="utf-8").partition("## Commands")[2].partition("Exit codes")[0]
    named = {word for cell in re.findall(r"`([a-z]+)[ `]", table) for word in [cell]} - {"run_daemon"}
    assert named <= COMMANDS
    assert COMMANDS - {"demo"} <= named


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("replay", "--tell"), "shoujian: --tell needs --apply"),
        (("check", "/no/such/file"), "shoujian: no such file or folder: /no/such/file"),
        (("status", "--config", "/no/such.toml"), "shoujian: cannot read /no/such.toml"),
        (("check", "README.md", "--received-at", "yesterday"), "shoujian: not an ISO 8601 date and time: yesterday"),
        (("run", "--role", "chief"), "shoujian: no such role: chief; there are all, poller, worker, sender"),
        (("run", "--role", "worker"), "shoujian: --role worker needs a database that processes share"),
        (("nonsense",), "No such command"),
        (("check",), "Missing argument"),
        (("purge", "--before", "then"), "shoujian: not an ISO 8601 date and time: then"),
    ],
)
def test_a_mistake_is_told_in_one_line_with_exit_code_2(arguments: tuple[str, ...], line: str) -> None:
    done = command(*arguments)
    assert done.returncode == 2
    assert line in done.stderr
    assert "Traceback" not in done.stderr


def test_a_daemon_without_a_password_says_how_to_give_it(tmp_path: Path) -> None:
    done = command("once", "--data", tmp_path)
    assert done.returncode == 2
    assert "SHOUJIAN_MAIL_PASSWORD" in done.stderr


def test_check_keeps_nothing_and_writes_one_object_a_message_in_order_of_arrival(tmp_path: Path) -> None:
    mails = tmp_path / "mails"
    mails.mkdir()
    (mails / "b.eml").write_bytes(
        mail("netease", subject="请问案例申报何时截止？", text="请问案例申报何时截止？", sender="q@163.com")
    )
    (mails / "a.eml").write_bytes(mail("qq", subject="昌乐县发改局+王明+13800000001", text="申报材料随后报送"))
    (mails / "c.eml").write_bytes((mails / "a.eml").read_bytes())
    done = command("check", mails, "--json", "--data", tmp_path / "data")
    assert done.returncode == 0
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(line["file"], line["kind"]) for line in lines] == [
        ("a.eml", "submission"),
        ("b.eml", "question"),
        ("c.eml", "duplicate"),
    ]
    assert lines[0]["message"]["received_at"] == "2023-08-01T09:00:00+08:00"
    assert lines[2]["reply"] is None
    assert not (tmp_path / "data").exists()


def test_received_at_decides_what_is_late(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(mail("qq", subject="昌乐县发改局+王明+13800000001"))
    done = command("check", tmp_path / "a.eml", "--json", "--received-at", "2023-08-31T00:00:00+08:00")
    assert json.loads(done.stdout)["decision"] == "rejected"


def test_a_folder_of_mails_can_be_the_mailbox(tmp_path: Path) -> None:
    drop = tmp_path / "drop"
    drop.mkdir()
    (drop / "a.eml").write_bytes(mail("qq", subject="昌乐县发改局+王明+13800000001"))
    config = write_config(
        tmp_path / "config.toml",
        mailbox=f'source = "folder"\naccount = "wfxyxh@126.com"\ndirectory = "{drop}"',
    )
    done = command("import", drop, "--config", config, "--data", tmp_path / "data")
    assert done.returncode == 0, done.stderr
    listed = command("list", "--config", config, "--data", tmp_path / "data").stdout
    assert "2023-W-0001" in listed
    assert command("verify", "--config", config, "--data", tmp_path / "data").returncode == 0


def test_replay_says_what_a_stricter_limit_would_change_and_changes_it_only_when_told(tmp_path: Path) -> None:
    raw = mail("qq", subject="昌乐县发改局+王明+13800000001")
    (tmp_path / "drop").mkdir()
    (tmp_path / "drop" / "a.eml").write_bytes(raw)
    data = ("--data", tmp_path / "data")
    command("import", tmp_path / "drop", *data)
    assert command("replay", *data).returncode == 0
    strict = tmp_path / "strict.toml"
    text = (ROOT / "config.toml").read_text(encoding="utf-8")
    strict.write_text(
        text.replace('missing_word_form = { severity = "error" }', 'missing_word_form = { severity = "fatal" }')
    )
    told = command("replay", "--config", strict, *data)
    assert (told.returncode, "1 would change" in told.stdout) == (1, True)
    assert "missing_word_form (fatal)" in told.stdout
    assert command("replay", "--config", strict, "--apply", *data).returncode == 0
    assert command("replay", "--config", strict, *data).returncode == 0
    assert "rejected" in command("show", "2023-W-0001", "--config", strict, *data).stdout


def test_staff_see_a_letter_decide_take_it_back_and_split_by_paths(tmp_path: Path) -> None:
    drop = tmp_path / "drop"
    drop.mkdir()
    (drop / "a.eml").write_bytes(mail("qq", subject="昌乐县发改局+王明+13800000001"))
    data = ("--data", tmp_path / "data")
    assert command("import", drop, *data).returncode == 0
    shown = command("decide", "2023-w-0001", "reject", "--note", "属广告", "--dry-run", *data).stdout
    assert shown.startswith("To: applicant@163.com\nSubject: Re: ")
    assert "情况说明：属广告" in shown
    assert "undo 2023-W-0001" in command("decide", "2023-W-0001", "reject", "--note", "属广告", *data).stdout
    assert "its letter is cancelled" in command("undo", "2023-W-0001", *data).stdout
    assert command("undo", "2023-W-0001", *data).returncode == 2
    refused = command("split", "2023-W-0001", "--files", "甲.docx", "乙.docx", *data)
    assert refused.returncode == 2
    assert "has no file 乙.docx, 甲.docx" in refused.stderr
    assert "cannot be merged with itself" in command("merge", "2023-W-0001", "2023-W-0001", *data).stderr
