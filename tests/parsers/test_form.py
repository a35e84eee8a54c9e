"""Forms out of tables and lines: where a value stands, where a form ends, what is not a form."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.facts import FormFields
from parsers.forms.grid import Cell, Grid
from parsers.forms.reading import Block, read_blocks
from tests.fixtures.form_notice import COMMITMENT, TEMPLATES

OPINION = "本单位承诺对参评成果的真实性、有效性负责。\n（盖章）"
HINT = "包括但不限于：信用监管创新、守信激励典型、失信惩戒实践等等。"


def grid(*rows: Sequence[str | None]) -> tuple[FormFields, ...]:
    return read_blocks([Grid.of(rows)], TEMPLATES, COMMITMENT)


def lines(text: str) -> tuple[FormFields, ...]:
    return read_blocks(text.split("\n"), TEMPLATES, COMMITMENT)


@pytest.mark.parametrize(
    "label",
    [
        "联系人",
        "联 系 人",
        "联　系　人：",
        "*联系人",
        "联系人（必填）",
        "1．联系人",
        "【联系人】",
        "联\n系\n人",
        "单位联系人",
        "（二）联系人",
        "联系人:",
    ],
)
def test_a_label_is_known_however_it_is_typed(label: str) -> None:
    (form,) = grid(["案例题目", "题"], [label, "张三"])
    assert form.contact == "张三"


@pytest.mark.parametrize(
    "label",
    [
        "成果特色或亮点",
        "成果特色\n或亮点",
        "成果特色或亮点\n（突出创新性、实效性，字数控制在 300 字以内，用数据和事例说话）",
        "成果特色或壳点",
    ],
)
def test_a_long_label_may_wrap_carry_a_note_or_hold_one_slip(label: str) -> None:
    (form,) = grid(["案例题目", "题"], [label, "亮"])
    assert form.highlights == "亮"


def test_an_unknown_label_is_neither_a_field_nor_an_answer() -> None:
    (form,) = grid(["案例题目", "题"], ["联系人", "", "职务", "科长"], ["负责人", "王五"], ["联系电话", "8090748"])
    assert (form.contact, form.phone) == ("", "8090748")


def test_a_missing_label_is_none_and_an_empty_answer_is_blank() -> None:
    (form,) = grid(["案例题目", "题"], ["联系人", ""], ["联系电话", "　 "])
    assert (form.contact, form.phone, form.email, form.commitment) == ("", "", None, None)


def test_two_pairs_stand_in_a_row() -> None:
    (form,) = grid(["案例题目", "题", "", ""], ["联系电话", "8090748", "邮箱", "a@b.cn"])
    assert (form.phone, form.email) == ("8090748", "a@b.cn")


def test_a_colon_in_a_cell_of_its_own_is_no_answer() -> None:
    (form,) = grid(["案例题目", "：", "题"], ["联系人", "：", "张三"])
    assert (form.title, form.contact) == ("题", "张三")


def test_a_value_goes_on_where_a_page_break_split_its_row() -> None:
    (form,) = grid(["案例题目", "题"], ["成果内容", "第一段"], [None, "第二段"], ["", "第三段"], ["单位意见", OPINION])
    assert form.content == "第一段\n第二段\n第三段"


def test_a_merged_label_owns_every_row_beside_it() -> None:
    cells = (
        Cell("案例题目", 0, 0),
        Cell("题", 0, 1),
        Cell("成果内容", 1, 0, row_span=2),
        Cell("上", 1, 1),
        Cell("下", 2, 1),
    )
    (form,) = read_blocks([Grid(cells)], TEMPLATES, COMMITMENT)
    assert form.content == "上\n下"


def test_labels_may_stand_above_their_answers() -> None:
    (form,) = grid(["案例题目", "联系人", "联系电话"], ["题", "张三", "8090748"])
    assert (form.title, form.contact, form.phone) == ("题", "张三", "8090748")


def test_a_remark_under_a_blank_answer_is_not_the_answer() -> None:
    (form,) = grid(["案例题目", "题"], ["联系人", "张三"], ["单位意见", ""], ["注：每个案例一式两份", ""])
    assert form.opinion == ""


def test_a_list_of_cases_gives_a_form_for_each_row() -> None:
    forms = grid(
        ["序号", "联系人", "案例题目", "联系电话"], ["1", "张三", "甲", "8090748"], ["2", "李四", "乙", "8090749"]
    )
    assert [(form.title, form.contact) for form in forms] == [("甲", "张三"), ("乙", "李四")]


def test_a_second_title_or_a_label_after_the_opinion_begins_the_next_form() -> None:
    one = [["申报单位", "甲局"], ["案例题目", "甲"], ["联系人", "张三"], ["单位意见", OPINION]]
    two = [["申报单位", "乙局"], ["视频名称", "乙"], ["联系人", "李四"], ["剧情简介", "事"], ["单位意见", "同意"]]
    forms = grid(*one, *two)
    assert [(form.annex, form.title, form.unit, form.commitment) for form in forms] == [
        (1, "甲", "甲局", True),
        (2, "乙", "乙局", False),
    ]


def test_label_and_answer_may_share_a_cell_and_a_cell_may_hold_several() -> None:
    (form,) = grid(
        ["视频名称：光"],
        ["联系人：李四  电话：13800000000\n13900000000"],
        ["邮箱：a@b.cn"],
        ["剧情简介：\n从前\n电话：三声\n完"],
    )
    assert (form.annex, form.title, form.contact, form.phone, form.email) == (
        2,
        "光",
        "李四",
        "13800000000、13900000000",
        "a@b.cn",
    )
    assert form.content == "从前\n电话：三声\n完"


@pytest.mark.parametrize("label", ["联系人/联系电话", "联系人及电话", "联系人、电话"])
def test_one_label_may_ask_for_two_things(label: str) -> None:
    (form,) = grid(["案例题目", "题"], [label, "张三　13800000000"])
    assert (form.contact, form.phone) == ("张三", "13800000000")


def test_the_annex_is_told_by_its_own_labels_before_the_caption() -> None:
    rows = Grid.of([["视频名称", "光"], ["联系人", "李四"], ["剧情简介", "事"]])
    (form,) = read_blocks(["附件1", "潍坊市信用典型案例评选申报表", rows], TEMPLATES, COMMITMENT)
    assert form.annex == 2


def test_the_caption_tells_the_annex_where_the_labels_do_not() -> None:
    rows = Grid.of([["联系人", "李四"], ["联系电话", "8090748"], ["邮箱", "a@b.cn"]])
    (form,) = read_blocks(["潍坊市信用典型案例视频评选申报表", rows], TEMPLATES, COMMITMENT)
    assert form.annex == 2
    assert read_blocks([rows], TEMPLATES, COMMITMENT)[0].annex is None


def test_a_small_table_that_names_a_contact_is_no_form() -> None:
    assert grid(["联系人", "徐雨欣"], ["电话", "15715351816"]) == ()
    assert grid(["指标", "数值"], ["案例数", "96"]) == ()


def test_an_article_that_ends_with_a_contact_is_no_form() -> None:
    assert lines("信用赋能\n正文一段。\n联系人：张三 电话：8090748\n邮箱：a@b.cn") == ()


def test_a_form_without_a_table_is_read_by_its_lines() -> None:
    (form,) = lines(
        "案例题目：题\n联系人：张三    联系电话：8090748   邮箱：a@b.cn\n单位地址：某路\n成果类型\n信用监管创新\n成果特色或亮点：\n一\n二\n"
        "成果内容：第一段\n联系人：文中的人\n第二段\n单位意见：" + OPINION
    )
    assert (form.contact, form.phone, form.email, form.address) == ("张三", "8090748", "a@b.cn", "某路")
    assert (form.category, form.highlights) == ("信用监管创新", "一\n二")
    assert form.content == "第一段\n联系人：文中的人\n第二段"
    assert form.commitment is True


def test_the_notice_s_own_lines_are_two_blank_forms() -> None:
    notice = (
        "附件 1:\n潍坊市信用典型案例评选申报表\n案例题目\t\t\t\n联系人\t\t\t\n联系电话\t\t邮箱\t\n单位地址\t\t\t\n成果类型\t"
        + HINT
    )
    (form,) = lines(notice)
    assert {form.title, form.contact, form.phone, form.email, form.address, form.category} == {""}


def test_text_round_a_table_fills_what_the_table_lacks_and_nothing_else() -> None:
    table = Grid.of([["案例题目", "题"], ["联系人", "李四"], ["联系电话", "8090748"]])
    blocks: list[Block] = [
        "联系人：徐雨欣 电话：15715351816",
        "邮箱：wfxyxh@126.com",
        table,
        "联系人：别人",
        "成果内容：",
        "正文",
    ]
    (form,) = read_blocks(blocks, TEMPLATES, COMMITMENT)
    assert (form.contact, form.phone, form.email, form.content) == ("李四", "8090748", None, "正文")


def test_doubtful_cells_and_pages_are_told() -> None:
    cells = (
        Cell("案例题目", 0, 0, page=0),
        Cell("题", 0, 1, page=0),
        Cell("联系人", 1, 0, page=1),
        Cell("张三", 1, 1, page=1, unsure=True),
    )
    (form,) = read_blocks([Grid(cells)], TEMPLATES, COMMITMENT)
    assert (form.unsure, form.pages) == (("contact",), (0, 1))


def test_a_form_nested_in_a_layout_table_is_read_once() -> None:
    inner = Grid.of([["案例题目", "题"], ["联系人", "张三"], ["联系电话", "8090748"]])
    outer = Grid((Cell(inner.text(), 0, 0, nested=(inner,)),))
    (form,) = read_blocks([outer], TEMPLATES, COMMITMENT)
    assert (form.title, form.contact) == ("题", "张三")


@given(
    st.lists(
        st.lists(
            st.sampled_from(
                ["案例题目", "联系人", "联系人：张三", "视频名称", "单位意见", "", "甲", HINT, "邮箱/电话"]
            ),
            max_size=5,
        ),
        max_size=7,
    )
)
def test_no_table_whatever_makes_reading_fail(rows: list[list[str]]) -> None:
    for form in read_blocks([Grid.of(rows)], TEMPLATES, COMMITMENT):
        assert form.commitment in {None, True, False}


@given(st.text(alphabet="案例题目联系人电话邮箱：: \t\n（）1甲。", max_size=200))
def test_no_lines_whatever_make_reading_fail(text: str) -> None:
    lines(text)


@given(st.text(alphabet="甲乙丙12 ，。", min_size=1, max_size=40).filter(lambda text: text.strip(" ，。")))
def test_what_is_filled_in_comes_out(text: str) -> None:
    (form,) = grid(["案例题目", "题"], ["成果内容", text], ["单位意见", OPINION])
    assert form.content == text.strip()
