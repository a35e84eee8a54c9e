"""Every rule of RULES.md: a case that keeps it, a case that breaks it, and what stands between."""

import re
from typing import Any

import pytest

from domain.case import Case
from domain.kinds import Decision, Kind, Role, Severity
from domain.mail import ArchiveProblem, SubjectFacts
from domain.notice import RuleConfig
from tests.fixtures.cases import (
    PROSE,
    ROOT,
    article,
    at,
    context,
    dated,
    film,
    later,
    link,
    mail,
    material,
    part,
    reading,
    rules,
    scan,
    seal,
    text_case,
    video_case,
    word,
)
from validators.rulebook import (
    CASE_RULES,
    MESSAGE_RULES,
    Context,
    RuleBookError,
    check_configuration,
    judge,
    judge_message,
)


def found(case: Case, ctx: Context | None = None) -> dict[str, Severity]:
    return {finding.code: finding.severity for finding in judge(case, ctx or context()).findings}


def test_a_faultless_text_case_is_accepted() -> None:
    assert judge(text_case(), context()).findings == ()
    assert judge(text_case(), context()).decision is Decision.ACCEPTED


def test_a_faultless_video_case_is_accepted() -> None:
    assert found(video_case()) == {}


BROKEN: list[tuple[str, Case, dict[str, Severity]]] = [
    ("no word form", text_case(scan()), {"missing_word_form": Severity.ERROR}),
    ("no pdf", text_case(word()), {"missing_pdf_form": Severity.ERROR}),
    (
        "no pdf, but an archive nobody could open",
        text_case(word(), unopened=("材料.rar",)),
        {"missing_pdf_form": Severity.REVIEW},
    ),
    (
        "a photo of the stamped form",
        text_case(word(), material(Role.IMAGE_FORM, form=word().form, seal=seal(), source="ocr")),
        {"image_scan_instead_of_pdf": Severity.REVIEW},
    ),
    (
        "an OFD",
        text_case(word(), material(Role.OTHER, name="表.ofd", kind=Kind.OFD, form=word().form)),
        {"ofd_form": Severity.REVIEW},
    ),
    ("no seal", text_case(word(), scan(seal(False))), {"pdf_not_stamped": Severity.ERROR}),
    ("a grey scan", text_case(word(), scan(seal(None))), {"seal_unclear": Severity.REVIEW}),
    ("another's seal", text_case(word(), scan(seal(text="寿光市教育和体育局"))), {"seal_unit_mismatch": Severity.REVIEW}),
    ("another phone", text_case(word(), scan(phone="13911112222")), {"word_pdf_mismatch": Severity.REVIEW}),
    ("another contact", text_case(word(), scan(contact="赵国庆")), {"word_pdf_mismatch": Severity.REVIEW}),
    ("the text form for a video", video_case().model_copy(update={"materials": (word(), scan(), film())}), {"form_wrong_annex": Severity.ERROR}),
    ("no address", text_case(word(address=""), scan()), {"field_missing:address": Severity.ERROR}),
    ("no commitment", text_case(word(commitment=False), scan()), {"commitment_missing": Severity.REVIEW}),
    ("a phone that is none", text_case(word(phone="138000"), scan(phone="")), {"phone_invalid": Severity.ERROR}),
    ("an address that is none", text_case(word(email="wm.example"), scan()), {"email_invalid": Severity.WARNING}),
    ("2001 字", text_case(word(), scan(), article(2001)), {"text_too_long": Severity.ERROR}),
    ("a long article behind the form", text_case(material(Role.WORD_FORM, form=word(content="见后").form, text_length=2600), scan(content="见后")), {"text_too_long": Severity.REVIEW}),
    ("the city's seal on a county's form", text_case(word(unit="寿光市市场监督管理局"), scan(seal(text="潍坊市市场监督管理局"), unit=None)), {"seal_unit_mismatch": Severity.REVIEW}),
    ("hardly a text", text_case(word(content="见附件"), scan(content="见附件")), {"text_missing": Severity.ERROR}),
    ("no video", video_case().model_copy(update={"materials": (word(annex=2), scan(annex=2))}), {"video_missing": Severity.ERROR}),
    ("a video by link", video_case().model_copy(update={"materials": (word(annex=2), scan(annex=2)), "links": (link(),)}), {"video_link_only": Severity.REVIEW}),
    ("a video in mkv", video_case(film(container="mkv")), {"video_format": Severity.REVIEW}),
    ("sound only", video_case(film(has_video=False, width=None, height=None)), {"video_format": Severity.ERROR}),
    ("2:59", video_case(film(duration_s=179.0)), {"video_duration": Severity.ERROR}),
    ("5:01", video_case(film(duration_s=301.0)), {"video_duration": Severity.ERROR}),
    ("720p", video_case(film(width=1280, height=720)), {"video_resolution": Severity.ERROR}),
    ("portrait", video_case(film(width=1080, height=1920)), {"video_resolution": Severity.REVIEW}),
    ("no subtitles", video_case(film(subtitles="none")), {"video_no_subtitles": Severity.REVIEW}),
    ("subtitles nobody can tell", video_case(film(subtitles=None)), {"video_no_subtitles": Severity.REVIEW}),
    ("black", video_case(film(blank=True)), {"video_blank": Severity.REVIEW}),
    ("filmed in 2021", video_case(film(dates=(dated("2021-05-01", "QuickTime creation_time"),))), {"wrong_year": Severity.REVIEW}),
    ("written in 2021", text_case(word(), scan(), article(dates=(dated("2021-05-12", "docProps/core.xml created"), dated("2013-12-23", "docProps/core.xml modified")))), {"wrong_year": Severity.REVIEW}),
    ("on sale", text_case(word(), scan(), article(text="限时优惠，欢迎订购，订购热线 400")), {"advertising": Severity.REVIEW}),
    ("a unit of Jinan", text_case(word(unit="济南市历下区某局", address="济南市历下区"), scan(unit=None), unit="济南市历下区某局", address="济南市历下区", phone="0531-88880000"), {"outside_region": Severity.REVIEW, "seal_unit_mismatch": Severity.REVIEW}),
    ("a person", text_case(word(unit=None), scan(seal(True, None)), unit="王明"), {"not_an_organisation": Severity.REVIEW}),
    ("a locked form", text_case(material(Role.WORD_FORM, problem="encrypted"), scan()), {"encrypted_file": Severity.ERROR}),
    ("a broken pdf", text_case(word(), material(Role.PDF_FORM, problem="corrupt")), {"corrupt_file": Severity.ERROR}),
    ("a video cut short on its way", video_case(film(truncated=True)), {"corrupt_file": Severity.REVIEW}),
    ("a video of which a minute arrived", video_case(film(truncated=True, duration_s=64.0)), {"corrupt_file": Severity.ERROR}),
    ("a text that is called .mp4", video_case(material(Role.VIDEO, name="a.mp4", kind=Kind.TEXT)), {"video_format": Severity.ERROR}),
    ("bytes nobody knows, called .mp4", video_case(material(Role.VIDEO, name="a.mp4", kind=Kind.OTHER)), {"video_format": Severity.REVIEW}),
    ("a video that took too long to read", video_case(material(Role.VIDEO, name="a.mp4", kind=Kind.VIDEO, problem="timeout")), {"corrupt_file": Severity.REVIEW}),
    ("a scan that took too long is told once", text_case(word(), material(Role.PDF_FORM, problem="memory")), {"form_unreadable": Severity.REVIEW, "seal_unclear": Severity.REVIEW}),
    ("nothing at all, called .mp4", video_case(material(Role.VIDEO, name="a.mp4", kind=Kind.EMPTY, problem="empty")), {"corrupt_file": Severity.ERROR}),
    ("macros", text_case(material(Role.WORD_FORM, form=word().form, macros=True), scan()), {"macro_file": Severity.WARNING}),
    ("a form as a picture in Word", text_case(material(Role.WORD_FORM), scan()), {"form_unreadable": Severity.ERROR}),
    ("a scan no machine reads", text_case(word(), material(Role.PDF_FORM, seal=seal())), {"form_unreadable": Severity.REVIEW}),
]  # fmt: skip


@pytest.mark.parametrize(("case", "expected"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN])
def test_a_broken_clause_is_found_and_nothing_else(case: Case, expected: dict[str, Severity]) -> None:
    assert found(case) == expected


KEPT: list[tuple[str, Case]] = [
    ("2000 字", text_case(word(), scan(), article(2000))),
    ("2000 字 in a PDF of two pages", text_case(word(), scan(), article(2004, text=f"{PROSE}\n- 1 -\n{PROSE}\n2", kind=Kind.PDF, source="text_layer"))),
    ("the article behind the form", text_case(material(Role.WORD_FORM, form=word(content="见后").form, text_length=900), scan(content="见后"))),
    ("a note beside a form that tells the whole case", text_case(word(), scan(), article(60))),
    ("one frame past five minutes", video_case(film(duration_s=300.04))),
    ("half a frame short of three", video_case(film(duration_s=179.96))),
    ("4K", video_case(film(width=3840, height=2160))),
    ("a Chinese subtitle track", video_case(film(subtitles="track"))),
    ("a slip of reading in the contact's name", text_case(word(contact="王大明"), scan(contact="王太明"))),
    ("a digit misread", text_case(word(), scan(phone="13800000007"))),
    ("what OCR did not see", text_case(word(), scan(address=None, email=None))),
    ("a landline without its area code", text_case(word(phone="0536-8090748"), scan(phone="8090748"))),
    ("a seal read in part", text_case(word(), scan(seal(text="昌乐县发展和改")))),
    ("two copies of which one is sealed", text_case(word(), scan(seal(False)), scan(seal()))),
    ("last year's document, written anew", text_case(word(), scan(), article(dates=(dated("2022-03-01", "docProps/core.xml created"), dated("2023-07-28", "docProps/core.xml modified"))))),
    ("a program's own date", text_case(word(), scan(), article(dates=(dated("2013-12-24", "docProps/core.xml created"), dated("2013-12-23", "docProps/core.xml modified"))))),
    ("a template made long ago", text_case(word(), scan(), article(dates=(dated("2013-12-23", "docProps/core.xml created"),)))),
    ("a camera without a clock", video_case(film(dates=(dated("1970-01-01", "QuickTime creation_time"),)))),
    ("a unit that is called as no other", text_case(word(unit=None), scan(seal(True, None)), unit="潍坊联通")),
    ("北京路 in Weifang", text_case(unit="北京路街道办事处")),
    ("an old .doc read with doubt", text_case(word(address="", phone="1380", unsure=("address", "phone")), scan())),
    ("content by article", text_case(word(content="见附件"), scan(content="见附件"), article())),
]  # fmt: skip


@pytest.mark.parametrize("case", [row[1] for row in KEPT], ids=[row[0] for row in KEPT])
def test_what_keeps_a_clause_is_not_found(case: Case) -> None:
    assert found(case) == {}


@pytest.mark.parametrize(
    ("received", "code"),
    [
        ("2023-07-14T23:59:59", "before_window"),
        ("2023-07-15T00:00:00", None),
        ("2023-08-30T23:59:59", None),
        ("2023-08-30T23:59:59.900000", None),
        ("2023-08-31T00:00:00", "late"),
    ],
)
def test_the_window_opens_and_closes_to_the_second(received: str, code: str | None) -> None:
    assert set(found(text_case(), context(received_at=at(received)))) == ({code} if code else set())


def test_a_supplement_to_a_case_in_time_has_its_grace() -> None:
    case = text_case()
    assert found(case, context(received_at=at("2023-09-02T12:00:00"), supplement=True)) == {}
    assert found(case, context(received_at=at("2023-09-03T00:00:01"), supplement=True)) == {"late": Severity.FATAL}


def test_a_supplement_to_a_late_case_is_late() -> None:
    late = text_case(first_received_at=at("2023-08-31T08:00:00"))
    assert found(late, context(received_at=at("2023-09-01T12:00:00"), supplement=True)) == {"late": Severity.FATAL}


def test_a_link_that_was_downloaded_stands_for_no_video() -> None:
    bare = {"materials": (word(annex=2), scan(annex=2)), "links": (link(fetched=True),)}
    assert found(video_case().model_copy(update=bare)) == {"video_missing": Severity.ERROR}


def test_a_link_that_expires_before_judging_ends_is_told() -> None:
    soon = link(expires_at=later(5))
    case = video_case().model_copy(update={"materials": (word(annex=2), scan(annex=2)), "links": (soon,)})
    finding = judge(case, context()).findings[0]
    assert finding.evidence["expires_before"] == "2023-09-20T23:59:59+08:00"


def test_the_same_text_by_another_unit_is_shown_to_staff() -> None:
    from domain.sketch import sketch

    text = "".join(f"第{n}项措施由第{n}个部门在{n}月落实，惠及企业{n * 7}家。" for n in range(60))
    mine = text_case(number="2023-W-0002", sketch=sketch(text))
    theirs = text_case(number="2023-W-0001", unit="寿光市教育和体育局", sketch=sketch(text + "另附说明。"))
    ours = text_case(number="2023-W-0003", sketch=sketch(text))
    assert found(mine, context(others=(theirs, mine))) == {"similar_work": Severity.REVIEW}
    assert found(mine, context(others=(ours,))) == {}


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"subject": SubjectFacts()}, {"subject_format": Severity.WARNING}),
        ({"mail": mail(truncated=True)}, {"mail_truncated": Severity.ERROR}),
        ({"mail": mail(parts=(part("a.exe", Kind.EXECUTABLE),))}, {"unsafe_file": Severity.ERROR}),
        ({"mail": mail(archive_problems=(ArchiveProblem(path="a.zip", problem="bomb"),))}, {"archive_bomb": Severity.ERROR}),
        ({"mail": mail(archive_problems=(ArchiveProblem(path="a.zip", problem="encrypted"),))}, {"encrypted_file": Severity.ERROR}),
        ({"mail": mail(archive_problems=(ArchiveProblem(path="a.zip", problem="corrupt"),))}, {"corrupt_file": Severity.ERROR}),
        ({"mail": mail(archive_problems=(ArchiveProblem(path="a.rar", problem="unsupported"),))}, {"form_unreadable": Severity.REVIEW}),
        ({"mail": mail(parts=tuple(part(f"{n}.jpg", Kind.IMAGE) for n in range(61)))}, {"too_many_files": Severity.ERROR}),
        ({}, {}),
    ],
)  # fmt: skip
def test_the_message_as_a_whole_is_judged(told: dict[str, Any], expected: dict[str, Severity]) -> None:
    findings = judge_message(reading(**told), context())
    assert {finding.code: finding.severity for finding in findings} == expected


def test_the_form_counts_where_the_subject_differs() -> None:
    subject = SubjectFacts(convention="unit", unit="昌乐县发改局", contact="王明", phone="13900000009")
    assert found(text_case(), context(subject=subject)) == {"subject_form_mismatch": Severity.WARNING}


def test_whoever_recommends_need_not_be_whom_the_form_names() -> None:
    told = SubjectFacts(convention="unit", unit="坊子区发展和改革局", contact="郎咸明", phone="0536-7663015")
    assert found(text_case(recommended=True), context(subject=told)) == {}


def test_whoever_takes_part_need_not_be_the_contact() -> None:
    subject = SubjectFacts(convention="work", participant="赵国庆", phone="13800000001")
    assert found(text_case(), context(subject=subject)) == {}


def test_a_person_without_a_unit_is_for_staff() -> None:
    alone = text_case(word(unit=None), scan(seal(False), unit=None), unit=None)
    told = SubjectFacts(convention="work", participant="薛万里", work_title="承诺")
    assert found(alone, context(subject=told)) == {
        "pdf_not_stamped": Severity.ERROR,
        "not_an_organisation": Severity.REVIEW,
    }


def test_a_rule_set_to_off_is_not_applied() -> None:
    off = {**rules(), "missing_pdf_form": RuleConfig(severity=Severity.OFF)}
    assert found(text_case(word()), context(rules=off)) == {}


def test_the_worst_finding_stands_first_and_decides() -> None:
    verdict = judge(text_case(word(), scan(seal(None))), context(received_at=at("2023-09-05T00:00:00")))
    assert [finding.code for finding in verdict.findings] == ["late", "seal_unclear"]
    assert verdict.decision is Decision.REJECTED


def test_every_quote_stands_in_the_notice() -> None:
    shared = ROOT.parent / "shared" / "NOTICE.zh.txt"
    if not shared.exists():
        pytest.skip("the notice's text is not beside this checkout")
    text = re.sub(r"\s", "", shared.read_text(encoding="utf-8"))
    quotes = [rule.quote for rule in (*CASE_RULES.values(), *MESSAGE_RULES.values()) if rule.quote]
    assert len(quotes) > 25
    assert [quote for quote in quotes if re.sub(r"\s", "", quote) not in text] == []


def test_the_configuration_names_every_rule_and_no_other() -> None:
    check_configuration(rules())
    odd = {code: row for code, row in rules().items() if code != "late"} | {"laet": RuleConfig(severity=Severity.ERROR)}
    with pytest.raises(RuleBookError, match=r"no such rule: laet; \[rules\] lacks: late"):
        check_configuration(odd)


def test_prose_of_the_fixture_is_a_text_of_substance() -> None:
    from domain.text import word_count

    assert word_count(PROSE) > 100
