"""Which files make a case: copies found by what they say, works and videos by form, folder and name."""

from collections.abc import Iterable

import pytest

from daemon.assembly import Draft, assemble
from daemon.roles import Placed
from domain.facts import FileFacts, FormFields
from domain.kinds import Kind, Role, Track
from tests.fixtures.cases import PROSE, form, link, notice, part

OTHER = PROSE.replace("昌乐县", "寿光市").replace("信用修复", "蔬菜质量追溯")[::-1]


def placed(role: Role, name: str, form: FormFields | None = None, text: str = "", kind: Kind = Kind.OTHER) -> Placed:
    return Placed(
        part(name.rpartition("/")[2], kind, path=name), FileFacts(parser="t", version=1, text=text), role, form
    )


def word(name: str, **fields: object) -> Placed:
    return placed(Role.WORD_FORM, name, form(**fields))


def pdf(name: str, **fields: object) -> Placed:
    return placed(Role.PDF_FORM, name, form(**fields))


def drafts(*items: Placed, links: Iterable[object] = ()) -> list[Draft]:
    return assemble(items, list(links), notice())  # type: ignore[arg-type]  # links are built by fixtures


def names(draft: Draft) -> set[str]:
    return {item.part.path for item in draft.placed}


def test_both_copies_of_a_form_are_one_case() -> None:
    (draft,) = drafts(word("表.docx"), pdf("表.pdf"))
    assert names(draft) == {"表.docx", "表.pdf"}
    assert draft.track is Track.TEXT


def test_copies_find_each_other_by_what_they_say_not_by_order() -> None:
    one, two = {"title": "信用积分惠民"}, {"title": "蔬菜质量追溯", "content": OTHER}
    first, second = drafts(word("1.docx", **one), word("2.docx", **two), pdf("a.pdf", **two), pdf("b.pdf", **one))
    assert names(first) == {"1.docx", "b.pdf"}
    assert names(second) == {"2.docx", "a.pdf"}


def test_two_cases_of_one_unit_stay_two_though_contact_and_phone_agree() -> None:
    assert (
        len(drafts(word("1.docx", title="信用积分惠民"), pdf("2.pdf", title="蔬菜质量追溯", content=OTHER, annex=2)))
        == 2
    )


def test_the_only_scan_goes_with_the_only_form_even_if_they_differ() -> None:
    (draft,) = drafts(word("表.docx", title="信用积分惠民"), pdf("表.pdf", title="蔬菜质量追溯", content=OTHER))
    assert names(draft) == {"表.docx", "表.pdf"}


def test_a_doc_beside_a_docx_is_the_same_copy() -> None:
    (draft,) = drafts(word("表.docx"), word("表.doc"), pdf("表.pdf"))
    assert len(draft.of(Role.WORD_FORM)) == 2


def test_a_scan_nobody_can_read_goes_to_the_case_that_lacks_one() -> None:
    one, two = drafts(
        word("1.docx", title="信用积分惠民"),
        word("2.docx", title="蔬菜质量追溯", content=OTHER),
        pdf("a.pdf", title="信用积分惠民"),
        placed(Role.PDF_FORM, "扫描.pdf"),
    )
    assert names(one) == {"1.docx", "a.pdf"}
    assert names(two) == {"2.docx", "扫描.pdf"}


def test_photographed_pages_of_one_form_are_one_copy() -> None:
    (draft,) = drafts(
        word("表.docx"),
        placed(Role.IMAGE_FORM, "1.jpg", form()),
        placed(Role.IMAGE_FORM, "2.jpg", form(title=None, contact=None, phone=None)),
        placed(Role.IMAGE_FORM, "3.jpg"),
    )
    assert names(draft) == {"表.docx", "1.jpg", "2.jpg", "3.jpg"}


def test_an_article_goes_to_the_case_whose_title_it_bears() -> None:
    one, two = drafts(
        word("1.docx", title="信用积分惠民工程"),
        word("2.docx", title="蔬菜质量追溯体系", content=OTHER),
        placed(Role.TEXT_WORK, "正文.docx", text="蔬菜质量追溯体系\n" + OTHER),
        placed(Role.TEXT_WORK, "信用积分惠民工程.docx", text=PROSE),
    )
    assert names(one) == {"1.docx", "信用积分惠民工程.docx"}
    assert names(two) == {"2.docx", "正文.docx"}


def test_files_of_one_folder_belong_together() -> None:
    one, two = drafts(
        word("甲/申报表.docx", title="信用积分惠民", annex=2),
        word("乙/申报表.docx", title="蔬菜质量追溯", annex=2, content=OTHER),
        placed(Role.VIDEO, "乙/1.mp4"),
        placed(Role.VIDEO, "甲/1.mp4"),
    )
    assert "甲/1.mp4" in names(one)
    assert "乙/1.mp4" in names(two)


def test_a_video_beside_the_text_form_alone_is_a_video_case_on_the_wrong_form() -> None:
    (draft,) = drafts(word("表.docx"), placed(Role.VIDEO, "作品.mp4"))
    assert draft.track is Track.VIDEO


def test_a_video_beside_a_form_and_an_article_illustrates_the_text() -> None:
    (draft,) = drafts(word("表.docx"), placed(Role.TEXT_WORK, "案例.docx", text=PROSE), placed(Role.VIDEO, "作品.mp4"))
    assert draft.track is Track.TEXT


@pytest.mark.parametrize(("role", "track"), [(Role.VIDEO, Track.VIDEO), (Role.TEXT_WORK, Track.TEXT)])
def test_a_work_without_any_form_is_a_case_all_the_same(role: Role, track: Track) -> None:
    (draft,) = drafts(placed(role, "作品"))
    assert draft.track is track


def test_a_link_goes_to_the_video_case_without_a_video() -> None:
    one, two = drafts(
        word("1.docx", annex=2, title="信用积分惠民"),
        word("2.docx", annex=2, title="蔬菜质量追溯", content=OTHER),
        placed(Role.VIDEO, "信用积分惠民.mp4"),
        links=[link("视频.mp4")],
    )
    assert not one.links
    assert two.links


def test_a_mail_of_links_only_is_a_video_case() -> None:
    (draft,) = drafts(links=[link()])
    assert draft.track is Track.VIDEO


def test_pictures_go_along_and_open_no_case() -> None:
    assert drafts(placed(Role.IMAGE, "照片.jpg")) == []
    (draft,) = drafts(word("表.docx"), placed(Role.IMAGE, "照片.jpg"))
    assert "照片.jpg" in names(draft)


def test_of_several_texts_the_one_that_bears_the_title_counts() -> None:
    title = form().title
    work = placed(Role.TEXT_WORK, "正文.docx", text=f"{title}\n{PROSE}")
    (draft,) = drafts(word("表.docx"), work, placed(Role.TEXT_WORK, "管理办法.docx", text=OTHER))
    assert [item.part.path for item in draft.of(Role.TEXT_WORK)] == ["管理办法.docx", "正文.docx"]
