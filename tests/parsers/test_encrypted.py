"""Office documents behind a password."""

import io
from pathlib import Path

import docx
import pytest
from msoffcrypto.format.ooxml import OOXMLFile

from domain.facts import FileFacts
from domain.kinds import Kind
from parsers.kinds.sniffing import sniff
from parsers.registry import ReadJob, read_file


def locked(password: str) -> bytes:
    document = docx.Document()
    document.add_paragraph("潍坊市信用典型案例")
    plain, out = io.BytesIO(), io.BytesIO()
    document.save(plain)
    OOXMLFile(io.BytesIO(plain.getvalue())).encrypt(password, out)
    return out.getvalue()


def read(folder: Path, content: bytes, *passwords: str) -> FileFacts:
    path = folder / "locked"
    path.write_bytes(content)
    assert sniff(path)[0] is Kind.OLE_ENCRYPTED
    return read_file(path, ReadJob(Kind.OLE_ENCRYPTED, folder, (), "", passwords))


def test_a_password_of_the_mail_opens_it(tmp_path: Path) -> None:
    facts = read(tmp_path, locked("密码2023"), "wrong", "密码2023")
    assert (facts.problem, facts.text, facts.parser) == (None, "潍坊市信用典型案例", "encrypted")


def test_a_file_only_marked_read_only_opens_by_itself(tmp_path: Path) -> None:
    assert read(tmp_path, locked("VelvetSweatshop")).text == "潍坊市信用典型案例"


@pytest.mark.parametrize("passwords", [(), ("wrong",), ("",)])
def test_without_its_password_it_is_told(tmp_path: Path, passwords: tuple[str, ...]) -> None:
    assert read(tmp_path, locked("secret"), *passwords).problem == "encrypted"


def test_a_damaged_one_is_corrupt(tmp_path: Path) -> None:
    content = locked("secret")
    facts = read(tmp_path, content[: len(content) // 2], "secret")
    assert facts.problem in ("corrupt", "crashed")
