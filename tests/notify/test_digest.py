import io
import re
from datetime import timedelta
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default

import openpyxl
import pytest
from PIL import Image

from domain.case import Material
from domain.facts import Seal, SealFacts
from domain.kinds import Decision, MessageKind
from domain.mail import Address, Link
from domain.records import Letter
from notify.digest import HTML_LIMIT, address_digest, write_digest
from notify.guards import silence
from notify.letters import with_pictures
from store.desk import Store
from tests.notify.desks import ATTACK, DAY, LINK, MORNING_AFTER, FilledDesk, fill
from tests.notify.makers import DESK, NOTICE, POST, SCAN, WORD, case, finding, mail, outcome, verdict, video_material

NOW = POST.model_copy(update={"now": MORNING_AFTER})


def digest(store: Store, recipient: str = "", discrepancies: tuple[str, ...] | None = ()) -> Letter:
    return address_digest(write_digest(store, NOTICE, DAY.date(), MORNING_AFTER, discrepancies), NOW, recipient)


@pytest.fixture(scope="module")
def filled(filled_store: Store) -> Letter:
    return digest(filled_store)


def section(text: str, title: str) -> str:
    """The lines of one section of the plain text."""
    found = re.search(rf"■ {title}[^\n]*\n(.*?)(?:\n■ |\n附件为)", text, re.DOTALL)
    assert found is not None, title
    return found[1].rstrip()


def test_the_subject_tells_the_day_and_the_figures_that_matter(filled: Letter) -> None:
    assert filled.subject == "【收件日报】2023-08-15 来信 10 封，新增案例 7 件，待人工处理 4 件"
    assert filled.key == "digest:2023-08-15"
    assert filled.recipient == DESK


def test_the_days_figures_and_all_cases(filled: Letter) -> None:
    assert section(filled.text, "当日情况").strip() == (
        "来信 10 封：申报 7 封、咨询 1 封、群发邮件 1 封。发出回复 2 封，新增案例 7 件。\n"
        "  较前日：来信＋9、新增案例＋6、发出回复＋2。"
    )
    assert section(filled.text, "案例总计（共 8 件）").split("\n") == [
        "  已受理：文字 2 件，视频 1 件",
        "  需补正：文字 1 件，视频 0 件",
        "  已收到，人工复核中：文字 1 件，视频 2 件",
        "  不予受理：文字 1 件，视频 0 件",
    ]


def test_what_needs_a_person_stands_there_with_its_evidence(filled: Letter) -> None:
    waiting = section(filled.text, "需要人工处理")
    assert "2023-V-0002　信用的力量　昌乐县融媒体中心　已等待 1 天\n     · 未能确认视频是否配有中文字幕" in waiting
    assert "（相似案例：2023-W-0001，昌乐县信用办，相似度 93%）" in waiting
    assert "判为群发邮件但带有附件，未回复，请确认是否为申报材料" in waiting
    assert "2023-W-0004" not in waiting  # waits for its applicant, not for staff


def test_what_went_wrong_is_told(filled: Letter) -> None:
    failed = section(filled.text, "异常事项")
    assert "邮件读取失败，连续 3 次处理未成功：parser ran out of memory" in failed
    assert "回复未发出：收件地址不存在、停用或已满，请电话联系申报人（550 User not found" in failed
    assert "回复被退回，请电话联系：550 5.1.1 mailbox full" in failed


def test_progress_against_the_quota(filled: Letter) -> None:
    progress = section(filled.text, "单位报送进度（1 个单位达标，共 29 个")
    assert "昌乐县：文字 2/2，视频 2/2，达标" in progress
    assert "寿光市：文字 0/2，视频 1/2，缺文字 2、视频 1" in progress
    assert "潍坊市市场监督管理局：文字 1/1，视频 0/1，缺视频 1" in progress
    assert "名单以外的单位：文字 1，视频 0" in progress


def test_a_link_that_dies_before_the_judging_ends_is_counted_down(store: Store) -> None:
    desk = FilledDesk(store)
    dated = LINK.model_copy(update={"expires_at": MORNING_AFTER + timedelta(days=3), "code": None})
    later = LINK.model_copy(update={"expires_at": NOTICE.judging_ends + timedelta(seconds=1)})
    for number, link in enumerate((dated, LINK, later, LINK.model_copy(update={"never_expires": True})), start=1):
        entry = case(f"2023-V-000{number}", (WORD, SCAN), links=(link,), first_received_at=DAY)
        desk.take(verdict(entry, finding("video_link_only", host="x")), sender=f"a{number}@changle.example")
    links = section(digest(store).text, "评选结束前或近期将失效的下载链接")
    assert "2023-V-0001　昌乐县信用办　诚信寿光.mp4\n     2023年8月19日 08:30失效，剩 3 天" in links
    assert (
        "2023-V-0002　昌乐县信用办　诚信寿光.mp4　提取码 ab12\n     2023年8月30日 09:00失效（推算），剩 14 天" in links
    )
    assert "2023-V-0003" not in links
    assert "2023-V-0004" not in links


def test_a_link_that_dies_soon_is_told_after_the_judging_too(store: Store) -> None:
    desk = FilledDesk(store)
    soon = LINK.model_copy(update={"expires_at": MORNING_AFTER + timedelta(days=6)})
    late = LINK.model_copy(update={"expires_at": MORNING_AFTER + timedelta(days=8)})
    for number, link in enumerate((soon, late), start=1):
        desk.take(
            verdict(case(f"2023-V-000{number}", (WORD, SCAN), links=(link,)), finding("video_link_only", host="x"))
        )
    over = NOTICE.model_copy(update={"judging_ends": MORNING_AFTER - timedelta(days=1)})
    told = section(write_digest(store, over, DAY.date(), MORNING_AFTER, None).text, "评选结束前或近期将失效的下载链接")
    assert "2023-V-0001" in told
    assert "2023-V-0002" not in told


def test_a_link_that_was_downloaded_dies_in_peace(store: Store) -> None:
    here = LINK.model_copy(update={"fetched": True})
    FilledDesk(store).take(verdict(case("2023-V-0001", (WORD, SCAN), links=(here,))))
    assert "将失效的下载链接" not in digest(store).text


def test_an_untold_expiry_is_counted_from_the_mail_that_brought_the_link(store: Store) -> None:
    desk, again = (
        FilledDesk(store),
        LINK.model_copy(update={"url": "https://mail.163.com/large-attachment-download/?file=2"}),
    )
    desk.take(verdict(case("2023-V-0001", (WORD, SCAN), links=(LINK,)), finding("video_link_only", host="x")))
    entry = case("2023-V-0001", (WORD, SCAN), links=(LINK.model_copy(update={"fetched": True}), again))
    desk.take(verdict(entry, finding("video_link_only", host="x")), when=DAY + timedelta(hours=20))
    told = section(digest(store).text, "评选结束前或近期将失效的下载链接")
    assert "2023年8月31日 05:00失效（推算），剩 15 天" in told
    assert told.count("2023-V-0001") == 1


def test_the_system_tells_of_itself(filled: Letter) -> None:
    assert section(filled.text, "系统运行").split("\n") == [
        "  最近一次收取邮箱：2023年8月16日 08:28，查看邮件 11 封，新收 0 封。",
        "  待发送回复 6 封，暂缓等待人工确认 1 封。",
        "  对账：邮箱 11 封 ↔ 台账 11 条 ↔ 存档来信 11 封 ↔ 已有结论 10 封、待处理 0 封、读取失败 1 封 ↔ 应回复 8 封、已拟回复 8 封：0 差异。",
    ]


def test_a_mail_left_on_the_server_and_one_left_unanswered_are_differences(store: Store) -> None:
    desk = FilledDesk(store)
    desk.take(verdict(case()))
    desk.decide(outcome(verdict(case("2023-W-0002")), message=mail("二")), reply=False)
    mute = mail("三", sender="", from_=Address())
    desk.decide(outcome(verdict(case("2023-W-0003")), message=mute), reply=False)
    store.record_poll("wfxyxh", DAY, MORNING_AFTER, True, "", 5, 0)
    status = section(digest(store).text, "系统运行")
    assert "应回复 3 封、已拟回复 1 封、无法回复 1 封：3 差异" in status
    assert "· 邮箱中有 2 封邮件尚未取回" in status
    assert re.search(r"· 来信 [0-9a-f]{12} 应回复而未回复", status)


def test_a_mailbox_out_of_reach_and_discrepancies_are_shown(store: Store) -> None:
    store.record_poll("wfxyxh", DAY, DAY, False, "LoginRefused: Login error or password error")
    status = section(digest(store, discrepancies=("blob abc: missing",)).text, "系统运行")
    assert "未成功（LoginRefused: Login error or password error）" in status
    assert "1 差异" in status
    assert "blob abc: missing" in status


def test_an_empty_desk_has_its_digest_too(store: Store) -> None:
    letter = digest(store, discrepancies=None)
    assert "当日没有来信" in letter.text
    assert "尚未收取过邮箱" in letter.text
    assert "：0 差异（未核验存档内容）。" in letter.text


def test_hostile_names_stay_text(store: Store) -> None:
    fill(store)
    with store.begin(MORNING_AFTER) as tx:
        tx.decide_case("2023-W-0004", Decision.MANUAL_REVIEW, "staff:a")
    html = digest(store).html
    assert "<script>" not in html
    assert "<b>x</b>" not in html
    assert "http://evil" not in html
    assert "&lt;b&gt;x&lt;/b&gt;" in html
    assert ATTACK not in html


def test_mail_programs_show_it_nothing_is_loaded_and_nothing_depends_on_a_style_sheet(filled: Letter) -> None:
    for forbidden in ("<a ", "<link", "url(", "http", "position:", "flex", "grid"):
        assert forbidden not in filled.html
    assert "@import" not in filled.html
    body = re.sub(r"<style>.*?</style>", "", filled.html, flags=re.DOTALL)  # NetEase and QQ take it out
    assert "<style" not in body
    assert all("background-color:" in cell for cell in re.findall(r'<td class="[mw]" height="\d+"[^>]*>', body))


def png(side: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGBA", (side, side // 2), (200, 30, 30, 255)).save(out, "PNG")
    return out.getvalue()


def sealed(store: Store, number: str, side: int = 400) -> Material:
    """A stamped scan whose seal was cut out."""
    crop = store.archive.add_bytes(png(side) + number.encode())
    facts = SCAN.facts.model_copy(update={"seal": SealFacts(present=True, seals=(Seal(crop=crop),))})
    return SCAN.model_copy(update={"facts": facts})


def test_what_needs_a_decision_shows_its_seal_in_small(store: Store) -> None:
    desk = FilledDesk(store)
    doubt = finding("seal_unit_mismatch", file="申报表.pdf", seal="寿光市信用办", unit="昌乐县信用办")
    desk.take(verdict(case(materials=(WORD, sealed(store, "1"))), doubt))
    letter = digest(store)
    message = BytesParser(policy=default).parsebytes(letter.raw)
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/jpeg",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ]
    picture = next(part for part in message.walk() if part.get_content_type() == "image/jpeg")
    assert f'src="cid:{str(picture["Content-ID"]).strip("<>")}"' in letter.html
    assert picture.get_content_disposition() == "inline"
    with Image.open(io.BytesIO(picture.get_payload(decode=True))) as small:  # type: ignore[arg-type]  # bytes
        assert (small.format, small.size) == ("JPEG", (160, 80))
    assert 'src="data:image/jpeg;base64,' in with_pictures(letter)
    assert "cid:" not in with_pictures(letter)


def test_a_film_in_doubt_shows_its_contact_sheet_and_no_seal(store: Store) -> None:
    sheet = io.BytesIO()
    Image.new("RGB", (640, 360), "blue").save(sheet, "JPEG")
    shown = video_material(contact_sheet=store.archive.add_bytes(sheet.getvalue()))
    desk = FilledDesk(store)
    doubt = finding("video_no_subtitles", file="诚信昌乐.mp4", known=False)
    desk.take(verdict(case("2023-V-0001", (WORD, sealed(store, "1"), shown)), doubt))
    desk.take(verdict(case("2023-V-0002", (WORD, sealed(store, "2"))), doubt), sender="b@changle.example")
    assert re.findall(r'width="(\d+)" height="(\d+)" alt="([^"]+)"', digest(store).html) == [("160", "90", "视频画面")]


def test_a_digest_carries_a_dozen_pictures_and_none_that_it_does_not_show(store: Store) -> None:
    desk = FilledDesk(store)
    for number in (f"2023-W-{serial:04}" for serial in range(1, 16)):
        entry = case(number, materials=(WORD, sealed(store, number)), title=number)
        desk.take(
            verdict(entry, finding("seal_unclear", file="申报表.pdf", reason="")), sender=f"{number}@changle.example"
        )
    letter = digest(store)
    shown = re.findall(r'src="cid:([^"]+)"', letter.html)
    assert len(shown) == 12
    assert [cid.encode() in letter.raw for cid in shown] == [True] * 12
    assert letter.raw.count(b"Content-ID:") == 12


def test_figures_stand_against_the_day_before(filled: Letter) -> None:
    assert "较前日：来信＋9、新增案例＋6、发出回复＋2。" in filled.text
    assert "较前日 ＋9" in filled.html
    assert section(filled.text, "近 14 日来件").split("\n") == [
        "  2023-08-14：来信 1 封，新增案例 1 件",
        "  2023-08-15：来信 10 封，新增案例 7 件",
    ]


def test_who_has_sent_nothing_is_named_group_by_group(filled: Letter) -> None:
    silent = section(filled.text, "未提交名单（25 个单位）")
    assert "县市区（9 个）：潍城区、" in silent
    assert "青州市" not in silent  # rejected, yet it sent something
    assert "昌乐县" not in silent


def test_units_are_ranked_by_what_was_accepted_against_the_quota(filled: Letter) -> None:
    assert section(filled.text, "优秀组织奖参考排名") == "  1. 昌乐县：已受理 3/4，完成率 75%"


def test_cases_still_to_be_mended_are_told_when_the_deadline_nears(store: Store) -> None:
    fill(store)
    text = digest(store).text
    assert "仍未补正" not in text
    near = NOTICE.closes - timedelta(days=2)
    told = write_digest(store, NOTICE, near.date(), near, None).text
    assert "2023-W-0004　-1+1|cmd" in section(told, "补正期限临近、仍未补正（1 件）")
    assert "剩 5 天" in section(told, "补正期限临近、仍未补正")
    assert "· 未收到" in section(told, "补正期限临近、仍未补正")
    over = NOTICE.grace_ends() + timedelta(seconds=1)
    assert "已过期" in section(write_digest(store, NOTICE, over.date(), over, None).text, "补正期限已过、仍未补正")


def test_a_flood_of_hostile_cases_still_fits(store: Store) -> None:
    desk = FilledDesk(store)
    wide = "&" * 300
    for number in range(1, 121):
        entry = case(
            f"2023-W-{number:04}",
            (WORD, SCAN),
            unit=wide,
            title=wide,
            links=(Link(url="u", host=wide, provider="x", name=wide),),
        )
        findings = [finding("advertising", file=wide, words=[wide] * 8), finding("outside_region", unit=wide)]
        desk.take(verdict(entry, *findings, *(finding("seal_unit_mismatch", file=wide, seal=wide, unit=str(n) + wide) for n in range(4))), sender=f"a{number}@changle.example")  # fmt: skip
    letter = digest(store)
    assert len(letter.html.encode()) <= HTML_LIMIT
    assert re.search(r"另有 1\d\d 项未列出，见附件工作簿", letter.html)


def test_the_workbook_comes_with_it(filled: Letter) -> None:
    message = BytesParser(policy=default).parsebytes(filled.raw)
    assert isinstance(message, EmailMessage)
    (attachment,) = message.iter_attachments()
    assert attachment.get_filename() == "收件情况2023-08-15.xlsx"
    book = openpyxl.load_workbook(io.BytesIO(attachment.get_content()))
    assert book["案例"].max_row == 9
    book.close()


def test_a_long_log_is_cut_to_its_newest_mails_and_says_so(
    filled_store: Store, filled: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "邮件日志四张表）" in filled.html
    monkeypatch.setattr("notify.digest.LOGGED", 4)
    letter = digest(filled_store)
    assert "邮件日志四张表，邮件日志为最近 4 封）" in letter.html
    message = BytesParser(policy=default).parsebytes(letter.raw)
    assert isinstance(message, EmailMessage)
    (attachment,) = message.iter_attachments()
    book = openpyxl.load_workbook(io.BytesIO(attachment.get_content()))
    assert book["邮件日志"].max_row == 5
    book.close()


def test_each_reader_has_a_letter_of_their_own(store: Store) -> None:
    letters = [digest(store, name) for name in ("a@weifang.example", "B@weifang.example")]
    assert [letter.key for letter in letters] == [
        "digest:2023-08-15:a@weifang.example",
        "digest:2023-08-15:b@weifang.example",
    ]
    with pytest.raises(ValueError, match="not an e-mail address"):
        digest(store, "nobody")


def test_t49_the_desk_does_not_answer_its_own_digest(filled: Letter) -> None:
    message = BytesParser(policy=default).parsebytes(filled.raw)
    assert message["Auto-Submitted"] == "auto-generated"
    came_back = mail(sender="staff@weifang.example", headers=tuple((k, str(v)) for k, v in message.items()))
    told = silence(came_back, [DESK], lambda _: False)
    assert told is not None
    assert told.kind is MessageKind.OWN
