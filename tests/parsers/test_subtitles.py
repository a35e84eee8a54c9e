"""Which rows of text are subtitles: judged on rows, and on frames drawn here."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from parsers.films.frames import Frame
from parsers.films.subtitle_rows import LOWER, Row, read_rows
from parsers.films.subtitle_track import words
from parsers.films.subtitles import _changing, find_subtitles
from tests.fixtures.make_seals import SANS, font
from tests.fixtures.make_videos import LINES


def row(
    time: float, text: str, *, left: float = 0.3, right: float = 0.7, middle: float = 0.8, height: float = 0.13
) -> Row:
    return Row(time=time, text=text, score=0.99, left=left, right=right, middle=middle, height=height)


def texts(*frames: list[Row]) -> list[str]:
    return [line.text for line in _changing(frames)]


def test_different_lines_in_one_place_are_subtitles() -> None:
    frames = [[row(number * 10, LINES[number])] for number in range(4)]
    assert texts(*frames) == list(LINES[:4])


def test_a_line_that_stays_is_none() -> None:
    assert texts(*[[row(number * 10, "潍坊广播电视台")] for number in range(4)]) == []


def test_a_line_that_stays_hides_no_subtitles() -> None:
    frames = [[row(n * 10, "潍坊广播电视台", left=0.05, right=0.2), row(n * 10, LINES[n])] for n in range(4)]
    assert texts(*frames) == list(LINES[:4])


def test_a_clock_is_one_line_whatever_it_shows() -> None:
    assert len(texts(*[[row(n, f"2023年8月15日09:00:{n:02d}")] for n in range(8)])) < 2


def test_a_sign_the_camera_passes_is_none() -> None:
    frames = [[row(n * 10, LINES[n // 2], left=0.2 + n * 0.05, right=0.5 + n * 0.05)] for n in range(8)]
    assert texts(*frames) == []


def test_words_of_many_sizes_and_places_are_no_subtitles() -> None:
    places = [(0.1, 0.3, 0.2, 0.1), (0.5, 0.9, 0.9, 0.3), (0.2, 0.8, 0.5, 0.2), (0.6, 0.7, 0.3, 0.06)]
    frames = [
        [row(n * 10, LINES[n], left=left, right=right, middle=middle, height=height)]
        for n, (left, right, middle, height) in enumerate(places)
    ]
    assert len(texts(*frames)) < 2


def test_a_line_from_edge_to_edge_is_a_ticker() -> None:
    assert texts(*[[row(n * 10, LINES[n], left=0.0, right=1.0)] for n in range(4)]) == []


def frame(time: float, line: str, size: tuple[int, int] = (720, 405)) -> Frame:
    picture = Image.new("RGB", size, (60, 90, int(time) % 200))
    pen = ImageDraw.Draw(picture)
    pen.text(
        (size[0] / 2, size[1] * 0.9),
        line,
        font=font(SANS, 22),
        fill="white",
        anchor="mm",
        stroke_width=2,
        stroke_fill="black",
    )
    return Frame(time, np.asarray(picture, np.uint8))


def test_rows_are_read_with_their_place() -> None:
    ((first,), (second,)) = read_rows([frame(1, LINES[0]), frame(2, LINES[3])])
    assert (first.text, second.text) == (LINES[0], LINES[3])
    assert (first.left + first.right) / 2 == pytest.approx(0.5, abs=0.02)
    assert first.middle == pytest.approx((0.9 - LOWER) / (1 - LOWER), abs=0.06)


def test_looking_ends_with_the_first_frames_that_prove_it() -> None:
    found = find_subtitles([frame(n * 10.0, LINES[n % len(LINES)]) for n in range(32)], 320.0)
    assert found.burned is True
    assert 3 <= len(found.lines) <= 4


def test_lines_in_the_opening_alone_are_a_doubt() -> None:
    opening = [frame(n, LINES[n]) for n in range(3)]
    rest = [frame(100.0 + n * 10, "") for n in range(12)]
    assert find_subtitles([*opening, *rest], 300.0).burned is None


def test_a_piece_played_over_and_over_bears_its_lines_to_the_end() -> None:
    pieces = [frame(n, LINES[n]) for n in range(4)]
    looped = [Frame(time * 10.0, pieces[time % 4].rgb) for time in range(32)]
    found = find_subtitles(looped, 320.0)
    assert found.burned is True
    assert len(found.lines) >= 3


def test_one_frame_proves_nothing() -> None:
    assert find_subtitles([frame(0, LINES[0])], 200.0).burned is None


@pytest.mark.parametrize(
    ("codec", "data", "said"),
    [
        ("mov_text", b"\x00\x06" + "诚信".encode() + b"\x00\x00\x00\x0cstyl", "诚信"),
        ("srt", "<i>诚信</i>\n为本".encode(), "诚信 为本"),
        ("ass", r"0,0,Default,,0,0,0,,{\an2}诚信\N为本".encode(), "诚信 为本"),
        ("srt", "诚信".encode("gb18030"), "诚信"),
    ],
)
def test_a_packet_of_a_subtitle_track_is_read(codec: str, data: bytes, said: str) -> None:
    assert words(codec, data) == said
