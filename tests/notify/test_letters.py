from email.header import decode_header, make_header
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.mail import Address, Mail
from domain.records import Letter
from notify.letters import Draft, Enclosure, PostOffice, seal
from notify.thread import SUBJECT_LIMIT, Thread, bare_subject, reply_subject
from tests.notify.makers import DESK, POST, mail

DRAFT = Draft(
    kind="receipt",
    key="receipt:1",
    subject="Re: 申报【受理编号 2023-W-0001】需补正",
    text="您好\n.点\n",
    html="<p>您好</p>",
)


def written(message: Mail, draft: Draft = DRAFT) -> Letter:
    thread = Thread.of(message, DESK)
    assert thread is not None
    return seal(draft, thread, POST)


def read(letter: Letter) -> EmailMessage:
    parsed = BytesParser(policy=default).parsebytes(letter.raw)
    assert isinstance(parsed, EmailMessage)
    return parsed


def raw_headers(letter: Letter) -> dict[str, str]:
    head = letter.raw.partition(b"\r\n\r\n")[0].decode("ascii")
    return dict(line.split(": ", 1) for line in head.replace("\r\n ", " ").split("\r\n"))


def test_a_reply_carries_what_loop_guards_and_threads_need() -> None:
    letter = written(mail(references=("<first@x>", "<second@x>")))
    headers = raw_headers(letter)
    assert headers["To"] == "=?utf-8?b?6YOR5Lmd?= <zhengjiu@changle.example>"
    assert headers["Auto-Submitted"] == "auto-replied"
    assert headers["X-Auto-Response-Suppress"] == "All"
    assert headers["In-Reply-To"] == "<abc.123@changle.example>"
    assert headers["References"] == "<first@x> <second@x> <abc.123@changle.example>"
    assert headers["Message-ID"] == letter.message_id
    assert headers["Message-ID"].endswith("@126.com>")
    assert headers["X-Shoujian-Id"] == letter.message_id.strip("<>")
    assert headers["Date"] == "Tue, 01 Aug 2023 09:20:00 +0800"
    assert "Precedence" not in headers


def test_qq_takes_the_sender_an_encoded_name_then_a_space_then_the_bare_address() -> None:
    name = raw_headers(written(mail()))["From"]
    assert name.startswith("=?utf-8?b?")
    assert name.endswith(f"?= <{DESK}>")
    assert str(make_header(decode_header(name.removesuffix(f" <{DESK}>")))) == POST.name


def test_bodies_are_base64_and_lines_are_short_and_end_in_crlf() -> None:
    letter = written(mail())
    parts = list(read(letter).walk())
    assert [part.get_content_type() for part in parts] == ["multipart/alternative", "text/plain", "text/html"]
    assert {part["Content-Transfer-Encoding"] for part in parts[1:]} == {"base64"}
    assert read(letter).get_body(("plain",)).get_content() == "您好\r\n.点\r\n"  # type: ignore[union-attr]  # it has one
    assert letter.raw.isascii()
    assert all(len(line) <= 998 for line in letter.raw.split(b"\r\n"))
    assert b"\n" not in letter.raw.replace(b"\r\n", b"")


def test_the_same_letter_is_the_same_bytes() -> None:
    assert written(mail()).raw == written(mail()).raw


def test_another_moment_gives_another_message_id() -> None:
    later = POST.model_copy(update={"now": POST.now.replace(hour=10)})
    assert POST.message_id("receipt:1") != later.message_id("receipt:1")
    assert PostOffice(address=DESK, name="x", now=POST.now, new_id=lambda key: f"<{key}@x>").message_id("k") == "<k@x>"


def test_a_long_message_id_of_outlook_is_answered_unharmed() -> None:
    long = f"<{'SYBPR01MB' * 12}@SYBPR01MB1234.ausprd01.prod.outlook.com>"
    headers = raw_headers(written(mail(message_id=long, references=("<a@b>",))))
    assert headers["In-Reply-To"] == long
    assert headers["References"] == f"<a@b> {long}"


def test_foxmails_references_with_commas_and_rubbish_are_taken_apart() -> None:
    message = mail(references=("<a@b>, \r\n\t<c@d>", "rubbish", "<e f@g>", "<é@h>"), message_id="")
    headers = raw_headers(written(message))
    assert headers["References"] == "<a@b> <c@d>"
    assert "In-Reply-To" not in headers


def test_a_chain_of_a_hundred_keeps_the_first_and_the_newest() -> None:
    headers = raw_headers(written(mail(references=tuple(f"<{n}@x>" for n in range(100)))))
    kept = headers["References"].split()
    assert len(kept) == 20
    assert kept[0] == "<0@x>"
    assert kept[-2:] == ["<99@x>", "<abc.123@changle.example>"]


HOSTILE = "材料\r\nBcc: all@changle.example\r\n\r\n<script>\x00\u2028X: y\x85Z: w"


def test_no_header_can_be_smuggled_in() -> None:
    message = mail(
        subject=HOSTILE,
        from_=Address(name=HOSTILE, address="zhengjiu@changle.example"),
        message_id="<a@b>\r\nBcc: all@changle.example",
        references=("<c@d>\r\n\r\nbody", HOSTILE),
    )
    letter = written(message, DRAFT.model_copy(update={"subject": f"Re: {HOSTILE}"}))
    assert raw_headers(letter).keys() == {
        "From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "Auto-Submitted",
        "X-Auto-Response-Suppress", "X-Shoujian-Id", "MIME-Version", "Content-Type",
    }  # fmt: skip
    assert raw_headers(letter)["References"] == "<c@d> <a@b>"
    assert read(letter)["Bcc"] is None


@given(subject=st.text(max_size=300), name=st.text(max_size=100), ident=st.text(max_size=100))
def test_whatever_a_mail_says_the_letter_is_whole(subject: str, name: str, ident: str) -> None:
    message = mail(
        subject=subject, from_=Address(name=name, address="a@b.example"), message_id=ident, references=(ident,)
    )
    thread = Thread.of(message, DESK)
    assert thread is not None
    draft = DRAFT.model_copy(update={"subject": reply_subject(thread.subject, ("2023-W-0001",), "已受理")})
    letter = seal(draft, thread, POST)
    parsed = read(letter)
    assert parsed["To"].addresses[0].addr_spec == "a@b.example"
    assert str(parsed["Subject"]).endswith("【受理编号 2023-W-0001】已受理")
    assert len(letter.subject) <= SUBJECT_LIMIT
    assert not parsed.defects


@pytest.mark.parametrize(
    ("reply_to", "sender", "recipient"),
    [
        (None, "a@changle.example", "a@changle.example"),
        ("b@changle.example", "a@changle.example", "b@changle.example"),
        (DESK, "a@changle.example", "a@changle.example"),
        ("noreply@changle.example", "a@changle.example", "a@changle.example"),
        ("not an address", "a@changle.example", "a@changle.example"),
        ("x@y\r\nRCPT TO:<z@w>", "a@changle.example", "a@changle.example"),
        (None, "A.B@CHANGLE.Example", "A.B@changle.example"),
        (None, "a@信用.example", "a@xn--vuqs22g.example"),
        (None, "", None),
        (None, "邮箱@changle.example", None),
        (None, "postmaster@changle.example", None),
        (None, DESK, None),
    ],
)
def test_to_whom_a_letter_goes(reply_to: str | None, sender: str, recipient: str | None) -> None:
    message = mail(sender=sender, reply_to=Address(address=reply_to) if reply_to else None)
    thread = Thread.of(message, DESK)
    assert (thread.recipient if thread else None) == recipient


@pytest.mark.parametrize(
    ("subject", "bare"),
    [
        ("Re:Re: 回复：申报材料", "申报材料"),
        ("回复：Re: 申报【受理编号 2023-W-0001】需补正", "申报"),
        ("答复: 申报【受理编号 2023-W-0001】已收到，人工复核中", "申报"),
        ("申报【请注意，邮件由zhengjiu@changle.example代发】", "申报"),
        ("Fw: RE[2]: 申报", "申报"),
        ("看看 http://evil.example/a 吧", "看看 http：evil.example/a 吧"),
        ("", ""),
    ],
)
def test_a_subject_is_stripped_to_the_applicants_words(subject: str, bare: str) -> None:
    assert bare_subject(subject) == bare


def test_a_long_subject_is_cut_but_the_receipt_number_stands() -> None:
    subject = reply_subject("长" * 300, ("2023-W-0001", "2023-V-0001", "2023-V-0002", "2023-V-0003"), "需补正")
    assert len(subject) == SUBJECT_LIMIT
    assert subject.endswith("…【受理编号 2023-W-0001、2023-V-0001、2023-V-0002 等 4 项】需补正")


def test_a_workbook_goes_along_as_an_attachment_with_a_chinese_name() -> None:
    draft = DRAFT.model_copy(update={"enclosures": (Enclosure(name="收件情况.xlsx", data=b"PK\x03\x04"),)})
    (attachment,) = read(written(mail(), draft)).iter_attachments()
    assert attachment.get_filename() == "收件情况.xlsx"
    assert attachment.get_content() == b"PK\x03\x04"
