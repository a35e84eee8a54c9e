"""What a sender writes now is told from the mail quoted below it, in every program's way (T76)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.message.quotes import split_html, split_text

OLD = "旧电话 13911112222 https://pan.baidu.com/s/1old"

REPLIES = [
    f"新内容\n\n------------------ 原始邮件 ------------------\n发件人: \"信用协会\" <wfxyxh@126.com>;\n{OLD}",
    f"新内容\n\n---- 回复的原邮件 ----\n{OLD}",
    f"新内容\n---原始邮件---\n{OLD}",
    f"新内容\n-----Original Message-----\nFrom: a@b.cn\n{OLD}",
    f"新内容\n\nAt 2023-08-01 17:32:26, \"信用协会\" <wfxyxh@126.com> wrote:\n>{OLD}",
    f"新内容\n\n在 2023-08-01 17:32:26，\"信用协会\" <wfxyxh@126.com> 写道：\n{OLD}",
    f"新内容\n\n> 2023年8月1日 17:32，信用协会 <wfxyxh@126.com> 写道：\n> \n> {OLD}",
    f"新内容\n\n发件人： wfxyxh@126.com\n发送时间： 2023-08-01 17:32\n收件人： a@b.cn\n主题： 回复\n{OLD}",
    f"新内容\n\nFrom: wfxyxh@126.com\nSent: Tuesday, August 1, 2023\nTo: a@b.cn\nSubject: Re\n{OLD}",
    f"新内容\n\nOn Tue, Aug 1, 2023 at 5:32 PM 信用协会 <wfxyxh@126.com>\nwrote:\n\n> {OLD}",
]  # fmt: skip


@pytest.mark.parametrize("text", REPLIES)
def test_a_plain_reply_is_parted(text: str) -> None:
    split = split_text(text)
    assert split.own == "新内容"
    assert "13911112222" in split.quoted
    assert not split.forwarded


HTML = [
    '<div>新内容</div><div><div>------------------&nbsp;原始邮件&nbsp;------------------</div><div>OLD</div></div><div>OLD</div>',
    '<div>新内容</div><blockquote id="isReplyContent" class="ReferenceQuote">OLD</blockquote>',
    '<div>新内容</div><div class="ntes-mailmaster-quote"><div>---- 回复的原邮件 ----</div>OLD</div>',
    '<div>新内容</div><p>At 2023-08-01 17:32:26, "信用协会" &lt;wfxyxh@126.com&gt; wrote:</p><blockquote>OLD</blockquote>',
    '<div>新内容</div><blockquote style="margin-left:2em"><div><b>发件人：</b> wfxyxh@126.com</div><div><b>发送时间：</b> 2023-08-01</div>'
    "<div><b>收件人：</b> a@b.cn</div><div>OLD</div></blockquote>",
    '<p>新内容</p><div id="divRplyFwdMsg"><b>发件人:</b> x</div><div>OLD</div>',
    '<p>新内容</p><blockquote type="cite"><div>2023年8月1日，信用协会 &lt;wfxyxh@126.com&gt; 写道：</div>OLD</blockquote>',
    '<p>新内容</p><div class="gmail_quote"><div>On Tue wrote:</div><blockquote class="gmail_quote">OLD</blockquote></div>',
]  # fmt: skip


@pytest.mark.parametrize("html", HTML)
def test_an_html_reply_is_parted(html: str) -> None:
    split = split_html(html.replace("OLD", '旧电话 13911112222 <a href="https://pan.baidu.com/s/1old">网盘</a>'))
    assert split.own == "新内容"
    assert "13911112222" in split.quoted
    assert "1old" not in str(split.own_page.trees[0])
    assert "1old" in "".join(map(str, split.quoted_page.trees))


def test_words_below_a_quoted_box_stay_the_senders() -> None:
    split = split_html('<blockquote type="cite">旧</blockquote><p>答在下面</p>')
    assert (split.own, split.quoted) == ("答在下面", "旧")


@pytest.mark.parametrize(
    "mark", ["-------- 转发邮件信息 --------", "---------- Forwarded message ---------", "Begin forwarded message:"]
)
def test_a_forward_is_told_from_a_reply(mark: str) -> None:
    split = split_text(f"请查收\n\n{mark}\n发件人：企业\n材料链接")
    assert (split.own, split.forwarded) == ("请查收", True)
    assert "材料链接" in split.quoted


@pytest.mark.parametrize(
    "text",
    [
        "您好：\n联系人：张三\n联系电话：8090748\n主题：诚信",
        "发件人：张三\n附件是材料",
        "我在活动中写道：诚信是金",
        "----\n签名",
        "一 - 二 - 三",
    ],
)
def test_ordinary_words_are_not_cut(text: str) -> None:
    assert split_text(text).own == text


@given(st.text(max_size=300))
def test_no_text_is_lost(text: str) -> None:
    split = split_text(text)
    assert set(text.split()) - set(split.own.split()) - set(split.quoted.split()) == set()


@given(st.text(max_size=200))
def test_no_markup_raises(html: str) -> None:
    split_html(html)
