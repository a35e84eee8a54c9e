"""Links to large files as providers and applicants write them, each with what must be told of it; and what is no such link.

.venv/bin/python -m bench.accuracy_links

Shapes: research/netease-mail.md §4. Sizes count 1 K as 1,024 bytes; moments are Asia/Shanghai.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bench.table import Figure, share, table
from domain.mail import Link
from domain.notice import SHANGHAI
from parsers.links.finding import find_links

K, M, G = 1024, 1024**2, 1024**3


@dataclass(frozen=True)
class Wanted:
    """What is to be told of one link."""

    provider: str
    name: str | None = None
    size: int | None = None
    expires: str | None = None  #: "2023-08-31 21:59"
    code: str | None = None
    never: bool = False


@dataclass(frozen=True)
class Snippet:
    """A piece of a mail and the links in it, in order."""

    name: str
    html: str = ""
    text: str = ""
    links: tuple[Wanted, ...] = ()


def _text(name: str, text: str, *links: Wanted) -> Snippet:
    return Snippet(name, text=text, links=links)


def _html(name: str, html: str, *links: Wanted) -> Snippet:
    return Snippet(name, html=html, links=links)


def _nothing(name: str, html: str = "", text: str = "") -> Snippet:
    return Snippet(name, html, text)


_163 = "https://mail.163.com/large-attachment-download/index.html"
_QQ = "http://mail.qq.com/cgi-bin/ftnExs_download"
_WX = "https://wx.mail.qq.com/ftn/download?func=3"

SNIPPETS: tuple[Snippet, ...] = (
    # NetEase
    _html("163, three anchors and its app", f"""<div><b>从网易163邮箱发来的超大附件</b><a class="bigattach-mailmaster-download" href="http://u.163.com/t0">推荐客户端极速下载</a></div>
<div><a href="{_163}?file=Ab3&amp;p=9"><img src="mp4.gif"></a><a href="{_163}?file=Ab3&amp;p=9">一张欠条.mp4</a><span style="color:#bbb"> (312.5M, 2023年9月6日 8:05 到期)</span>
<a href="{_163}?file=Ab3&amp;p=9">下载</a></div>""", Wanted("netease", "一张欠条.mp4", int(312.5 * M), "2023-09-06 08:05")),
    _html("163, two files in one box", f"""<div id="divNeteaseBigAttach"><div style="clear:both;height:36px;padding:6px 4px"><a href="{_163}?file=one">申报表.zip</a> <span> (20.4M, 2023年9月1日 10:00 到期)</span></div>
<div style="clear:both;height:36px;padding:6px 4px"><a href="{_163}?file=two">诚信故事.mov</a> <span> (1.2G, 2023年9月2日 11:30 到期)</span></div></div>""",
          Wanted("netease", "申报表.zip", int(20.4 * M), "2023-09-01 10:00"), Wanted("netease", "诚信故事.mov", int(1.2 * G), "2023-09-02 11:30")),
    _html("163, attributes tell", f"""<div id="divNeteaseBigAttach"><a download filename="信用 之路.mp4" expiretime="1693490340000" filesize="734003200" fileid="f" href="{_163}?p=X&amp;file=K">下载</a></div>""",
          Wanted("netease", "信用 之路.mp4", 734003200, "2023-08-31 21:59")),
    _text("126, pasted as text", "视频过大，用超大附件发送：村里的红黑榜.mp4 (96.3M, 2023年8月29日 17:20 到期) https://mail.126.com/large-attachment-download/index.html?file=Q1w2",
          Wanted("netease", "村里的红黑榜.mp4", int(96.3 * M), "2023-08-29 17:20")),
    _text("163, old", "http://fs.163.com/fs/display/?p=X-NETEASE-HUGE-ATTACHMENT&file=r2D&title=a1.avi (60.57M, 2023年8月27日 19:39 到期)",
          Wanted("netease", "a1.avi", int(60.57 * M), "2023-08-27 19:39")),
    _html("邮箱大师", '<p>云附件</p><p><a href="https://dashi.163.com/html/cloud-attachment-download/?key=ZW9">守信的人.mp4</a> 88.1MB</p>', Wanted("netease_master", "守信的人.mp4", int(88.1 * M))),
    _html("网易企业邮箱", """<div id="divNeteaseSiriusCloudAttach">从网易企业邮箱发来的云附件<a file-name="成果视频.mpg" file-size="20981" expired="1691164080000" href="https://edisk.qiye.163.com/api/biz/attachment/download?identity=0a">下载</a></div>""",
          Wanted("netease_qiye", "成果视频.mpg", 20981, "2023-08-04 23:48")),
    _text("网易企业邮箱, text", "从网易企业邮箱发来的云附件\n成果视频.mpg\n20.49K | 过期时间：2023年8月4日 23:48\nhttps://edisk.qiye.163.com/api/biz/attachment/download?identity=0b",
          Wanted("netease_qiye", "成果视频.mpg", int(20.49 * K), "2023-08-04 23:48")),
    # QQ
    _html("QQ, old template", f"""<div id="QQMailBigAttach"><div class="bigatt_bt" title="老店新约.mp4
&#10;文件大小：128.03M&#10;到期时间：2023年08月31日 21:59"><span class="qqmailbgattach" expiretime="1693490340" downloadlink="{_QQ}?k=7&amp;t=exs_ftn_download&amp;code=a1"></span>
<a href="{_QQ}?t=exs_ftn_download&amp;k=7&amp;code=a1">进入下载页面</a></div></div>""", Wanted("qq", "老店新约.mp4", int(128.03 * M), "2023-08-31 21:59")),
    _text("QQ, old, text", f"从QQ邮箱发来的超大附件\n\n老店新约.mp4 (128.03M, 2023年08月31日 21:59 到期)进入下载页面：{_QQ}?k=7&t=exs_ftn_download&code=a2",
          Wanted("qq", "老店新约.mp4", int(128.03 * M), "2023-08-31 21:59")),
    _text("QQ, no end", f"老店新约.mp4 (2.6G, 无限期)进入下载页面：{_WX}&key=a&code=b3&k=c", Wanted("qq", "老店新约.mp4", int(2.6 * G), never=True)),
    _text("QQ, English", f"Big file from QQ Mail\ncredit.mp4 (45M, Expires on August 27, 2023 21:59) {_WX}&key=e&code=b4&k=d", Wanted("qq", "credit.mp4", 45 * M, "2023-08-27 21:59")),
    _text("腾讯企业邮箱", "从腾讯企业邮箱发来的超大附件\n还款之后.wmv (77.7M, 2023年9月3日 6:00 到期)进入下载页面：http://exmail.qq.com/cgi-bin/ftnExs_download?k=1&t=exs_ftn_download&code=b5",
          Wanted("qq", "还款之后.wmv", int(77.7 * M), "2023-09-03 06:00")),
    _html("Foxmail", """<div id="FoxmailClientBigAttach"><div class="foxmail_hugeattachment_item"><span class="foxmail_hugeattachment_filename">夜市.mp4</span><span>(52.5M, 2023年9月5日 12:00 到期)</span>
<a href="http://mail.foxmail.com/cgi-bin/ftnExs_download?k=2&amp;code=b6">下载</a></div></div>""", Wanted("qq", "夜市.mp4", int(52.5 * M), "2023-09-05 12:00")),
    _text("QQ, two files", f"甲村.mp4 (10M, 2023年8月30日 9:00 到期)进入下载页面：{_WX}&k=1&code=c1\n乙村.mp4 (11M, 2023年8月30日 9:01 到期)进入下载页面：{_WX}&k=2&code=c2",
          Wanted("qq", "甲村.mp4", 10 * M, "2023-08-30 09:00"), Wanted("qq", "乙村.mp4", 11 * M, "2023-08-30 09:01")),
    _text("QQ, torn by a line break", "老店新约.mp4 http://mail.qq.com/cgi-bin/ftnExs_download?k=7a6c3f4e8b2d1a&t=exs_ftn_download&\ncode=ab12cd34\n谢谢", Wanted("qq", "老店新约.mp4")),
    # other mail programs
    _text("阿里", "超大附件列表  诚信经营.mp4  [27.3MB]  进入下载页面 https://qiye.aliyun.com/alimail/openLinks/downloadMimeMetaDiskBigAttach?id=netdiskid%3Av001%3A1",
          Wanted("aliyun", "诚信经营.mp4", int(27.3 * M))),
    _html("阿里, a host of its own", '<div>超大附件列表<br>诚信经营.mp4 [27.3MB] <a href="https://mail.wfxy.gov.cn/alimail/openLinks/downloadMimeMetaDiskBigAttach?id=netdiskid%3A2">进入下载页面</a></div>',
          Wanted("aliyun", "诚信经营.mp4", int(27.3 * M))),
    _text("新浪", "来自中转站 果园.avi 有效时间到：2023-09-04 23:48:00 https://mail.sina.com.cn/filecenter/download.php?id=77", Wanted("sina", "果园.avi", None, "2023-09-04 23:48")),
    _text("189", "https://download.cloud.189.cn/file/downloadFile.action?dt=5&expired=1691164080000 果园.mp4", Wanted("cloud189", "果园.mp4", None, "2023-08-04 23:48")),
    _text("Apple", "点按以下载 https://www.icloud.com/attachment/?u=https%3A%2F%2Fcvws.icloud-content.com%2FB%2F1&f=%E8%AF%9A%E4%BF%A1.mov&sz=198765432", Wanted("icloud", "诚信.mov", 198765432)),
    # net disks
    _text("百度, new", "通过网盘分享的文件：诚信之光.mp4\n链接: https://pan.baidu.com/s/1AbC-dEf_G 提取码: d6ea 复制这段内容后打开百度网盘手机App，操作更方便哦\n--来自百度网盘超级会员v9的分享", Wanted("baidu", "诚信之光.mp4", code="d6ea")),
    _text("百度, old", "链接：https://pan.baidu.com/s/1kXyZ\n提取码：8g7h \n复制这段内容后打开百度网盘手机App", Wanted("baidu", code="8g7h")),
    _text("百度, code in the link", "视频《还款》https://pan.baidu.com/s/1kXyZ?pwd=9xyz", Wanted("baidu", code="9xyz")),
    _text("百度, code before", "提取码 q1w2，链接 https://pan.baidu.com/s/1kXyW", Wanted("baidu", code="q1w2")),
    _text("百度, no scheme, no code", "视频请到百度网盘下载 pan.baidu.com/s/1AbCdEf", Wanted("baidu")),
    _html("百度, anchor", '<p>视频已上传：<a href="https://pan.baidu.com/s/1zz?pwd=abcd">https://pan.baidu.com/s/1zz?pwd=abcd</a></p>', Wanted("baidu", code="abcd")),
    _text("夸克", "我用夸克网盘分享了「河的账本.mp4」，点击链接即可保存。\n链接：https://pan.quark.cn/s/9f8e7d\n提取码：Tz5P", Wanted("quark", "河的账本.mp4", code="Tz5P")),
    _text("阿里云盘", "「河的账本.mp4」https://www.alipan.com/s/k3J2 提取码: 4x7d 点击链接保存", Wanted("aliyundrive", "河的账本.mp4", code="4x7d")),
    _text("蓝奏云", "https://wwi.lanzouw.com/iQaZ1 密码:6b3k", Wanted("lanzou", code="6b3k")),
    _text("123云盘", "河的账本.mp4 官方版下载丨最新版下载丨绿色版下载 https://www.123pan.com/s/Ab-cD 提取码:1a2b", Wanted("pan123", "河的账本.mp4", code="1a2b")),
    _text("文叔叔", "河的账本.mp4（180.5 MB），2023-09-08 10:00 前有效 https://www.wenshushu.cn/f/q8w7", Wanted("wenshushu", "河的账本.mp4", int(180.5 * M), "2023-09-08 10:00")),
    _text("奶牛快传", "https://cowtransfer.com/s/0a1b2c3d 传输口令 无", Wanted("cowtransfer")),
    _text("微云", "河的账本.mp4 https://share.weiyun.com/9Zk3", Wanted("weiyun", "河的账本.mp4")),
    _text("迅雷", "分享文件：河的账本.mp4\n链接：https://pan.xunlei.com/s/VNabc?pwd=a1b2", Wanted("xunlei", "河的账本.mp4", code="a1b2")),
    _text("和彩云", "链接:https://caiyun.139.com/m/i?1a5 提取码:Zx9k", Wanted("yun139", code="Zx9k")),
    _text("坚果云", "https://www.jianguoyun.com/p/DaBc 河的账本.mov", Wanted("jianguoyun", "河的账本.mov")),
    _text("飞书", "视频：https://wfxy.feishu.cn/file/boxcn123", Wanted("feishu")),
    _text("金山文档", "【金山文档】 河的账本.mp4\nhttps://kdocs.cn/l/cabc", Wanted("kdocs", "河的账本.mp4")),
    _text("OneDrive", "https://1drv.ms/v/s!abc", Wanted("onedrive")),
    _text("Google", "https://drive.google.com/file/d/1abc/view?usp=sharing", Wanted("google")),
    _text("a file on a site of one's own", "视频下载：http://www.wfhd.gov.cn/upload/2023/zhanbo.mp4", Wanted("unknown")),
    _html("one link in html and text", f'<a href="{_QQ}?t=exs_ftn_download&amp;k=9&amp;code=z">老店新约.mp4</a>', Wanted("qq", "老店新约.mp4")),
    # decoys
    _nothing("NetEase's hidden style", '<style id="cloudAttachStyle">#divNeteaseBigAttach,.x{display:none;}</style><p>材料见附件</p>'),
    _nothing("hidden anchor", f'<div style="display:none"><a href="{_163}?file=K">v.mp4</a></div>'),
    _nothing("NetEase's app alone", '<a class="bigattach-mailmaster-download" href="http://u.163.com/t0">推荐客户端极速下载</a>'),
    _nothing("look-alike of 163", '<a href="https://mail.163.com.files-cn.top/large-attachment-download/index.html?file=K">从网易邮箱发来的超大附件 v.mp4 (80M)</a>'),
    _nothing("look-alike of QQ", text="从QQ邮箱发来的超大附件 v.mp4 (8M) http://mail.qq.com-ftn.cc/cgi-bin/ftnExs_download?k=1&code=2"),
    _nothing("user name for a host", '<a href="https://pan.baidu.com@evil.cn/s/1abc">网盘 提取码 abcd</a>'),
    _nothing("look-alike of 百度", text="链接 https://pan.baidu.com.evil.cn/s/1abc 提取码 abcd"),
    _nothing("script", '<a href="javascript:void(0)">超大附件下载</a>'),
    _nothing("data", '<a href="data:text/html;base64,PGI+">网盘</a>'),
    _nothing("file", '<a href="file:///C:/Users/a/v.mp4">v.mp4 (80M)</a>'),
    _nothing("broken host", '<a href="http://[::1">网盘</a>'),
    _nothing("home page", '<p>信用潍坊 <a href="http://credit.weifang.gov.cn/">credit.weifang.gov.cn</a></p>'),
    _nothing("mail's own page", '<a href="https://mail.163.com/">网易邮箱，中国第一大电子邮件服务商</a>'),
    _nothing("signature of QQ", '<a href="https://wx.mail.qq.com/home/index?t=readmail_businesscard_midpage">发自我的QQ邮箱</a>'),
    _nothing("address", '<a href="mailto:wfxyxh@126.com">wfxyxh@126.com</a>'),
    _nothing("report in the press", text="报道见 https://www.sdnews.com.cn/wf/xwzx/202307/t20230712_4256789.htm"),
    _nothing("official account", '<a href="https://mp.weixin.qq.com/s/AbCdEf">诚信建设万里行</a>'),
    _nothing("home page of a net disk", text="请登录 https://pan.baidu.com/ 查看"),
    _nothing("picture in a signature", '<img src="https://mail.163.com/logo.gif"><p>张三 8090748</p>'),
    _nothing("words without a link", text="视频已用超大附件发送，提取码 abcd，如未收到请联系我。"),
)  # fmt: skip


def wrong() -> list[str]:
    """Return the snippets of which not everything is told as it is, and nothing else."""
    found = [(snippet, find_links(snippet.html, snippet.text)) for snippet in SNIPPETS]
    return [
        f"link {snippet.name}: {', '.join(map(_shown, links)) or 'none'}"
        for snippet, links in found
        if tuple(map(_told, links)) != snippet.links
    ]


def _told(link: Link) -> Wanted:
    expires = link.expires_at
    return Wanted(
        link.provider,
        link.name,
        link.size,
        expires.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M") if expires else None,
        link.code,
        link.never_expires,
    )


def _shown(link: Link) -> str:
    return " ".join(f"{key}={value}" for key, value in vars(_told(link)).items() if value)


def figures() -> tuple[Figure, ...]:
    lines: Sequence[str] = wrong()
    return (share("links exact", len(SNIPPETS) - len(lines), len(SNIPPETS), 1.0, lines),)


def main() -> None:
    print(table(figures()))


if __name__ == "__main__":
    main()
