"""Large files sent as links: every provider, its words, and what must not be taken for one (T77–T91)."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.mail import Link
from domain.notice import SHANGHAI
from parsers.links.finding import find_links


def at(*when: int) -> datetime:
    return datetime(*when, tzinfo=SHANGHAI)  # type: ignore[misc,arg-type]  # year, month, day, hour, minute


def only(html: str = "", text: str = "") -> Link:
    links = find_links(html, text)
    assert len(links) == 1, links
    return links[0]


NETEASE = """<div style="clear:both;height:36px;padding:6px 4px"><b>从网易163邮箱发来的超大附件</b>
<a class="bigattach-mailmaster-download" href="http://u.163.com/abc">推荐客户端极速下载</a></div><div>
<a href="https://mail.163.com/large-attachment-download/index.html?file=KEY1&amp;x=1"><img src="x.gif"></a>
<a href="https://mail.163.com/large-attachment-download/index.html?file=KEY1&amp;x=1">诚信之光.mp4</a>
<span style="color:#bbb"> (80.96M, 2023年8月17日 0:49 到期)</span>
<a href="https://mail.163.com/large-attachment-download/index.html?file=KEY1&amp;x=1">下载</a></div>"""
QQ_HTML = """<div id="QQMailBigAttach"><div class="bigatt_bt" title="诚信之光.mp4
&#10;文件大小：128.03M&#10;到期时间：2023年08月31日 21:59"><span class="qqmailbgattach" expiretime="1693490340"
downloadlink="http://mail.qq.com/cgi-bin/ftnExs_download?k=7a6&amp;t=exs_ftn_download&amp;code=ab12"></span>
<a href="http://mail.qq.com/cgi-bin/ftnExs_download?t=exs_ftn_download&amp;k=7a6&amp;code=ab12">进入下载页面</a></div></div>"""


def test_one_netease_attachment_of_three_anchors_is_one_link() -> None:
    link = only(NETEASE)
    assert (link.provider, link.host) == ("netease", "mail.163.com")
    assert link.url == "https://mail.163.com/large-attachment-download/index.html?file=KEY1&x=1"
    assert (link.name, link.size, link.expires_at) == ("诚信之光.mp4", int(80.96 * 1024**2), at(2023, 8, 17, 0, 49))


def test_the_qq_template_tells_name_size_and_end() -> None:
    link = only(QQ_HTML)
    assert (link.provider, link.name, link.size) == ("qq", "诚信之光.mp4", int(128.03 * 1024**2))
    assert link.expires_at == at(2023, 8, 31, 21, 59)


TEXTS = [
    ("从QQ邮箱发来的超大附件\n\n诚信之光.mp4 (128.03M, 2023年8月27日 21:59 到期)进入下载页面：http://mail.qq.com/cgi-bin/ftnExs_download?k=1&t=exs_ftn_download&code=ab",
     "qq", "诚信之光.mp4", int(128.03 * 1024**2), at(2023, 8, 27, 21, 59), None),
    ("视频.mov (1.5G, 无限期)进入下载页面：https://wx.mail.qq.com/ftn/download?func=3&key=a&code=b&k=c", "qq", "视频.mov", int(1.5 * 1024**3), None, None),
    ("v.mp4 (12M, 2023-08-27 21:59 到期) https://exmail.qq.com/cgi-bin/ftnExs_download?k=1&code=b", "qq", "v.mp4", 12 * 1024**2, at(2023, 8, 27, 21, 59), None),
    ("https://mail.foxmail.com/cgi-bin/ftnExs_download?k=1&code=b 文件：a.avi", "qq", "a.avi", None, None, None),
    ("超大附件列表  申报.zip  [27.3MB]  进入下载页面 https://mail.weifang.gov.cn/alimail/openLinks/downloadMimeMetaDiskBigAttach?id=netdiskid%3A1",
     "aliyun", "申报.zip", int(27.3 * 1024**2), None, None),
    ("通过网盘分享的文件：诚信之光.mp4\n链接: https://pan.baidu.com/s/1AbCdEf 提取码: d6ea 复制这段内容后打开百度网盘手机App，操作更方便哦\n--来自百度网盘超级会员v9的分享",
     "baidu", "诚信之光.mp4", None, None, "d6ea"),
    ("链接：https://pan.baidu.com/s/1AbCdEf\n提取码：D6eA", "baidu", None, None, None, "D6eA"),
    ("提取码：d6ea 链接：https://pan.baidu.com/s/1AbCdEf", "baidu", None, None, None, "d6ea"),
    ("https://pan.baidu.com/s/1AbCdEf?pwd=9xyz", "baidu", None, None, None, "9xyz"),
    ("百度网盘 pan.baidu.com/s/1AbCdEf", "baidu", None, None, None, None),
    ("来自中转站 video.mpg 有效时间到：2023-08-24 23:48:00 https://mail.sina.com.cn/filecenter/download.php?id=1", "sina", "video.mpg", None, at(2023, 8, 24, 23, 48), None),
    ("https://download.cloud.189.cn/file/downloadFile.action?dt=1&expired=1691164080000", "cloud189", None, None, at(2023, 8, 4, 23, 48), None),
    ("https://www.icloud.com/attachment/?u=x&f=%E8%AF%9A%E4%BF%A1.mov&sz=98765432", "icloud", "诚信.mov", 98765432, None, None),
    ("Expires on August 27, 2023 21:59 https://mail.qq.com/cgi-bin/ftnExs_download?k=1&code=c", "qq", None, None, at(2023, 8, 27, 21, 59), None),
    ("https://fs.163.com/fs/display/?p=X-NETEASE-HUGE-ATTACHMENT&file=a&title=v.mp4 (60.57M, 2023年8月27日 19:39 到期)", "netease", "v.mp4", int(60.57 * 1024**2), at(2023, 8, 27, 19, 39), None),
    ("https://dashi.163.com/html/cloud-attachment-download/?key=abc", "netease_master", None, None, None, None),
    ("20.49K | 过期时间：2023年8月4日 23:48 https://edisk.qiye.163.com/api/biz/attachment/download?identity=a", "netease_qiye", None, int(20.49 * 1024), at(2023, 8, 4, 23, 48), None),
    ("我用夸克网盘分享了「视频」链接：https://pan.quark.cn/s/abc123 提取码：Ab12", "quark", None, None, None, "Ab12"),
    ("我用夸克网盘分享了「诚信之光.mp4」，点击链接即可保存。\n链接：https://pan.quark.cn/s/9f8e\n提取码：Tz5P", "quark", "诚信之光.mp4", None, None, "Tz5P"),
    ("https://www.aliyundrive.com/s/abc", "aliyundrive", None, None, None, None),
    ("https://wwz.lanzoui.com/iabc 密码:1a2b", "lanzou", None, None, None, "1a2b"),
    ("https://www.123pan.com/s/abc-def 提取码:1a2b", "pan123", None, None, None, "1a2b"),
    ("https://www.wenshushu.cn/f/abc", "wenshushu", None, None, None, None),
    ("https://cowtransfer.com/s/abc", "cowtransfer", None, None, None, None),
    ("https://share.weiyun.com/abc", "weiyun", None, None, None, None),
    ("https://pan.xunlei.com/s/abc?pwd=a1b2", "xunlei", None, None, None, "a1b2"),
    ("https://drive.google.com/file/d/abc/view", "google", None, None, None, None),
    ("https://1drv.ms/v/abc", "onedrive", None, None, None, None),
    ("视频下载 http://files.weifang.gov.cn/2023/video.mp4", "unknown", None, None, None, None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "provider", "name", "size", "expires", "code"), TEXTS)
def test_a_link_in_text_is_described(
    text: str, provider: str, name: str | None, size: int | None, expires: datetime | None, code: str | None
) -> None:
    link = only(text=text)
    assert (link.provider, link.name, link.size, link.expires_at, link.code) == (provider, name, size, expires, code)


def test_no_end_is_told() -> None:
    assert only(text=TEXTS[1][0]).never_expires
    assert not only(text=TEXTS[0][0]).never_expires


def test_attributes_of_newer_templates_are_read() -> None:
    html = (
        '<div id="divNeteaseBigAttach"><a download filename="诚信.mp4" expiretime="1693490340000" filesize="123456" '
        'href="https://mail.163.com/large-attachment-download/index.html?p=1&amp;file=K">下载</a></div>'
    )
    link = only(html)
    assert (link.name, link.size, link.expires_at) == ("诚信.mp4", 123456, at(2023, 8, 31, 21, 59))


def test_two_files_of_one_list_keep_their_own_words() -> None:
    text = (
        "甲.mp4 (1M, 2023年8月1日 1:00 到期)进入下载页面：https://wx.mail.qq.com/ftn/download?func=3&k=1&code=a\n"
        "乙.mp4 (2M, 2023年8月2日 2:00 到期)进入下载页面：https://wx.mail.qq.com/ftn/download?func=3&k=2&code=b"
    )
    assert [(link.name, link.size) for link in find_links("", text)] == [("甲.mp4", 1024**2), ("乙.mp4", 2 * 1024**2)]


def test_html_and_text_of_one_mail_give_one_link() -> None:
    text = "诚信之光.mp4 http://mail.qq.com/cgi-bin/ftnExs_download?t=exs_ftn_download&amp;k=7a6&amp;code=ab12"
    assert only(QQ_HTML, text).size == int(128.03 * 1024**2)


def test_a_url_torn_by_a_line_break_is_whole() -> None:
    text = "下载：http://mail.qq.com/cgi-bin/ftnExs_download?k=7a6c3f4e8b2d1a&t=exs_ftn_download&\ncode=ab12cd34\n谢谢"
    assert only(text=text).url.endswith("&code=ab12cd34")
    assert only(text="<https://pan.baidu.com/s/1AbCd\nEfGh>").url == "https://pan.baidu.com/s/1AbCdEfGh"


NOTHING = [
    '<style id="cloudAttachStyle">#divNeteaseBigAttach, .x{display:none;}</style><p>见附件</p>',
    '<div style="display:none"><a href="https://pan.baidu.com/s/1abc">v.mp4</a></div>',
    '<a href="https://mail.163.com.evil.cn/large-attachment-download/index.html?file=K">从网易邮箱发来的超大附件 v.mp4 (80M)</a>',
    '<a href="https://mail.163.com@evil.cn/large-attachment-download/?file=K">超大附件</a>',
    '<a href="https://pan.baidu.com-evil.cn/s/1abc">网盘 提取码 abcd</a>',
    '<a href="javascript:alert(1)">超大附件</a>',
    '<a href="http://[::1">网盘</a>',
    '<a href="http://www.wfcredit.gov.cn/">信用潍坊</a>',
    '<a href="https://mail.163.com/">网易邮箱</a>',
    '<a href="mailto:a@b.cn">a@b.cn</a>',
]  # fmt: skip


@pytest.mark.parametrize("html", NOTHING)
def test_what_only_looks_like_a_file_gives_no_link(html: str) -> None:
    assert find_links(html, "") == ()


@given(st.text(max_size=300), st.text(max_size=300))
def test_no_markup_raises(html: str, text: str) -> None:
    find_links(f"<a href='{html}'>x</a>{html}", text)
