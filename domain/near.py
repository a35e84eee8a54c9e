"""In charge of finding, among many works, the few that may be near-copies of one: all that are, and some that are not.

What makes two works alike is in `sketch`; here only what two that are alike must have in common. Of two texts that share six
tenths of their joint sketch, 51 of its 128 pieces at most are not shared, so 13 of the first 64 are, and each of these stands among
the first 64 of either text. Of two films one shows nine tenths of the other's pictures, so one picture of any tenth and one more.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence

from domain.sketch import KEPT, NEAR, SAME_PICTURES, SAME_TEXT, STILL, frames

_FIRST = 64  #: pieces of a text that are held
_SERIAL = 32  #: bits of a key that say whose piece it is
_RECENT = 1 << 14  #: pieces that are sorted anew with every text


class NearWorks:
    """Works by what they show. Nothing is ever taken out: who asks looks at the works themselves, as they are now."""

    def __init__(self) -> None:
        self._names: list[str] = []
        self._held: dict[str, int] = {}
        self._texts, self._films = _Texts(), _Films()

    def add(self, name: str, sketch: Sequence[int], fingerprint: str | None) -> None:
        """Hold a work, or what it has become."""
        shown = hash((tuple(sketch), fingerprint))
        if self._held.get(name) == shown or not (sketch or fingerprint):
            return
        self._held[name] = shown
        self._names.append(name)
        self._texts.add(len(self._names) - 1, sketch)
        self._films.add(len(self._names) - 1, frames(fingerprint))

    def to(self, sketch: Sequence[int], fingerprint: str | None) -> set[str]:
        """Return the names of works that may be alike to one."""
        return {self._names[at] for at in self._texts.near(sketch) | self._films.near(frames(fingerprint))}


class _Texts:
    """Pieces of texts, each with whose it is in one number: 8 bytes where a dictionary of lists needs 200."""

    def __init__(self) -> None:
        self._settled, self._recent = array("Q"), array("Q")
        self._sorted = True

    def add(self, serial: int, sketch: Iterable[int]) -> None:
        self._recent.extend(piece << _SERIAL | serial for piece in _first(sketch))
        self._sorted = False

    def near(self, sketch: Sequence[int]) -> set[int]:
        """Return whose texts share a piece, the commonest left aside: whoever shares only these shares too few."""
        self._sort()
        spans = sorted(map(self._spans, _first(sketch)), key=lambda spans: sum(end - start for _, start, end in spans))
        rare = spans[: len(spans) - max(0, _least_shared(len(sketch)) - 1)]
        mask = (1 << _SERIAL) - 1
        return {key & mask for spans in rare for keys, start, end in spans for key in keys[start:end]}

    def _spans(self, piece: int) -> list[tuple["array[int]", int, int]]:
        """Return where a piece stands."""
        lowest, next_lowest = piece << _SERIAL, (piece + 1) << _SERIAL
        return [
            (keys, bisect_left(keys, lowest), bisect_left(keys, next_lowest)) for keys in (self._settled, self._recent)
        ]

    def _sort(self) -> None:
        if self._sorted:
            return
        if len(self._recent) > _RECENT:
            self._settled, self._recent = array("Q", sorted(self._settled + self._recent)), array("Q")
        else:
            self._recent = array("Q", sorted(self._recent))
        self._sorted = True


class _Films:
    """Pictures of films: all of them, and of each film as many as a film that is alike cannot lack altogether."""

    def __init__(self) -> None:
        self._all, self._telling = _Pictures(), _Pictures()

    def add(self, serial: int, film: list[int]) -> None:
        self._all.add(serial, film)
        self._telling.add(serial, _telling(film))

    def near(self, film: list[int]) -> set[int]:
        """Return whose films may show this one's pictures, and whose pictures this one may show."""
        return self._all.showing(_telling(film)) | self._telling.showing(film)


class _Pictures:
    def __init__(self) -> None:
        self._bits, self._serials = array("Q"), array("L")

    def add(self, serial: int, film: list[int]) -> None:
        self._bits.extend(film)
        self._serials.extend([serial] * len(film))

    def showing(self, film: list[int]) -> set[int]:
        """Return who has one of these pictures. All are looked at: 0.2 ms for the pictures of 3,000 films."""
        import numpy as np

        if not self._bits or not film:
            return set()
        bits, found = np.frombuffer(self._bits, np.uint64), set[int]()
        for picture in set(film):
            near = np.flatnonzero(np.bitwise_count(bits ^ np.uint64(picture)) <= NEAR)
            found.update(self._serials[at] for at in near.tolist())
        return found


def _first(sketch: Iterable[int]) -> list[int]:
    return sorted(set(sketch))[:_FIRST]


def _least_shared(size: int) -> int:
    """Return how many of the first pieces a text of so many shares at least with one that is alike."""
    return min(min(_FIRST, joint) - int(joint * (1 - SAME_TEXT) + 1e-9) for joint in (min(size, KEPT), KEPT))


def _telling(film: list[int]) -> list[int]:
    """Return pictures of which an alike film that is no shorter shows one at least: those with most in them. None of a still one."""
    if len(set(film)) < STILL:
        return []
    lacking = int(len(film) * (1 - SAME_PICTURES) + 1e-9)
    return sorted(film, key=lambda bits: abs(bits.bit_count() - 32))[: lacking + 1]
