"""In charge of links in HTML: anchors and the attributes and words that providers' templates put around them (research §4).

Leaves links written as text to `links.texts`, and what a link means to `links.finding`.
"""

import re
from collections.abc import Iterator

from bs4 import Tag

from parsers.links.texts import Sighting, url_key
from parsers.message.body import brief_text

#: The app NetEase advertises beside each attachment is not the attachment (T77).
_PROMOTION = re.compile(r"bigattach-mailmaster-download|app[-_]?download", re.IGNORECASE)
_TARGETS = ("href", "downloadlink", "data-url", "data-href", "data-downloadurl")
_MAX_ANCHORS = 400
_MAX_AROUND = 600  #: characters: more than that is the letter, not the box of one attachment


def sightings(page: Tag) -> Iterator[Sighting]:
    """Yield each link of a parsed page with the words that speak of it alone. Hidden elements are gone from the page."""
    for tag in page.find_all(_has_target, limit=_MAX_ANCHORS):
        if not _is_promotion(tag):
            attributes = {name.lower(): _one(value) for name, value in tag.attrs.items()}
            yield Sighting(
                _target(tag), _around(tag), attributes=attributes, label=tag.get_text(" ", strip=True)[:_MAX_AROUND]
            )


def _has_target(tag: Tag) -> bool:
    return tag.name not in {"link", "base"} and any(tag.has_attr(name) for name in _TARGETS)


def _target(tag: Tag) -> str:
    return next((_one(tag[name]).strip() for name in _TARGETS if tag.has_attr(name)), "")


def _one(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


def _is_promotion(tag: Tag) -> bool:
    return bool(_PROMOTION.search(f"{_one(tag.get('class', ''))} {_one(tag.get('id', ''))}"))


def _around(tag: Tag) -> str:
    """Return title texts and the text of the largest short element around a link that holds no other link."""
    parents = [parent for parent in list(tag.parents)[:8] if isinstance(parent, Tag)]
    titles = [_one(one.get("title", ""))[:_MAX_AROUND] for one in (tag, *parents[:2])]
    text, key = tag.get_text(" ")[:_MAX_AROUND], url_key(_target(tag))
    for parent in parents:
        around = brief_text(parent, _MAX_AROUND)
        if around is None or _holds_another(parent, key):
            break
        text = around
    return "\n".join([*titles, text])


def _holds_another(parent: Tag, key: str) -> bool:
    others = parent.find_all(_has_target, limit=12)
    return any(url_key(_target(one)) != key for one in others if not _is_promotion(one))
