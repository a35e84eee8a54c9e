"""Small summaries of long works, by which near-copies are told among many: bottom-k shingles, frame hashes."""

import zlib

from domain.text import fold

SAME_TEXT, SAME_PICTURES = 0.6, 0.9  #: from here on two works are alike
_SHINGLE = 5  #: characters
KEPT = 128  #: smallest hashes kept; the estimate's error is about 1/√128
_FRAME = 16  #: hex digits of one frame's 64-bit hash
NEAR = 10  #: bits in which two pictures of one scene may differ
STILL = 4  #: pictures; a film of fewer resembles every still picture


def sketch(text: str) -> tuple[int, ...]:
    """Return the smallest hashes of a text's shingles, ascending; empty for a text too short to tell."""
    folded = fold(text)
    shingles = {folded[at : at + _SHINGLE] for at in range(len(folded) - _SHINGLE + 1)}
    if len(shingles) < 60:
        return ()
    return tuple(sorted(zlib.crc32(shingle.encode()) for shingle in shingles)[:KEPT])


def likeness(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    """Return the estimated share of shingles that two texts have in common (Jaccard), 0–1 (Broder 1997)."""
    if not one or not other:
        return 0.0
    both = set(one).intersection(other)
    if not both:
        return 0.0
    union = sorted({*one, *other})[:KEPT]
    return sum(1 for value in union if value in both) / len(union)


def video_likeness(one: str | None, other: str | None) -> float:
    """Return the share of the shorter video's sampled frames that the other shows too, 0–1."""
    short, long = sorted((frames(one), frames(other)), key=len)
    if len(set(short)) < STILL:
        return 0.0
    seen = sum(1 for frame in short if any((frame ^ each).bit_count() <= NEAR for each in long))
    return seen / len(short)


def frames(fingerprint: str | None) -> list[int]:
    """Return the bits of each sampled picture of a film."""
    text = fingerprint or ""
    return [int(text[at : at + _FRAME], 16) for at in range(0, len(text) - _FRAME + 1, _FRAME)]
