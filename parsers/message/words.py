"""In charge of the words of one text part: own and quoted, and the pages they stand on. Leaves decoding to `message.body`, marks of quotes to `message.quotes`."""

from dataclasses import dataclass

from parsers.message.quotes import Page, split_html, split_text


@dataclass(frozen=True)
class Body:
    """A text part as it was written, decoded."""

    text: str
    exact: bool = True  #: every byte was understood
    group: int | None = None  #: multipart/alternative it belongs to
    html: bool = False


@dataclass(frozen=True)
class Words:
    """One text part, parted into own and quoted, as text and as pages."""

    own: str
    quoted: str
    own_page: Page
    quoted_page: Page
    forwarded: bool
    group: int | None
    html: bool


def words_of(body: Body) -> Words:
    """Return the words of a text part. Plain text is a page without trees; that of HTML is what it shows."""
    if body.html:
        page = split_html(body.text)
        return Words(
            page.own, page.quoted, page.own_page, page.quoted_page, page.forwarded, body.group, html=True
        )  # fmt: skip
    text = split_text(body.text)
    return Words(
        text.own, text.quoted, Page((), text.own), Page((), text.quoted), text.forwarded, body.group, html=False
    )  # fmt: skip
