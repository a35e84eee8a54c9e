"""A whole mail is read as its sender meant it (research/netease-mail.md §9, T24–T99)."""

import hashlib
import io
import os
import subprocess
import sys
import time
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from domain.kinds import Kind
from domain.mail import Mail, Part
from domain.notice import Limits
from parsers.mail import read_mail
from tests.fixtures.mails import CLIENTS, attach, lines64, mail, mixed, part, simple, word

CORPUS = Path(__file__).parents[3] / "shared" / "corpora" / "mail"
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
NAME = "潍坊市信用典型案例评选申报表（王喆）.pdf"


def read(raw: bytes, tmp_path: Path, limits: Limits | None = None) -> Mail:
    file = tmp_path / "raw.eml"
    file.write_bytes(raw)
    return read_mail(file, tmp_path / "out", limits or Limits())


def paths(read_one: Mail) -> list[str]:
    return [one.path for one in read_one.parts]


def only(read_one: Mail) -> Part:
    assert len(read_one.parts) == 1, paths(read_one)
    return read_one.parts[0]


def picture(width: int, height: int, *, noise: bool = False) -> bytes:
    image = (
        Image.frombytes("RGB", (width, height), os.urandom(width * height * 3))
        if noise
        else Image.new("RGB", (width, height))
    )
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


@pytest.mark.parametrize("client", CLIENTS)
def test_every_program_s_mail_is_read_whole(client: str, tmp_path: Path) -> None:
    raw = mail(
        client, subject="昌乐县信用办+王喆+13800000000", name="王 喆", sender="Wang@QQ.com", text="申报材料见附件，镕堃。",
        attach=[attach(NAME, PDF, "application/pdf")], replies_to=["<one@126.com>", "<two@126.com>"],
    )  # fmt: skip
    got = read(raw, tmp_path)
    assert (got.subject, got.text, got.quoted) == ("昌乐县信用办+王喆+13800000000", "申报材料见附件，镕堃。", "")
    assert (got.from_.name, got.from_.address) == ("王 喆", "Wang@qq.com")
    assert [one.address for one in got.to] == ["wfxyxh@126.com"]
    assert got.references == ("<one@126.com>", "<two@126.com>")
    assert got.in_reply_to == ("<two@126.com>",)
    assert got.sent_at == got.relayed_at == datetime(2023, 8, 1, 1, tzinfo=UTC)
    assert (got.exact, got.truncated, got.defects) == (True, False, ())
    one = only(got)
    assert (one.path, one.original_name, one.kind, one.media_type, one.size) == (
        NAME,
        NAME,
        Kind.PDF,
        "application/pdf",
        len(PDF),
    )
    assert (tmp_path / "out" / one.sha256).read_bytes() == PDF
    assert one.sha256 == hashlib.sha256(PDF).hexdigest()
    assert got.sha256 == hashlib.sha256(raw).hexdigest()


@pytest.mark.parametrize("client", ["netease", "qq", "foxmail", "outlook", "coremail"])
def test_of_text_and_html_the_words_are_taken_once(client: str, tmp_path: Path) -> None:
    got = read(mail(client, text="正文", html="<p>正文</p><p>网盘 https://pan.baidu.com/s/1abc</p>"), tmp_path)
    assert got.text == "正文"
    assert [link.provider for link in got.links] == ["baidu"]


def test_a_reading_is_the_same_every_time(tmp_path: Path) -> None:
    raw = mail("qq", attach=[attach(NAME, PDF)])
    assert read(raw, tmp_path) == read(raw, tmp_path)


def test_values_survive_json(tmp_path: Path) -> None:
    got = read(mail("foxmail", attach=[attach(NAME, PDF)]), tmp_path)
    assert Mail.model_validate_json(got.model_dump_json()) == got


# --- header ---------------------------------------------------------------------------------------------------------


def test_a_mail_without_anything_is_read(tmp_path: Path) -> None:
    got = read(b"\r\n", tmp_path)
    assert (got.subject, got.from_.address, got.message_id, got.sent_at, got.text) == ("", "", None, None, "")
    assert read(b"", tmp_path).size == 0


@pytest.mark.parametrize(
    ("line", "expected"), [("Return-Path: <>", ""), ("Return-Path: <A@B.cn>", "A@b.cn"), ("X: y", None)]
)
def test_the_null_path_is_told_from_none(line: str, expected: str | None, tmp_path: Path) -> None:
    assert read(simple(f"{line}\nFrom: a@b.cn"), tmp_path).return_path == expected


def test_an_empty_message_id_is_none(tmp_path: Path) -> None:
    assert read(simple("From: a@b.cn\nMessage-ID: \nSubject: t"), tmp_path).message_id is None


def test_headers_are_kept_by_name_as_sent(tmp_path: Path) -> None:
    got = read(simple(f"From: a@b.cn\nX-QQ-AUTO-REPLY: true\nX-Note: {word('注')}"), tmp_path)
    assert got.header("x-qq-auto-reply") == ("true",)
    assert ("X-Note", "注") in got.headers


def test_the_report_type_is_part_of_the_media_type(tmp_path: Path) -> None:
    raw = simple("From: a@b.cn", "--B--", 'Multipart/report; report-type=Delivery-Status; boundary="B"')
    assert read(raw, tmp_path).media_type == "multipart/report; delivery-status"


def test_a_header_cut_by_an_empty_line_is_put_together(tmp_path: Path) -> None:
    raw = b"Subject: first half\r\n\r\n second half\r\nFrom: a@b.cn\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\nbody\r\n"
    got = read(raw, tmp_path)
    assert (got.from_.address, got.text) == ("a@b.cn", "body")
    assert "an empty line inside the header" in got.defects


def test_a_recall_notice_is_told(tmp_path: Path) -> None:
    assert read(simple("From: a@qq.com\nSubject: 发信方已撤回邮件：申报材料"), tmp_path).recalled


# --- parts ----------------------------------------------------------------------------------------------------------


def test_a_nameless_part_is_named_by_its_content(tmp_path: Path) -> None:
    one = only(read(mixed(part("Content-Type: application/octet-stream", PDF)), tmp_path))
    assert (one.path, one.original_name, one.kind) == ("附件1.pdf", "", Kind.PDF)


def test_two_files_of_one_name_are_told_apart(tmp_path: Path) -> None:
    got = read(mail(attach=[attach("表.pdf", PDF), attach("表.pdf", PDF + b"2")]), tmp_path)
    assert paths(got) == ["表.pdf", "表 (2).pdf"]


def test_an_empty_file_is_a_part(tmp_path: Path) -> None:
    assert only(read(mail(attach=[attach("表.docx", b"")]), tmp_path)).kind is Kind.EMPTY


def test_inline_files_of_apple_are_materials(tmp_path: Path) -> None:
    one = only(read(mail("apple", attach=[attach("表.pdf", PDF)]), tmp_path))
    assert (one.inline, one.decoration) == (True, False)


PICTURES = [
    (picture(120, 40), True),
    (picture(1, 1), True),
    (picture(600, 120), True),
    (picture(1200, 1600, noise=True), False),
    (picture(800, 1100), False),
    (b"GIF89a broken", True),
]


@pytest.mark.parametrize(("data", "decoration"), PICTURES)
def test_a_photo_of_a_form_in_the_text_is_no_decoration(data: bytes, decoration: bool, tmp_path: Path) -> None:
    raw = mail(
        html='<p>见图</p><img src="cid:img1@x">', attach=[attach("image001.png", data, "image/png", cid="img1@x")]
    )
    one = only(read(raw, tmp_path))
    assert (one.inline, one.decoration) == (True, decoration)


def test_a_photo_pasted_into_the_markup_is_a_part(tmp_path: Path) -> None:
    data = picture(800, 1100, noise=True)
    html = f'<p>盖章页</p><img src="data:image/png;base64,{lines64(data)}"><p>谢谢</p>'
    got = read(mail(text="", html=html), tmp_path)
    assert got.text == "盖章页\n\n谢谢"
    one = only(got)
    assert (one.path, one.size, one.decoration) == ("附件1.png", len(data), False)


def test_an_attached_small_picture_is_a_material(tmp_path: Path) -> None:
    assert not only(read(mail(attach=[attach("章.png", picture(200, 200), "image/png")]), tmp_path)).decoration


def test_a_multipart_labelled_base64_is_opened(tmp_path: Path) -> None:
    raw = mixed(
        part(f'Content-Type: application/pdf; name="{word("表.pdf")}"', PDF),
        head="From: a@b.cn\nContent-Transfer-Encoding: base64",
    )
    assert only(read(raw, tmp_path)).path == "表.pdf"


def test_a_missing_closing_boundary_is_told_and_what_came_is_read(tmp_path: Path) -> None:
    raw = mixed(part("Content-Type: application/pdf; name=a.pdf", PDF), closed=False)
    got = read(raw, tmp_path)
    assert got.truncated
    assert only(got).kind is Kind.PDF
    assert not read(mixed(part("Content-Type: application/pdf; name=a.pdf", PDF)), tmp_path).truncated


def test_base64_that_breaks_off_is_told(tmp_path: Path) -> None:
    raw = b"From: a@b.cn\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0xLjQKJ"
    assert read(raw, tmp_path).truncated


def test_a_uuencoded_file_in_the_text_is_a_part(tmp_path: Path) -> None:
    body = "见下\nbegin 644 a.txt\n%aGVL;&\\\n`\nend\n".replace("%aGVL;&\\", "%:&5L;&\\")
    got = read(simple("From: a@b.cn", body), tmp_path)
    assert (got.text, only(got).path, only(got).size) == ("见下", "a.txt", 5)


def test_html_only_mail_with_its_own_charset_is_read(tmp_path: Path) -> None:
    html = '<html><head><meta charset="gbk"></head><body><p>申报材料，镕</p></body></html>'.encode("gb18030")
    assert read(simple("From: a@b.cn", html, "text/html"), tmp_path).text == "申报材料，镕"


# --- what is nested -------------------------------------------------------------------------------------------------

INNER = mail(
    "foxmail",
    subject="企业材料",
    text="网盘 https://pan.baidu.com/s/1inner 提取码: ab12",
    attach=[attach("表.pdf", PDF)],
)


def test_a_forwarded_message_is_opened_with_its_links(tmp_path: Path) -> None:
    raw = mixed(
        part("Content-Type: message/rfc822", INNER, encoded=False),
        part("Content-Type: application/pdf; name=b.pdf", PDF),
    )
    got = read(raw, tmp_path)
    assert paths(got) == ["附件1.eml", "附件1.eml/表.pdf", "b.pdf"]
    assert [(link.provider, link.code) for link in got.links] == [("baidu", "ab12")]
    assert "企业材料" not in got.text


@pytest.mark.parametrize(
    "fields",
    [f'Content-Type: application/octet-stream; name="{word("转.eml")}"', "Content-Type: message/rfc822; name=x.eml"],
)
def test_an_eml_is_opened_however_it_is_wrapped(fields: str, tmp_path: Path) -> None:
    got = read(mixed(part(fields, INNER)), tmp_path)
    assert len(got.parts) == 2
    assert got.parts[1].path.endswith(".eml/表.pdf")


def test_messages_in_messages_are_opened_to_the_limit(tmp_path: Path) -> None:
    raw = INNER
    for level in range(5):
        raw = mixed(part("Content-Type: message/rfc822; name=x.eml", raw, encoded=False), boundary=f"LEVEL{level}")
    assert len(read(raw, tmp_path).parts) == 6
    shallow = read(raw, tmp_path, Limits(max_depth=3))
    assert len(shallow.parts) == 4
    assert "messages are nested too deep" in shallow.defects


def test_an_outer_boundary_used_again_inside_loses_nothing(tmp_path: Path) -> None:
    inner = mixed(part("Content-Type: application/pdf; name=in.pdf", PDF))
    raw = mixed(
        part("Content-Type: message/rfc822", inner, encoded=False),
        part("Content-Type: application/pdf; name=out.pdf", PDF),
    )
    assert {"in.pdf", "out.pdf"} <= {one.filename for one in read(raw, tmp_path).parts}


def zipped(*files: tuple[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in files:
            archive.writestr(name, data)
    return buffer.getvalue()


def test_archives_are_opened_with_folders_and_what_is_in_them(tmp_path: Path) -> None:
    inner = zipped(("子/表.pdf", PDF))
    raw = mail(attach=[attach("材料.zip", zipped(("一/a.pdf", PDF), ("内.zip", inner), ("mail.eml", INNER)))])
    assert paths(read(raw, tmp_path)) == [
        "材料.zip", "材料.zip/一/a.pdf", "材料.zip/内.zip", "材料.zip/内.zip/子/表.pdf", "材料.zip/mail.eml", "材料.zip/mail.eml/表.pdf",
    ]  # fmt: skip


def test_a_password_given_in_the_text_opens_the_archive(tmp_path: Path) -> None:
    import py7zr

    buffer = io.BytesIO()
    with py7zr.SevenZipFile(buffer, "w", password="wf2023") as archive:
        archive.writestr(PDF, "表.pdf")
    locked = attach("材料.7z", buffer.getvalue())
    assert paths(read(mail(text="见附件，解压密码：wf2023", attach=[locked]), tmp_path)) == [
        "材料.7z",
        "材料.7z/表.pdf",
    ]
    shut = read(mail(text="见附件", attach=[locked]), tmp_path)
    assert [(problem.path, problem.problem) for problem in shut.archive_problems] == [("材料.7z", "encrypted")]


def test_archives_nested_too_deep_are_told(tmp_path: Path) -> None:
    data = zipped(("a.pdf", PDF))
    for _ in range(4):
        data = zipped(("x.zip", data))
    got = read(mail(attach=[attach("材料.zip", data)]), tmp_path)
    assert [problem.problem for problem in got.archive_problems] == ["bomb"]


def test_a_broken_archive_is_told_by_its_path(tmp_path: Path) -> None:
    got = read(mail(attach=[attach("材料.zip", zipped(("a.pdf", PDF * 50))[:300])]), tmp_path)
    assert [problem.path for problem in got.archive_problems] == ["材料.zip"]


def test_too_many_parts_are_left_out_and_told(tmp_path: Path) -> None:
    raw = mixed(*[part("Content-Type: text/plain; name=a.txt", b"x")] * 30)
    got = read(raw, tmp_path, Limits(max_parts=10))
    assert len(got.parts) == 9
    assert "parts beyond the limits were left out" in got.defects


# --- words and links ------------------------------------------------------------------------------------------------


def test_links_of_quoted_mail_do_not_count(tmp_path: Path) -> None:
    text = "补充：https://pan.baidu.com/s/1new\n\n------------------ 原始邮件 ------------------\n旧 https://pan.baidu.com/s/1old"
    got = read(mail("qq", subject="回复: 申报", text=text), tmp_path)
    assert [link.url for link in got.links] == ["https://pan.baidu.com/s/1new"]
    assert "1old" in got.quoted


def test_links_of_a_forwarded_text_do(tmp_path: Path) -> None:
    text = "请查收\n\n------------------ 原始邮件 ------------------\n企业：https://pan.baidu.com/s/1firm"
    got = read(mail("qq", subject="转发: 申报", text=text), tmp_path)
    assert [link.url for link in got.links] == ["https://pan.baidu.com/s/1firm"]
    assert got.text == "请查收"


# --- everything others found hard -----------------------------------------------------------------------------------


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of public test mails is not beside this checkout")
def test_no_mail_of_the_corpus_raises_or_takes_long(tmp_path: Path) -> None:
    for number, file in enumerate(sorted(one for one in CORPUS.rglob("*") if one.is_file())):
        begin = time.monotonic()
        got = read_mail(file, tmp_path / str(number), Limits())
        assert time.monotonic() - begin < 10, file
        assert all((tmp_path / str(number) / one.sha256).is_file() for one in got.parts), file
        assert len({one.path for one in got.parts}) == len(got.parts), file
        assert not any(".." in Path(one.path).parts or one.path.startswith("/") for one in got.parts), file


@settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None
)
@given(data=st.data())
def test_no_damage_to_a_mail_raises(data: st.DataObject, tmp_path: Path) -> None:
    raw = bytearray(mail(data.draw(st.sampled_from(CLIENTS)), html="<p>x</p>", attach=[attach("表.eml", INNER)]))
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at : at + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=20))
    read(bytes(raw), tmp_path)


def test_a_70_mb_mail_takes_less_than_300_mb(tmp_path: Path) -> None:
    file = tmp_path / "big.eml"
    block = lines64(os.urandom(57 * 1024)).encode()
    with file.open("wb") as out:
        out.write(
            mixed(
                part("Content-Type: video/mp4; name=v.mp4\nContent-Transfer-Encoding: base64", b"", encoded=False),
                closed=False,
            )
        )
        while out.tell() < 70_000_000:
            out.write(block)
        out.write(b"\r\n--BOUND--\r\n")
    script = (
        "import sys; from pathlib import Path; from domain.notice import Limits; from parsers.mail import read_mail\n"
        "mail = read_mail(Path(sys.argv[1]), Path(sys.argv[2]), Limits())\n"
        # ru_maxrss would begin with the peak of the process that started this one
        "peak = next(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM'))\n"
        "print(peak, mail.parts[0].size, mail.truncated)"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", script, str(file), str(tmp_path / "out")],
        capture_output=True,
        text=True,
        check=True,
        cwd=root,
    )
    peak, size, truncated = done.stdout.split()
    assert int(peak) < 300 * 1024  # KiB on Linux
    assert int(size) > 50_000_000
    assert truncated == "False"
