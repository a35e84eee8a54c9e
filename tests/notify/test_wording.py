from typing import Any

import pytest

from domain.notice import Notice
from notify.phrasebook import cite
from notify.wording import codes, say
from tests.notify.makers import NOTICE, RULES, finding

SAID = [
    ("subject_format", {"subject": "申报材料"}, "邮件主题“申报材料”未按规定格式标注，要求标注“推荐单位名称+联系人+联系电话”，推荐作品标注“参赛者姓名（单位名称）+作品名称+联系电话”（《通知》关于邮件主题的说明）。本次不影响受理，今后来信请按上述格式填写主题。"),
    ("before_window", {"received_at": "2023-07-14T23:59:59+08:00", "opens": "2023-07-15T00:00:00+08:00"}, "来信于2023年7月14日 23:59:59送达，早于申报开始时间，要求于2023年7月15日 00:00至2023年8月30日 23:59期间报送（《通知》“六、时间安排”）。请于2023年7月15日申报开始后，将全部材料重新发送至本邮箱。"),
    ("late", {"received_at": "2023-08-30T16:00:00+00:00", "closes": "2023-08-30T23:59:59+08:00", "supplement": False, "grace_ends": "2023-09-02T23:59:59+08:00"}, "来信于2023年8月31日 00:00:00送达，已超过申报截止时间，要求于2023年8月30日 23:59:59前送达（《通知》“六、时间安排”）。材料已存档备查。如对收到时间有异议，请与组委会联系人联系。"),
    ("late", {"received_at": "2023-09-03T08:00:00+08:00", "closes": "2023-08-30T23:59:59+08:00", "supplement": True, "grace_ends": "2023-09-02T23:59:59+08:00"}, "补正材料于2023年9月3日 08:00:00送达，已超过补正截止时间，要求于2023年9月2日 23:59:59前送达（《通知》“六、时间安排”）。材料已存档备查。如对收到时间有异议，请与组委会联系人联系。"),
    ("missing_word_form", {}, "未收到申报表 Word 版，要求每个案例报送申报表一式两份（Word 版和 PDF 盖章扫描版）（《通知》“四、征集方式”）。请补发填写完整的申报表 Word 版（.docx、.doc 或 .wps 文件）。"),
    ("seal_unit_mismatch", {"file": "申报表.pdf", "seal": "寿光市信用办", "unit": "昌乐县信用办"}, "印章文字识别为“寿光市信用办”，与申报单位“昌乐县信用办”不一致，要求加盖申报单位或推荐单位公章（《通知》“四、征集方式”）。如盖章有误，请重新盖章、扫描后补发；如属推荐单位盖章或单位更名，请回复说明。"),
    ("word_pdf_mismatch", {"word": "a.docx", "pdf": "a.pdf", "fields": {"phone": ["13900005678", "13900005679"]}}, "两份申报表内容不一致：“联系电话”栏 Word 版为“13900005678”，PDF 版为“13900005679”，要求申报表一式两份，内容一致（《通知》“四、征集方式”）。请核对后，将内容一致的 Word 版和 PDF 盖章扫描版一并补发。"),
    ("form_wrong_annex", {"file": "表.docx", "annex": 1, "expected": 2}, "所用申报表为附件 1《潍坊市信用典型案例评选申报表》，与案例类型不符，要求视频案例填写附件 2《潍坊市信用典型案例视频评选申报表》（《通知》附件申报表）。请改用附件 2《潍坊市信用典型案例视频评选申报表》填写，并补发 Word 版和 PDF 盖章扫描版。"),
    ("field_missing:phone", {"file": "材料.zip/申报表.docx", "field": "phone", "label": "联系电话"}, "“联系电话”栏未填写，或仍为表中的提示文字，要求申报表各栏填写完整（《通知》附件申报表）。请填写“联系电话”，并补发填写完整的 Word 版和 PDF 盖章扫描版。"),
    ("text_too_long", {"file": "文章.docx", "count": 2356, "max": 2000}, "文字成果共 2356 字，超出 356 字，要求字数控制在 2000 字以内（《通知》“五、作品要求”第 3 条）。请精简后补发（按 Word“字数统计”中的“字数”计算）。"),
    ("video_duration", {"file": "a.mp4", "duration_s": 151.2, "min_s": 180, "max_s": 300}, "视频时长 2 分 31 秒，要求 3–5 分钟（《通知》“五、作品要求”第 3 条）。请重新剪辑，将时长调整到 3–5 分钟后补发。"),
    ("video_duration", {"file": "a.mp4", "duration_s": 300.61, "min_s": 180, "max_s": 300}, "视频时长 5 分 0.6 秒，要求 3–5 分钟（《通知》“五、作品要求”第 3 条）。请重新剪辑，将时长调整到 3–5 分钟后补发。"),
    ("video_resolution", {"file": "a.mp4", "width": 1280, "height": 720, "long_side": 1920, "short_side": 1080, "portrait": False}, "视频分辨率为 1280×720，要求 1920×1080 及以上（《通知》“五、作品要求”第 3 条）。请用原始素材重新导出 1920×1080 及以上的横屏视频后补发，请勿简单放大。"),
    ("video_format", {"file": "a.flv", "container": "flv", "allowed": ["avi", "mp4"], "is_video": True}, "视频“a.flv”为 flv 格式，要求视频格式为 avi、mp4 等（《通知》“五、作品要求”第 3 条）。请将视频转换为 mp4 格式（H.264 编码）后补发。"),
    ("video_link_only", {"host": "pan.baidu.com", "code": "x7k2", "name": "材料.zip", "never_expires": True, "papers": True}, "材料以下载链接报送（材料.zip，长期有效），尚待工作人员下载核验，要求材料在评选结束（2023年9月20日）前能够正常下载（《通知》“五、作品要求”第 3 条）。工作人员将下载核验，请在2023年9月20日前勿删除文件或取消分享。"),
    ("video_link_only", {"host": "pan.baidu.com", "code": "x7k2", "name": "成片.mp4"}, "视频以下载链接报送（成片.mp4，有效期未注明），尚待工作人员下载核验，要求视频在评选结束（2023年9月20日）前能够正常下载，并符合时长、格式和分辨率要求（《通知》“五、作品要求”第 3 条）。工作人员将下载核验，请在2023年9月20日前勿删除文件或取消分享；链接设有有效期的，请回复告知。"),
    ("video_link_only", {"host": "mail.163.com", "provider": "netease", "code": None, "name": "诚信.mp4", "size": 84_892_713, "expires_at": "2023-08-17T00:49:00+08:00", "expires_before": "2023-09-20T23:59:59+08:00"}, "视频以下载链接报送（诚信.mp4，81.0 MB，2023年8月17日 00:49到期），尚待工作人员下载核验，要求视频在评选结束（2023年9月20日）前能够正常下载，并符合时长、格式和分辨率要求（《通知》“五、作品要求”第 3 条）。该链接在评选结束前失效，请延长有效期至2023年9月20日以后，或重新发送长期有效的链接。"),
    ("wrong_year", {"file": "a.mp4", "dates": [["2021-03-02", "QuickTime creation_time"]], "year": 2023}, "材料中有早于 2023 年的日期（视频创建时间：2021年3月2日），要求作品为 2023 年原创作品（《通知》“五、作品要求”第 2 条）。请回复说明作品的创作时间；非 2023 年原创的作品不符合参评要求。"),
    ("outside_region", {"unit": "青岛某公司"}, "申报单位“青岛某公司”是否属于潍坊市尚待确认，要求申报单位为潍坊市各级党政群机关、行业协会商会和企、事业单位（《通知》“一、征集对象”）。请回复说明单位全称和所在县市区。"),
    ("form_unreadable", {"file": "材料.rar", "kind": "volume", "here": [1], "lacking": [], "total": None}, "压缩包“材料.rar”为分卷压缩，已收到第 1 卷，其余分卷尚未收到，要求每个案例报送申报表一式两份（Word 版和 PDF 盖章扫描版）（《通知》“四、征集方式”）。请用同一邮箱将其余分卷发来，可分几封邮件发送；收齐后将合并核对，已收到的分卷无需重发。"),
    ("form_unreadable", {"file": "材料.zip", "kind": "volume", "here": [1, 4], "lacking": [2, 3], "total": 4}, "压缩包“材料.zip”为分卷压缩，共 4 卷，已收到第 1、4 卷，还缺第 2、3 卷，要求每个案例报送申报表一式两份（Word 版和 PDF 盖章扫描版）（《通知》“四、征集方式”）。请用同一邮箱将其余分卷发来，可分几封邮件发送；收齐后将合并核对，已收到的分卷无需重发。"),
    ("form_unreadable", {"file": "材料.zip", "kind": "volume", "here": [3], "lacking": [1, 2], "total": None}, "压缩包“材料.zip”为分卷压缩，已收到第 3 卷，还缺第 1、2 卷及之后的分卷（如有），要求每个案例报送申报表一式两份（Word 版和 PDF 盖章扫描版）（《通知》“四、征集方式”）。请用同一邮箱将其余分卷发来，可分几封邮件发送；收齐后将合并核对，已收到的分卷无需重发。"),
    ("form_unreadable", {"file": "材料.rar", "kind": "volume", "here": [1, 2], "lacking": [], "total": 2}, "压缩包“材料.rar”为分卷压缩，共 2 卷，已全部收到，但无法合并解压，待工作人员核实，要求每个案例报送申报表一式两份（Word 版和 PDF 盖章扫描版）（《通知》“四、征集方式”）。如方便，请将申报表和作品直接作为附件发送，或压缩成单个 zip 文件后补发。"),
    ("form_unreadable", {"file": "材料.rar", "kind": "unsupported"}, "压缩包“材料.rar”为暂不支持自动解压的格式，要求每个案例报送申报表一式两份（Word 版和 PDF 盖章扫描版）（《通知》“四、征集方式”）。请将申报表和作品直接作为附件发送，或压缩成单个 zip 文件后补发。"),
    ("corrupt_file", {"file": "成片.mp4", "detail": "timeout"}, "文件“成片.mp4”过大或结构特殊，未能自动读取，要求所报文件能够正常打开。工作人员将人工查看；如方便，请用常用软件另存后补发。"),
    ("too_many_files", {"count": 88, "max": 60}, "来信所含文件过多（共 88 个），要求每封邮件不超过 60 个文件。请只保留申报表、作品及必要的配图，按案例分别发送。"),
]  # fmt: skip


PEOPLE = {"withdrawal_requested", "withdrawn_before"}  #: what people did by their words, found by no rule


def test_the_codes_with_words_are_the_codes_of_the_rulebook() -> None:
    assert codes() == set(RULES) | PEOPLE


@pytest.mark.parametrize(("code", "evidence", "message"), SAID, ids=[said[0] for said in SAID])
def test_what_applicants_read(code: str, evidence: dict[str, Any], message: str) -> None:
    assert say(finding(code, **evidence), NOTICE).message == message


@pytest.mark.parametrize("code", sorted(codes()))
def test_words_come_even_from_no_evidence_at_all(code: str) -> None:
    words = say(finding(code), NOTICE)
    assert all((words.where, words.found, words.asked, words.mend))
    assert words.mend.endswith("。")
    assert "None" not in words.message
    assert not words.found.endswith("。")


@pytest.mark.parametrize("code", sorted(codes()))
def test_words_stand_odd_evidence(code: str) -> None:
    odd: dict[str, Any] = dict.fromkeys(
        ("file", "subject", "value", "unit", "seal", "name", "host", "container"),
        "a\r\nBcc: x@y.example http://evil.example/\u202e",
    )
    odd |= {"fields": {"phone": ["x"], "title": "y"}, "dates": ["z", 3, ["no", "date"]], "count": "many", "words": [1]}
    odd |= {"received_at": "yesterday", "duration_s": None, "size": "big", "expires_at": 5}
    message = say(finding(code, **odd), NOTICE).message
    assert "\n" not in message
    assert "\r" not in message
    assert "://" not in message
    assert "\u202e" not in message


def test_another_units_case_is_for_staff_only() -> None:
    words = say(
        finding("similar_work", number="2023-W-0007", unit="寿光市信用办", similarity=0.93, what="text"), NOTICE
    )
    assert "2023-W-0007" not in words.message
    assert "寿光" not in words.message
    assert words.staff == "相似案例：2023-W-0007，寿光市信用办，相似度 93%"


def test_a_code_without_words_is_refused_loudly() -> None:
    unknown = finding("late").model_copy(update={"code": "no_such_rule"})
    with pytest.raises(KeyError, match="no_such_rule"):
        say(unknown, NOTICE)


def test_clauses_are_cited_by_heading_or_by_number() -> None:
    plain = Notice.model_validate(NOTICE.model_dump() | {"headings": {}})
    assert cite("五.3", NOTICE) == "《通知》“五、作品要求”第 3 条"
    assert cite("五.3", plain) == "《通知》第五条第 3 项"
    assert cite("四", NOTICE) == "《通知》“四、征集方式”"
    assert cite("", NOTICE) == ""
