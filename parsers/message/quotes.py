"""In charge of telling what a sender wrote now from the earlier mail quoted below it (research/netease-mail.md §3.1, T76).

Knows the marks of QQ, NetEase, Foxmail, Outlook, Apple and Gmail. Leaves HTML as such to `message.body`.
"""

import re
from typing import NamedTuple

from bs4 import BeautifulSoup, Tag
from bs4.element import PageElement

from parsers.message.body import lines_of, soup_of, text_of, text_of_lines

_DASHED = r"[-—_=*]{2,40}\s*{}\s*[-—_=*]{2,40}"
_REPLY_WORDS = r"(?:原始邮件|原邮件|回复的?原?邮件|回复的原邮件|邮件原件|以下是原邮件|Original(?:\s+Message|\s+Mail)?|原始郵件|原郵件)"
_FORWARD_WORDS = (
    r"(?:转发(?:的)?(?:邮件|郵件|信息)*(?:信息)?|被转发的?(?:原)?邮件|轉寄郵件|Forwarded\s+(?:Message|mail|by.{0,60}))"
)
_REPLY = re.compile(_DASHED.replace("{}", _REPLY_WORDS, 1), re.IGNORECASE)
_FORWARD = re.compile(
    _DASHED.replace("{}", _FORWARD_WORDS, 1)
    + r"|^\s*(?:Begin forwarded message|下面是被转发的邮件|以下是转发的邮件)\s*[:：]",
    re.IGNORECASE,
)
_WROTE = re.compile(
    r"^\s*(?:(?:在|于|At|On)\s?.{4,160}(?:写道|寫道|wrote|撰写)|.{0,80}<[^<>\s]{3,100}@[^<>\s]{3,100}>\s*于?.{0,60}(?:写道|寫道))\s*[:：]\s*$",
    re.IGNORECASE,
)
_HEADER_FROM = re.compile(r"^\s*[*>\s]*(?:发件人|發件人|寄件者|From)\s*[:：]", re.IGNORECASE)
_HEADER_MORE = re.compile(
    r"^\s*[*>\s]*(?:发送时间|發送時間|发送日期|日期|时间|收件人|抄送|主题|主題|主旨|Sent|Date|To|Cc|Subject)\s*[:：]",
    re.IGNORECASE,
)
_CITED = re.compile(r"^\s*>")
#: Elements that hold nothing but earlier mail, by id, and by (element, class): Apple and Thunderbird, Gmail, NetEase, Yahoo,
#: Outlook.com. So does a blockquote of type "cite".
_QUOTE_IDS = frozenset({"isReplyContent", "ntes-pcmail-quote", "origbody", "OLK_SRC_BODY_SECTION"})
_QUOTE_CLASSES = frozenset({
    ("div", "gmail_quote"), ("blockquote", "gmail_quote"), ("", "ntes-mailmaster-quote"), ("", "yahoo_quoted"),
    ("div", "moz-cite-prefix"), ("", "QQMailQuote"),
})  # fmt: skip
_MAY_QUOTE = re.compile("|".join(["cite", *_QUOTE_IDS, *(name for _, name in _QUOTE_CLASSES)]))
#: Elements behind which everything is earlier mail: Outlook on the web.
_BEGINS_QUOTE = ["divRplyFwdMsg", "appendonsend"]


class Split(NamedTuple):
    """Own words, quoted words, and whether what is quoted was passed on rather than answered (a forward)."""

    own: str
    quoted: str
    forwarded: bool = False


def split_text(text: str) -> Split:
    """Part plain text at the first mark of earlier mail. ">" lines are quoted wherever they stand."""
    lines = text.split("\n")
    cut, forwarded = _cut(lines)
    own = [line for line in lines[:cut] if not _CITED.match(line)]
    cited = [line for line in lines[:cut] if _CITED.match(line)]
    quoted = "\n".join([*cited, *lines[cut:]]).strip()
    return Split("\n".join(own).strip(), quoted, forwarded)


def _cut(lines: list[str]) -> tuple[int, bool]:
    for number, line in enumerate(lines):
        if len(line) > 400:
            continue
        if _FORWARD.search(line):
            return number, True
        if _REPLY.search(line) or _WROTE.match(line) or _starts_headers(lines, number):
            return number, False
        joined = line.rstrip() + " " + lines[number + 1].strip() if number + 1 < len(lines) else ""
        if joined and len(joined) < 300 and _WROTE.match(joined):  # Apple and Gmail wrap the line
            return number, False
    return len(lines), False


def _starts_headers(lines: list[str], number: int) -> bool:
    """Foxmail and Outlook copy the header of the mail they answer: 发件人 followed by two more fields."""
    if not _HEADER_FROM.match(lines[number]):
        return False
    following = [line.strip()[:200] for line in lines[number + 1 : number + 12] if line.strip()]
    return sum(1 for line in following[:6] if _HEADER_MORE.match(line)) >= 2


class Page(NamedTuple):
    """A part of a page: its trees, and their text. Links are looked for in both."""

    trees: tuple[Tag, ...]
    text: str


class HtmlSplit(NamedTuple):
    """HTML parted: own words and quoted words, the pages they stand on, forward or not."""

    own: str
    quoted: str
    own_page: Page
    quoted_page: Page
    forwarded: bool = False


def split_html(html: str) -> HtmlSplit:
    """Part HTML: containers of earlier mail are lifted out, then everything behind the first mark in the text is cut off."""
    soup = soup_of(html)
    lifted = _lift(soup) if _MAY_QUOTE.search(html) else []
    lines = lines_of(soup)
    cut, forwarded = _cut([line for line, _ in lines])
    start = lines[cut][1] if cut < len(lines) else _quote_begins(soup, html)
    if start is not None:
        lifted = [_cut_off(soup, start), *lifted]
        lines = lines_of(soup)
    text, quoted = text_of_lines(lines), "\n".join(text_of(tag) for tag in lifted).strip()
    own = split_text(text)
    both = "\n".join(filter(None, [own.quoted, quoted]))
    return HtmlSplit(own.own, both, Page((soup,), text), Page(tuple(lifted), quoted), forwarded)


def _quote_begins(soup: BeautifulSoup, html: str) -> Tag | None:
    found = soup.find(id=_BEGINS_QUOTE) if any(mark in html for mark in _BEGINS_QUOTE) else None
    return found if isinstance(found, Tag) else None


def _lift(soup: BeautifulSoup) -> list[Tag]:
    """Take the outermost containers out, in one walk."""
    found: list[Tag] = []
    stack: list[Tag] = [soup]
    while stack:
        tag = stack.pop()
        if _is_container(tag):
            found.append(tag)
        else:
            stack.extend(child for child in reversed(tag.contents) if isinstance(child, Tag))
    return [tag.extract() for tag in found]


def _is_container(tag: Tag) -> bool:
    if tag.get("id") in _QUOTE_IDS or (tag.name == "blockquote" and str(tag.get("type")).lower() == "cite"):
        return True
    classes = tag.get("class") or ()
    return any((tag.name, name) in _QUOTE_CLASSES or ("", name) in _QUOTE_CLASSES for name in classes)


def _cut_off(soup: BeautifulSoup, start: PageElement) -> Tag:
    """Move a node and everything behind it in the document into a tree of its own."""
    rest = soup.new_tag("div")
    behind = [start, *(node for parent in (start, *start.parents) for node in list(parent.next_siblings))]
    for node in behind:
        rest.append(node.extract())
    return rest
