"""In charge of what RTF 1.9.1 shows: text in its code pages, paragraphs, tables; and the dates and program it names.

Headers, footers, notes, annotations, pictures, objects and field instructions are destinations passed over; text boxes
are read. Leaves rows and cells to `parsers.office.rtf_table`.
"""

import re
from collections.abc import Callable, Iterable
from copy import copy
from dataclasses import dataclass
from datetime import date

from domain.mail import FileDate
from parsers.forms.reading import Block
from parsers.office.rtf_story import Story
from parsers.office.rtf_tokens import Token

_SKIPPED = frozenset({
    "fonttbl", "colortbl", "stylesheet", "info", "pict", "object", "objdata", "header", "headerl", "headerr", "headerf", "footer", "footerl",
    "footerr", "footerf", "footnote", "annotation", "fldinst", "listtext", "pntext", "nonshppict", "sp", "themedata", "datastore", "nonesttables",
    "listtable", "listoverridetable", "rsidtbl", "generator", "xmlnstbl", "bkmkstart", "bkmkend", "atnid", "atnauthor", "do", "revtbl",
})  # fmt: skip
_STARRED_READ = frozenset({"shpinst", "shptxt", "nesttableprops", "fonttbl", "generator", "do"})
_CHARACTERS = {
    "tab": "\t", "line": "\n", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”", "emdash": "—", "endash": "–", "bullet": "•",
    "emspace": " ", "enspace": " ", "qmspace": " ", "page": "\n", "column": "\n", "softline": "\n", "lbr": "\n",
}  # fmt: skip
_SYMBOLS = {"~": "\xa0", "_": "-", "-": "", "{": "{", "}": "}", "\\": "\\", "\n": "\n", "\r": "\n"}
#: \fcharset → Python codec (RTF 1.9.1, Font Table).
_CHARSETS = {
    128: "cp932",
    129: "cp949",
    134: "gb18030",
    136: "cp950",
    161: "cp1253",
    162: "cp1254",
    204: "cp1251",
    238: "cp1250",
}
_CHINESE = re.compile(rb"[\xb0-\xf7][\xa1-\xfe]")
_MOST_DEPTH = 500


@dataclass(slots=True)
class _State:
    """What a group changes and its end restores."""

    destination: str = "body"
    font: int = 0
    unicode_skip: int = 1
    deleted: bool = False
    hidden: bool = False
    starred: bool = False


class RtfReader:
    """Reads tokens one by one; `blocks`, `dates` and `producer` hold the result."""

    def __init__(self) -> None:
        self.dates: list[FileDate] = []
        self.producer = ""
        self._state = _State()
        self._stack: list[_State] = []
        self._story = Story()
        self._stories: list[tuple[int, Story]] = []  #: (depth, the story around it)
        self._codec = "gb18030"
        self._fonts: dict[int, str] = {}
        self._numbers: dict[str, int] = {}
        self._to_skip = 0
        self._bytes = bytearray()
        self._words: dict[str, Callable[[int | None], None]] = {
            "par": lambda _: self._story.paragraph(), "sect": lambda _: self._story.paragraph(), "cell": lambda _: self._story.cell(),
            "row": lambda _: self._story.row(), "nestcell": lambda _: self._story.nested_cell(), "nestrow": lambda _: self._story.nested_row(),
            "trowd": lambda _: self._story.table.begin_row(), "cellx": lambda n: self._story.table.edge(n or 0), "pard": self._plain_paragraph,
            "intbl": self._in_table, "itap": self._level, "u": self._unicode, "uc": self._set_skip, "f": self._set_font, "deleted": self._set_deleted,
            "v": self._set_hidden, "plain": self._plain, "ansicpg": self._code_page, "fcharset": self._font_charset, "clvmrg": self._merged_down,
            "clmrg": self._merged_right, "trleft": self._left, "shptxt": self._text_box,
        }  # fmt: skip

    def read(self, tokens: Iterable[Token]) -> list[Block]:
        """Return the lines and tables of the whole document."""
        for token in tokens:
            self._token(token)
        self._flush()
        while self._stories:
            self._leave_story()
        return self._story.finish()

    def _token(self, token: Token) -> None:
        if token.kind == "bytes":
            self._take_bytes(token.data)
            return
        if not (token.kind == "word" and token.word == "u") and not self._to_skip:
            self._flush()
        if token.kind == "open":
            self._open()
        elif token.kind == "close":
            self._close()
        elif token.kind == "symbol":
            self._symbol(token.word)
        else:
            self._word(token.word, token.number)

    # Groups

    def _open(self) -> None:
        self._to_skip = 0
        if len(self._stack) > _MOST_DEPTH:
            raise ValueError("groups nested too deep")
        self._stack.append(copy(self._state))
        self._state.starred = False

    def _close(self) -> None:
        self._flush()
        self._to_skip = 0
        if (
            self._state.destination in {"creatim", "revtim"}
            and self._stack[-1:]
            and self._stack[-1].destination != self._state.destination
        ):
            self._date()
        if self._stack:
            self._state = self._stack.pop()
        if self._stories and len(self._stack) < self._stories[-1][0]:
            self._leave_story()

    def _leave_story(self) -> None:
        inner = self._story.finish()
        _, self._story = self._stories.pop()
        self._story.insert(inner)

    def _text_box(self, _: int | None) -> None:
        self._state.destination = "body"
        self._stories.append((len(self._stack), self._story))
        self._story = Story()

    # Words

    def _word(self, word: str, number: int | None) -> None:
        starred, self._state.starred = self._state.starred, False
        if word in {"creatim", "revtim"}:
            self._state.destination, self._numbers = word, {}
        elif self._state.destination in {"creatim", "revtim"}:
            self._numbers[word] = number or 0
        elif word in {"fonttbl", "generator", "info"} or word in _SKIPPED or (starred and word not in _STARRED_READ):
            self._state.destination = word
        elif self._state.destination == "fonttbl":
            if word in {"f", "fcharset"}:
                self._words[word](number)
        elif self._state.destination == "body" or word in {"shptxt", "ansicpg", "uc", "u"}:
            self._body_word(word, number)

    def _body_word(self, word: str, number: int | None) -> None:
        if word in _CHARACTERS:
            self._write(_CHARACTERS[word])
        elif word in self._words:
            self._words[word](number)

    def _symbol(self, symbol: str) -> None:
        if symbol == "*":
            self._state.starred = True
        elif symbol in _SYMBOLS and self._state.destination == "body":
            self._write(_SYMBOLS[symbol])

    def _plain(self, _: int | None) -> None:
        self._state.deleted = self._state.hidden = False

    def _set_deleted(self, number: int | None) -> None:
        self._state.deleted = number != 0

    def _set_hidden(self, number: int | None) -> None:
        self._state.hidden = number != 0

    def _set_skip(self, number: int | None) -> None:
        self._state.unicode_skip = number if number is not None else 1

    def _set_font(self, number: int | None) -> None:
        self._state.font = number or 0

    def _code_page(self, number: int | None) -> None:
        self._codec = "gb18030" if number in {936, 54936, None} else f"cp{number}"

    def _font_charset(self, number: int | None) -> None:
        if number in _CHARSETS:
            self._fonts[self._state.font] = _CHARSETS[number]

    # Text

    def _take_bytes(self, data: bytes) -> None:
        skipped = min(self._to_skip, len(data))
        self._to_skip -= skipped
        self._bytes += data[skipped:]

    def _flush(self) -> None:
        if self._bytes:
            text = self._decode(bytes(self._bytes))
            self._bytes.clear()
            if self._state.destination == "generator":
                self.producer += text.strip(" ;")[: 100 - len(self.producer)]
            self._write(text)

    def _decode(self, data: bytes) -> str:
        codec = self._fonts.get(self._state.font, self._codec)
        if codec == "cp1252" and _CHINESE.search(data):  # a Western code page stated over Chinese bytes
            codec = "gb18030"
        try:
            return data.decode(codec)
        except (LookupError, UnicodeDecodeError):
            return data.decode("gb18030", "replace")

    def _unicode(self, number: int | None) -> None:
        if self._to_skip == 0:
            self._flush()
        code = (number or 0) % 0x10000
        self._write(chr(code))
        self._to_skip = self._state.unicode_skip

    def _write(self, text: str) -> None:
        if self._state.destination == "body" and not self._state.deleted and not self._state.hidden:
            self._story.line.append(text)

    # Tables

    def _plain_paragraph(self, _: int | None) -> None:
        self._story.in_table, self._story.level = False, 1

    def _in_table(self, _: int | None) -> None:
        self._story.in_table = True

    def _level(self, number: int | None) -> None:
        self._story.level = number if number is not None else 1
        self._story.in_table = self._story.level > 0

    def _merged_down(self, _: int | None) -> None:
        self._story.table.pending.goes_on_down = True

    def _merged_right(self, _: int | None) -> None:
        self._story.table.pending.goes_on_right = True

    def _left(self, number: int | None) -> None:
        self._story.table.left = number or 0

    def _date(self) -> None:
        try:
            when = date(self._numbers.get("yr", 0), self._numbers.get("mo", 0), self._numbers.get("dy", 0))
        except ValueError:
            return
        self.dates.append(FileDate(when=when, where=f"RTF {self._state.destination}"))
