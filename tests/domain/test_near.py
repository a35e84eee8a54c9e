"""The index of works points to every near-copy there is: what it leaves out is not alike by full comparison."""

import random

from domain.near import NearWorks
from domain.sketch import SAME_PICTURES, SAME_TEXT, likeness, sketch, video_likeness

Work = tuple[tuple[int, ...], str | None]
_COMMON = [f"守信激励失信惩戒第{nth}条" for nth in range(6)]


def alike(one: Work, other: Work) -> bool:
    return likeness(one[0], other[0]) >= SAME_TEXT or video_likeness(one[1], other[1]) >= SAME_PICTURES


def characters(chance: random.Random, count: int) -> str:
    return "".join(chr(chance.randrange(0x4E00, 0x9000)) for _ in range(count))


def texts(chance: random.Random) -> list[Work]:
    """Return texts with phrases that all share, of all lengths, and copies changed here and there, less and more."""
    found: list[Work] = []
    for _ in range(40):
        text = "".join(characters(chance, chance.randrange(8, 60)) + phrase for phrase in _COMMON)
        text += characters(chance, chance.choice((0, 300, 1500)))
        for _ in range(4):
            changed = list(text)
            for at in chance.sample(range(len(text)), int(len(text) * chance.uniform(0, 0.12))):
                changed[at] = characters(chance, 1)
            cut = chance.uniform(0.5, 1)
            found.append((sketch("".join(changed)[: int(len(changed) * cut)]), None))
    return found


def pieces(chance: random.Random) -> list[Work]:
    """Return sketches that share close to as many pieces as it takes, unshared ones below all that are shared."""
    found: list[Work] = []
    for _ in range(150):
        size = chance.choice((5, 20, 60, 75, 100, 125, 127, 128))
        apart = int(size * 0.4) + chance.randrange(-2, 2)
        shared = chance.sample(range(10_000, 1 << 32), max(1, size - apart // 2))
        for _ in range(2):
            own = chance.sample(range(10_000 if chance.random() < 0.7 else 1 << 32), max(0, apart // 2))
            found.append((tuple(sorted({*shared, *own})[:128]), None))
    return found


def films(chance: random.Random) -> list[Work]:
    """Return films that share nine tenths of their pictures, a little more or less, blurred by 8 to 12 bits; stills among them."""
    found: list[Work] = []
    for _ in range(60):
        film = [chance.getrandbits(64) for _ in range(chance.choice((3, 4, 9, 10, 20, 32)))]
        film = [0 if chance.random() < 0.1 else bits for bits in film]
        for _ in range(4):
            shown = [
                bits ^ sum(1 << bit for bit in chance.sample(range(64), chance.choice((0, 9, 10, 11)))) for bits in film
            ]
            for at in chance.sample(range(len(film)), chance.choice((0, len(film) // 10, len(film) // 10 + 1))):
                shown[at] = chance.getrandbits(64)
            more = [chance.getrandbits(64) for _ in range(chance.choice((0, 0, 7)))]
            found.append(((), "".join(f"{bits:016x}" for bits in shown + more)))
        found.append(((), f"{film[0]:016x}" * 32))
    return found


def test_every_near_copy_is_pointed_to() -> None:
    pairs = pointed = 0
    for seed in range(2):
        chance = random.Random(seed)
        for made in (texts, pieces, films):
            works, near = made(chance), NearWorks()
            for at, work in enumerate(works):
                copies = {str(other) for other in range(at) if alike(work, works[other])}
                found = near.to(*work)
                assert copies <= found
                pairs, pointed = pairs + len(copies), pointed + len(found)
                near.add(str(at), *work)
            assert {str(at) for at, other in enumerate(works) if alike(works[0], other)} <= near.to(*works[0])
    assert pairs > 300  # there was something to find
    assert pointed < 40 * pairs


def test_texts_that_share_as_little_as_alike_ones_can_are_found() -> None:
    """Of 128 pieces 51 are not shared, the lowest; of those looked at that are, all but one stand in many works."""
    shared, own, above = range(1000, 1077), range(51), range(2000, 2051)
    one, other = (*own, *shared), (*shared, *above)
    assert 0.6 <= likeness(one, other) < 0.61
    near = NearWorks()
    near.add("one", one, None)
    near.add("other", other, None)
    for at in range(90):
        near.add(str(at), (*shared[:12], *range(10_000 + 200 * at, 10_100 + 200 * at)), None)
    assert "other" in near.to(one, None)
    assert "one" in near.to(other, None)


def test_films_that_share_as_little_as_alike_ones_can_are_found() -> None:
    """The pictures that tell most of the shorter film are the three of 32 that the longer does not show; it has more of its own."""
    chance = random.Random(7)

    def pictures(count: int, bits: int) -> list[int]:
        return [sum(1 << bit for bit in chance.sample(range(64), bits)) for _ in range(count)]

    common = pictures(29, 16)
    blurred = [picture ^ sum(1 << bit for bit in chance.sample(range(64), 10)) for picture in common]
    short, long = (
        "".join(f"{bits:016x}" for bits in (*of, *pictures(more, 32))) for of, more in ((common, 3), (blurred, 40))
    )
    assert 0.9 <= video_likeness(short, long) < 0.91
    near = NearWorks()
    near.add("short", (), short)
    near.add("long", (), long)
    assert near.to((), short) == {"short", "long"} == near.to((), long)


def test_what_all_texts_say_makes_none_of_them_near() -> None:
    """Phrases of the call stand in every work; ten thousand works that share no more are not compared."""
    chance, near = random.Random(5), NearWorks()
    phrases = tuple(range(10))
    for at in range(300):
        near.add(str(at), phrases + tuple(sorted(chance.sample(range(100, 1 << 32), 118))), None)
    assert near.to(phrases + tuple(sorted(chance.sample(range(100, 1 << 32), 118))), None) == set()


def test_a_work_is_found_by_what_it_has_become() -> None:
    near, old, new = NearWorks(), tuple(range(128)), tuple(range(1000, 1128))
    near.add("a", old, None)
    near.add("a", old, None)
    near.add("a", new, None)
    assert near.to(new, None) == {"a"}


def test_many_texts_are_found_after_they_are_sorted_away() -> None:
    near = NearWorks()
    for at in range(600):
        near.add(str(at), range(at * 200, at * 200 + 128), None)
        if at % 100 == 0:
            assert near.to(range(at * 200, at * 200 + 128), None) == {str(at)}
    assert near.to(range(128), None) == {"0"}
    assert near.to(range(599 * 200, 599 * 200 + 128), None) == {"599"}
