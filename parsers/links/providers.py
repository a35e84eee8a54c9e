"""In charge of the table of providers that carry large files as links (research/netease-mail.md §4).

One row a provider: its hosts, matched wholly or as a parent domain, and the path a file has there.
Adding one is one row here and its mail in tests/fixtures/mails.py. Leaves reading the words around a link to `links.finding`.
"""

import re
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Provider:
    """Who keeps the file. A URL is his when its host is one of `hosts` or ends in ".<host>", and `path` is found in it."""

    name: str
    hosts: tuple[str, ...]  #: "" stands for any host: the path alone tells (Aliyun's custom domains)
    path: re.Pattern[str] = field(default=re.compile(r".", re.DOTALL))  #: searched in path and query
    code_key: str = ""  #: query key that holds the 提取码
    size_key: str = ""  #: query key with the size in bytes
    name_key: str = ""
    expiry_key: str = ""  #: query key with milliseconds since 1970


def _path(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


#: 蓝奏云 moves from letter to letter.
_LANZOU = tuple(f"lanzou{letter}.com" for letter in ("", *"abcdefghijklmnopqrstuvwxyz"))

PROVIDERS: tuple[Provider, ...] = (
    Provider("netease", ("mail.163.com", "mail.126.com", "mail.yeah.net", "email.163.com"), _path(r"/large-attachment-download/|/filehub-master/|/huge")),
    Provider("netease", ("fs.163.com", "fs.126.com", "fs.yeah.net"), _path(r"^/(?:fs/)?(?:display|dl|download)|NETEASE-HUGE"), name_key="title"),
    Provider("netease_master", ("dashi.163.com", "mail.163.com"), _path(r"/cloud-attachment-download/")),
    Provider("netease_qiye", ("qiye.163.com",), _path(r"/attachment/|/download|identity=|key="), expiry_key="expired"),
    Provider("qq", ("wx.mail.qq.com", "iwx.mail.qq.com", "mail.qq.com", "exmail.qq.com", "mail.foxmail.com"), _path(r"/ftn/download|ftnExs_|ftnsf|/ftn/|exs_ftn")),
    Provider("qq", ("ftn.qq.com", "ftnapi.qq.com")),
    Provider("aliyun", ("",), _path(r"/alimail/openLinks/downloadMimeMetaDiskBigAttach")),
    Provider("sina", ("mail.sina.com.cn", "mail.sina.cn", "mail.sina.com", "mail.sina.net"), _path(r"/filecenter/")),
    Provider("coremail", ("",), _path(r"/coremail/XT\d?/nf/|/coremail/s\?func=nf|/coremail/.*netfolder")),
    Provider("cloud189", ("cloud.189.cn",), _path(r"/(?:file/downloadFile|t/|web/share|downloadFile)|code="), code_key="accessCode", expiry_key="expired"),
    Provider("mailplus189", ("mail.189.cn", "webmail30.189.cn", "webmail20.189.cn"), _path(r"download|attach")),
    Provider("icloud", ("icloud.com", "icloud.com.cn"), _path(r"^/attachment/|/iclouddrive/"), name_key="f", size_key="sz"),
    Provider("onedrive", ("1drv.ms", "onedrive.live.com", "sharepoint.com", "sharepoint.cn")),
    Provider("google", ("drive.google.com", "docs.google.com"), _path(r"^/(?:file|open|uc|drive|document)")),
    Provider("baidu", ("pan.baidu.com", "yun.baidu.com"), _path(r"^/(?:s/|share/|e/|link)|surl="), code_key="pwd"),
    Provider("quark", ("pan.quark.cn",), _path(r"^/s/"), code_key="pwd"),
    Provider("aliyundrive", ("aliyundrive.com", "alipan.com"), _path(r"^/(?:s/|t/)"), code_key="pwd"),
    Provider("yun139", ("yun.139.com", "caiyun.139.com", "caiyun.feixin.10086.cn"), _path(r"/(?:link|w|m|dl|shareweb|front)")),
    Provider("mail139", ("mail.10086.cn", "appmail.mail.10086.cn"), _path(r"largefile|download|share|disk")),
    Provider("weiyun", ("share.weiyun.com", "weiyun.com")),
    Provider("lanzou", (*_LANZOU, "lanzn.com", "ilanzou.com", "woozooo.com")),
    Provider("pan123", ("123pan.com", "123pan.cn", "123684.com", "123865.com", "123912.com"), _path(r"^/(?:s/|a/|ps/)"), code_key="pwd"),
    Provider("wenshushu", ("wenshushu.cn", "wenxiaozhan.net", "wss.ink"), _path(r"^/(?:f|k|box|s|t)/|^/\w{6,}")),
    Provider("cowtransfer", ("cowtransfer.com",), _path(r"^/s/")),
    Provider("xunlei", ("pan.xunlei.com",), _path(r"^/s/"), code_key="pwd"),
    Provider("jianguoyun", ("jianguoyun.com",), _path(r"^/p/|^/d/|/share")),
    Provider("feishu", ("feishu.cn", "larksuite.com"), _path(r"^/(?:file|drive|docx|minutes|docs|space)")),
    Provider("kdocs", ("kdocs.cn", "wps.cn", "365.kdocs.cn"), _path(r"^/(?:l|p|view|folder|f|s)/")),
    Provider("tencent_docs", ("docs.qq.com", "drive.weixin.qq.com")),
    Provider("dingtalk", ("alidocs.dingtalk.com", "space.dingtalk.com")),
    Provider("pan115", ("115.com", "115cdn.com", "anxia.com"), _path(r"^/s/"), code_key="password"),
    Provider("uc", ("drive.uc.cn",), _path(r"^/s/")),
    Provider("ctfile", ("ctfile.com", "545c.com", "089u.com"), _path(r"^/(?:f|d|file|dir)/"), code_key="p"),
    Provider("dropbox", ("dropbox.com",), _path(r"^/(?:s|scl|sh|t)/")),
    Provider("wetransfer", ("wetransfer.com", "we.tl")),
    Provider("huawei", ("cloud.huawei.com", "cloud.hicloud.com"), _path(r"share|/m/|drive")),
)  # fmt: skip


def provider_of(host: str, rest: str) -> Provider | None:
    """Return the provider a URL belongs to, by host and path with query; a look-alike host is nobody's (T90)."""
    return next((one for one in PROVIDERS if _is_host(host, one.hosts) and one.path.search(rest)), None)


def _is_host(host: str, hosts: tuple[str, ...]) -> bool:
    return any(not one or host == one or host.endswith(f".{one}") for one in hosts)


def looks_like_provider(host: str) -> bool:
    """Tell a host that only begins as a provider's does: mail.163.com.evil.cn."""
    return any(
        name and not _is_host(host, (name,)) and (f".{name}." in f".{host}." or f"{name}-" in host)
        for provider in PROVIDERS
        for name in provider.hosts
    )
