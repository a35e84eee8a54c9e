"""In charge of large files sent as links: every link seen in HTML and text judged and described once (research §4).

Leaves the table of providers to `links.providers`, words around a link to `links.words`, quoted mail to `message.quotes`.
No link is ever followed here.
"""

import re
from collections.abc import Sequence
from html import unescape
from urllib.parse import SplitResult, parse_qsl, urlsplit

from bs4 import Tag

from domain.mail import Link
from parsers.links import pages as links_html
from parsers.links import texts as links_text
from parsers.links import words
from parsers.links.providers import Provider, looks_like_provider, provider_of
from parsers.links.texts import Sighting, url_key
from parsers.message.body import soup_of, text_of

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_FILE_URL = re.compile(r"\.(?:mp4|mov|avi|mpe?g|mkv|wmv|flv|zip|rar|7z)$", re.IGNORECASE)
_FILE_WORDS = re.compile(r"超大附件|云附件|中转站|提取码|网盘|大附件")
_MAX_LINKS = 100


def find_links(html: str, text: str) -> tuple[Link, ...]:
    """Return the large files that HTML and text link to, each once, in order of appearance.

    What is known of each is given, the rest stays None. A host that only looks like a provider's gives nothing (T90).
    """
    soup = soup_of(html) if html else None
    return links_on([soup] if soup else [], text_of(soup) if soup else "", text)


def links_on(trees: Sequence[Tag], shown: str, text: str) -> tuple[Link, ...]:
    """Return what `find_links` does, of pages parsed already, what they show, and text."""
    anchors = (sighting for tree in trees for sighting in links_html.sightings(tree))
    found: dict[str, Link] = {}
    for sighting in (*anchors, *links_text.sightings(shown), *links_text.sightings(text)):
        if link := _link(sighting):
            key = url_key(link.url)
            found[key] = _merged(found[key], link) if key in found else link
    return tuple(found.values())[:_MAX_LINKS]


def _merged(one: Link, other: Link) -> Link:
    """Fill what the first sight of a link did not tell with what another does."""
    more = {name: value for name, value in other if getattr(one, name) in (None, False) and value}
    return one.model_copy(update=more)


def _link(seen: Sighting) -> Link | None:
    url = unescape(unescape(seen.url))
    bare = not _SCHEME.match(url)
    url = f"https://{url}" if bare else url
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return None
    if parts.scheme.lower() not in {"http", "https"} or not host or parts.username is not None:
        return None
    provider = provider_of(host, f"{parts.path}?{parts.query}")
    if provider is None and (bare or looks_like_provider(host) or not _speaks_of_file(seen, parts)):
        return None
    return _described(seen, url, host, parts, provider)


def _speaks_of_file(seen: Sighting, parts: SplitResult) -> bool:
    """Tell whether the words make a link of an unknown host a file: a person has to look (§4, generic rule)."""
    near = f"{seen.before[-60:]} {seen.after[:40]} {seen.around}"
    named = words.name_before(seen.label) and words.size_in(near)
    return bool(_FILE_URL.search(parts.path) or _FILE_WORDS.search(near) or named)


def _described(seen: Sighting, url: str, host: str, parts: SplitResult, provider: Provider | None) -> Link:
    query = dict(parse_qsl(parts.query))
    told = seen.attributes
    both = f"{seen.around}\n{seen.before}\n{seen.after}"
    key = provider or Provider("unknown", ())
    size = told.get("filesize") or told.get("file-size") or query.get(key.size_key, "")
    ends = told.get("expiretime") or told.get("expired") or query.get(key.expiry_key, "")
    expires = (
        words.epoch(ends) or words.expiry_in(seen.around) or words.expiry_in(seen.before) or words.expiry_in(seen.after)
    )
    return Link(
        url=url,
        host=host,
        provider=key.name,
        code=query.get(key.code_key) or _code(seen),
        name=words.clean_name(told.get("filename") or told.get("file-name") or query.get(key.name_key)) or _name(seen),
        size=int(size) if size.isascii() and size.isdigit() and len(size) < 16 else _size(seen),
        expires_at=expires,
        never_expires=expires is None and words.never_expires(both),
    )


def _code(seen: Sighting) -> str | None:
    return words.code_in(seen.around) or words.code_in(seen.after) or words.last_code_in(seen.before)


def _name(seen: Sighting) -> str | None:
    label = words.whole_name(seen.label) or words.name_before(seen.label)
    return label or words.name_before(seen.around) or words.name_before(seen.before) or words.name_after(seen.after)


def _size(seen: Sighting) -> int | None:
    return next(
        (size for text in (seen.around, seen.before, seen.after) if (size := words.size_in(text)) is not None), None
    )
