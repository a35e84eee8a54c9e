"""The subject line's two conventions, in every writing seen or feared (RULES.md Subject, T115–T130)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.mail import SubjectFacts
from parsers.subject import read_subject

UNIT = [
    ("潍坊市信用协会+徐雨欣+15715351816", "潍坊市信用协会", "徐雨欣", "15715351816"),
    ("寿光市信用办＋张三＋138 0000 1234", "寿光市信用办", "张三", "13800001234"),
    ("寿光市信用办﹢张三﹢138-0000-1234", "寿光市信用办", "张三", "13800001234"),
    ("昌乐县信用办郑九13900005678", "昌乐县信用办", "郑九", "13900005678"),
    ("青州市发改局-李　四-0536-3234567", "青州市发改局", "李四", "0536-3234567"),
    ("青州市发改局 - 李四 - (0536)8793210", "青州市发改局", "李四", "0536-8793210"),
    ("Re:Re: 诸城市信用中心 王五 +86 13912345678", "诸城市信用中心", "王五", "13912345678"),
    ("RE：Fw: 回复：答复：诸城市信用中心、王五、13912345678", "诸城市信用中心", "王五", "13912345678"),
    ("Re(2): 诸城市信用中心|王五|13912345678", "诸城市信用中心", "王五", "13912345678"),
    ("回复：转发：【申报】安丘市信用办_赵六_0536—4221234—801", "安丘市信用办", "赵六", "0536-4221234-801"),
    ("13800000000+孙八+高密市发展和改革局", "高密市发展和改革局", "孙八", "13800000000"),
    ("孙八，高密市发展和改革局，13800000000", "高密市发展和改革局", "孙八", "13800000000"),
    ("联系人：张三 电话：13800000000 推荐单位：临朐县信用办", "临朐县信用办", "张三", "13800000000"),
    ("推荐单位：临朐县信用办；联系人：张三；联系电话：8090748", "临朐县信用办", "张三", "8090748"),
    ("推荐单位寿光市信用办+联系人张三+联系电话13800000000", "寿光市信用办", "张三", "13800000000"),
    ("潍坊市市场监管局、潍坊市税务局+张三、李四+13800000000、8090748", "潍坊市市场监管局、潍坊市税务局", "张三、李四", "13800000000、8090748"),
    ("寿光市信用办报送信用典型案例+张三+13800000000", "寿光市信用办", "张三", "13800000000"),
    ("潍城区信用办（张三）13800000000", "潍城区信用办", "张三", "13800000000"),
    ("诸城市信用办+歐陽明+13800000000", "诸城市信用办", "歐陽明", "13800000000"),
    ("峡山区信用办+张三+13800000000（更正）", "峡山区信用办", "张三", "13800000000"),
    ("峡山区信用办+张三+13800000000（1）以此为准", "峡山区信用办", "张三", "13800000000"),
    ("寒亭区信用办+李静+139 1234 5678【请注意，邮件由wang代发】", "寒亭区信用办", "李静", "13912345678"),
    ("[External] 高新区信用办/欧阳娜娜/13900000000", "高新区信用办", "欧阳娜娜", "13900000000"),
    ("😀坊子区信用办+马云飞+13900000000", "坊子区信用办", "马云飞", "13900000000"),
    ("0536-2323456转8012+滨海区发改局+王科", "滨海区发改局", "王科", "0536-2323456-8012"),
    ("400-618-1234+中国银行潍坊分行+陈晨", "中国银行潍坊分行", "陈晨", "400-618-1234"),
    ("【寿光市信用办】+张三+13800000000", "寿光市信用办", "张三", "13800000000"),
    ("寿光市信用办+张三主任+13800000000", "寿光市信用办", "张三", "13800000000"),
    ("第二次报送：寿光市信用办+张三+13800000000", "寿光市信用办", "张三", "13800000000"),
    ("寿光市\n信用办+张三+13800000000", "寿光市 信用办", "张三", "13800000000"),
]  # fmt: skip


@pytest.mark.parametrize(("subject", "unit", "contact", "phone"), UNIT)
def test_the_unit_convention_is_read(subject: str, unit: str, contact: str, phone: str) -> None:
    facts = read_subject(subject)
    assert (facts.convention, facts.unit, facts.contact, facts.phone) == ("unit", unit, contact, phone)
    assert facts.participant is None
    assert facts.work_title is None


WORK = [
    ("张三（潍坊某某科技有限公司）+诚信之光+13800000000", "张三", "潍坊某某科技有限公司", "诚信之光"),
    ("张三(潍坊某某科技有限公司)-诚信之光-13800000000", "张三", "潍坊某某科技有限公司", "诚信之光"),
    ("李四+《诚信故事》+13800000000", "李四", None, "诚信故事"),
    ("信用赋能乡村振兴+王喆+13800000000", "王喆", None, "信用赋能乡村振兴"),
    ("诚信潍坊美德同行+刘洋+13800000000", "刘洋", None, "诚信潍坊美德同行"),
    ("潍坊某某科技有限公司+信用+医疗：让看病更便捷+13800000000", "潍坊某某科技有限公司", "潍坊某某科技有限公司", "信用+医疗:让看病更便捷"),
    ("打造信用示范街区+奎文区信用办+13800000000", "奎文区信用办", "奎文区信用办", "打造信用示范街区"),
    ("山东潍坊农村商业银行股份有限公司-信用贷-助力乡村振兴-13800000000", "山东潍坊农村商业银行股份有限公司", "山东潍坊农村商业银行股份有限公司", "信用贷-助力乡村振兴"),
    ("参赛者：张三 作品名称：诚信之光 电话：13800000000", "张三", None, "诚信之光"),
]  # fmt: skip


@pytest.mark.parametrize(("subject", "participant", "unit", "title"), WORK)
def test_the_work_convention_is_read(subject: str, participant: str, unit: str | None, title: str) -> None:
    facts = read_subject(subject)
    assert (facts.convention, facts.participant, facts.unit, facts.work_title) == ("work", participant, unit, title)
    assert facts.phone == "13800000000"


NEITHER = [
    ("申报材料", {}),
    ("", {}),
    ("潍坊市信用典型案例申报表.docx", {}),
    ("单位名称+联系人+联系电话", {}),
    ("你好，请问怎么报名", {}),
    ("奎文区发改局+周九", {"unit": "奎文区发改局", "contact": "周九"}),
    ("昌邑市信用办+钱七+138000012345", {"unit": "昌邑市信用办", "contact": "钱七", "phone_problem": "digits"}),
    ("13800000000", {"phone": "13800000000"}),
    ("寿光市信用办 20230830", {"unit": "寿光市信用办"}),
    ("Re: 受理编号2023-W-0001 补充材料", {"receipts": ("2023-W-0001",)}),
    ("补正 2023-w-0001、2023－V－0012", {"receipts": ("2023-W-0001", "2023-V-0012")}),
]  # fmt: skip


@pytest.mark.parametrize(("subject", "known"), NEITHER)
def test_a_subject_outside_the_conventions_tells_only_what_is_sure(subject: str, known: dict[str, object]) -> None:
    facts = read_subject(subject)
    assert facts == SubjectFacts(cleaned=facts.cleaned, **known)  # type: ignore[arg-type]  # a table of fields


def test_a_mixed_subject_keeps_the_title_beside_the_unit() -> None:
    facts = read_subject("寿光市信用办+张三+信用让生活更美好+13800000000")
    assert (facts.convention, facts.unit, facts.contact, facts.work_title) == (
        "unit",
        "寿光市信用办",
        "张三",
        "信用让生活更美好",
    )


def test_the_cleaned_subject_has_no_prefixes() -> None:
    assert read_subject("Re: 转发：【申报】寿光市信用办+张三").cleaned == "寿光市信用办+张三"


@given(st.text(max_size=120))
def test_no_subject_raises(subject: str) -> None:
    read_subject(subject)


@given(
    st.sampled_from(["寿光市信用办", "潍坊市发展和改革委员会", "潍坊某某食品有限公司", "高新区管委会"]),
    st.sampled_from(["张三", "欧阳娜娜", "王喆", "陈小明"]),
    st.sampled_from(["13800000000", "0536-8090748", "8090748", "400-618-1234"]),
    st.sampled_from(["+", "＋", " + ", "_", "/", "、", "，", ";", "|", " "]),
    st.sampled_from(["", "Re: ", "回复：", "转发: ", "【申报】"]),
    st.permutations([0, 1, 2]),
)
def test_order_separator_and_prefix_do_not_matter(
    unit: str, name: str, phone: str, mark: str, prefix: str, order: list[int]
) -> None:
    parts = (unit, name, phone)
    facts = read_subject(prefix + mark.join(parts[index] for index in order))
    assert (facts.convention, facts.unit, facts.contact, facts.phone) == ("unit", unit, name, phone)
