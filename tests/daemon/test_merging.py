"""A supplement finds its case, the newest of each material counts, and nobody's case is touched by a stranger."""

from typing import Any

import pytest

from daemon.assembly import Draft
from daemon.merging import candidates_of, differences, match, merge
from daemon.roles import Placed
from domain.case import Case, Reading
from domain.facts import FileFacts, FormFields
from domain.kinds import Decision, Kind, Role, Track
from domain.mail import Address, Fetched, SubjectFacts
from domain.records import CaseRecord
from tests.fixtures.cases import (
    IN_TIME,
    form,
    later,
    link,
    mail,
    material,
    notice,
    part,
    reading,
    scan,
    text_case,
    word,
)

TITLE = "信用赋能基层治理的昌乐实践"


def record(case: Case, sender: str = "wm@example.com") -> CaseRecord:
    return CaseRecord(
        case=case, decision=Decision.NEEDS_SUPPLEMENT, sender=sender, created_at=IN_TIME, updated_at=IN_TIME
    )


def held(*materials: Any, number: str = "2023-W-0001", **fields: Any) -> CaseRecord:
    return record(text_case(*materials, number=number, title=TITLE, contact="王明", **fields))


def draft(*placed: tuple[Role, str, FormFields | None], track: Track = Track.TEXT) -> Draft:
    items = [Placed(part(name, Kind.PDF), FileFacts(parser="t", version=1), role, told) for role, name, told in placed]
    return Draft(track, items)


def from_(address: str, subject: SubjectFacts | None = None, **more: Any) -> Reading:
    return reading(
        mail=mail(from_=Address(address=address), **more), subject=subject or SubjectFacts(), received_at=later(2)
    )


def test_a_form_finds_its_case_by_its_title() -> None:
    others = held(number="2023-W-0002").model_copy(
        update={"case": text_case(number="2023-W-0002", title="蔬菜质量追溯")}
    )
    wanted = held()
    assert (
        match(draft((Role.PDF_FORM, "表.pdf", form())), [others, wanted], from_("wm@example.com"), tied=False) is wanted
    )


def test_a_form_of_another_title_is_a_new_case_even_in_an_answer() -> None:
    other = draft((Role.WORD_FORM, "表.docx", form(title="蔬菜质量追溯体系", content="全新的内容" * 40)))
    assert match(other, [held(word(), scan())], from_("wm@example.com"), tied=True) is None


def test_an_answer_may_mend_the_title() -> None:
    mended = draft((Role.WORD_FORM, "表.docx", form(title="信用赋能：昌乐县的三年探索")))
    one = held(word(), scan(), content=form().content)
    assert match(mended, [one], from_("wm@example.com"), tied=True) is one


def test_a_scan_without_words_goes_to_the_case_that_lacks_one() -> None:
    whole, lacking = held(word(), scan()), held(word(), number="2023-W-0002")
    found = match(draft((Role.PDF_FORM, "扫描.pdf", None)), [whole, lacking], from_("wm@example.com"), tied=True)
    assert found is lacking


def test_without_a_tie_a_file_needs_the_same_unit_or_title() -> None:
    file = draft((Role.PDF_FORM, "扫描.pdf", None))
    assert match(file, [held(word())], from_("wm@example.com"), tied=False) is None
    same = SubjectFacts(convention="unit", unit="昌乐县发改局")
    assert match(file, [held(word())], from_("wm@example.com", same), tied=False) is not None


@pytest.mark.parametrize(
    ("sender", "subject", "has_a_say"),
    [
        ("wm@example.com", SubjectFacts(), True),
        ("colleague@example.com", SubjectFacts(unit="昌乐县发展和改革局"), True),
        ("colleague@example.com", SubjectFacts(phone="13800000001"), True),
        ("stranger@example.com", SubjectFacts(unit="寿光市教育局", phone="13999999999"), False),
        ("stranger@example.com", SubjectFacts(), False),
    ],
)
def test_a_receipt_number_alone_gives_a_stranger_no_say(sender: str, subject: SubjectFacts, has_a_say: bool) -> None:
    found = candidates_of(from_(sender, subject), [held()], [])
    assert bool(found) is has_a_say


def test_the_newer_copy_counts_and_the_older_is_kept() -> None:
    old = held(word(), scan())
    merged = merge(
        draft((Role.WORD_FORM, "新.docx", form(phone="13700000007"))), old, from_("wm@example.com"), notice()
    )
    words = [m for m in merged.case.materials if m.role is Role.WORD_FORM]
    assert [(m.part.filename, m.superseded, m.version) for m in words] == [
        ("申报表.docx", True, 1),
        ("新.docx", False, 2),
    ]
    assert merged.replaced
    assert merged.case.phone == "13700000007"
    assert merged.case.first_received_at == IN_TIME
    assert differences(old.case, merged.case)["phone"] == ("13800000001", "13700000007")


def test_a_missing_copy_that_comes_later_replaces_nothing() -> None:
    merged = merge(draft((Role.PDF_FORM, "表.pdf", form())), held(word()), from_("wm@example.com"), notice())
    assert not merged.replaced
    assert merged.case.scan is not None
    assert merged.case.word is not None


def test_the_same_file_again_is_no_new_version() -> None:
    old = held(word(), scan())
    again = Draft(Track.TEXT, [Placed(old.case.materials[0].part, old.case.materials[0].facts, Role.WORD_FORM, form())])
    assert len(merge(again, old, from_("wm@example.com"), notice()).case.materials) == 2


def test_pictures_add_up() -> None:
    old = held(word(), material(Role.IMAGE, name="1.jpg"))
    merged = merge(draft((Role.IMAGE, "2.jpg", None)), old, from_("wm@example.com"), notice())
    assert [m.superseded for m in merged.case.of(Role.IMAGE)] == [False, False]


def test_what_the_form_lacks_is_taken_from_the_subject() -> None:
    subject = SubjectFacts(convention="unit", unit="昌乐县发改局", contact="赵国庆", phone="13900000009")
    empty = form(contact="", phone="", unit=None)
    case = merge(draft((Role.WORD_FORM, "表.docx", empty)), None, from_("a@b.cn", subject), notice()).case
    assert (case.unit, case.contact, case.phone) == ("昌乐县发改局", "赵国庆", "13900000009")


def test_links_add_up_and_nameless_ones_may_hold_what_is_missing() -> None:
    one = Draft(Track.VIDEO, [], [link(None)])
    case = merge(one, None, from_("a@b.cn"), notice()).case
    assert case.unopened == ("https://pan.baidu.com/s/1abc",)
    assert merge(Draft(Track.VIDEO, [], [link("作品.mp4")]), None, from_("a@b.cn"), notice()).case.unopened == ()


def test_a_link_that_was_opened_stays_so_when_a_later_mail_quotes_it() -> None:
    old = held(word(), scan(), links=(link("作品.mp4", fetched=True),))
    merged = merge(Draft(Track.VIDEO, [], [link("作品.mp4")]), old, from_("wm@example.com"), notice())
    assert merged.case.awaited == ()
    assert merged.case.unopened == ()


def test_what_was_fetched_goes_to_the_case_it_was_fetched_for_and_opens_its_link() -> None:
    one, other = link(None, url="https://a.example/1"), link(None, url="https://a.example/2")
    old = held(word(), links=(one, other))
    message = from_("somebody@else.example", fetched=Fetched(number="2023-W-0001", urls=(one.url,)))
    assert candidates_of(message, [old], []) == [old]
    assert candidates_of(message, [held(number="2023-W-0002")], []) == []
    merged = merge(draft((Role.PDF_FORM, "表.pdf", form())), old, message, notice())
    assert [(each.url, each.fetched) for each in merged.case.links] == [(one.url, True), (other.url, False)]
    assert merged.case.unopened == (other.url,)  # what is missing still may lie there


def test_a_case_that_came_bare_takes_a_form_of_either_track() -> None:
    bare = record(Case(track=Track.TEXT, number="2023-W-0001", first_received_at=IN_TIME, title="材料"))
    film = draft((Role.WORD_FORM, "表.docx", form(annex=2)), track=Track.VIDEO)
    assert match(film, [bare], from_("wm@example.com"), tied=True) is bare
    assert match(film, [held(word(), number="2023-W-0002")], from_("wm@example.com"), tied=True) is None


def test_what_lies_behind_a_link_is_of_the_track_the_mail_tells() -> None:
    one = Draft(Track.TEXT, [], [link("材料.zip")])
    assert (
        merge(one, None, from_("a@b.cn", subject=SubjectFacts(), text="视频和申报表见网盘"), notice()).case.track
        is Track.VIDEO
    )
    assert merge(one, None, from_("a@b.cn", text="文字和视频案例见网盘"), notice()).case.track is Track.TEXT


def test_forms_that_follow_find_the_case_whose_files_were_forgotten() -> None:
    bare = record(Case(track=Track.TEXT, number="2023-W-0001", first_received_at=IN_TIME, unit="昌乐县发展和改革局"))
    later_on = draft((Role.WORD_FORM, "表.docx", form()))
    assert match(later_on, [bare], from_("wm@example.com"), tied=False) is bare
    other = draft((Role.WORD_FORM, "表.docx", form(unit="山东某某纺织有限公司")))
    told = SubjectFacts(convention="unit", unit="昌乐县发展和改革局")
    assert match(other, [bare], from_("wm@example.com", subject=told), tied=False) is None


def test_a_like_title_of_another_unit_is_another_case_unless_the_mail_answers() -> None:
    old = held(unit="昌乐县发展和改革局")
    other = draft((Role.WORD_FORM, "表.docx", form(unit="山东某某纺织有限公司")))
    assert match(other, [old], from_("wm@example.com"), tied=False) is None
    assert match(other, [old], from_("wm@example.com"), tied=True) is old
