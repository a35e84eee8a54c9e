"""Films made by ffmpeg, read whole: container, length, size, damage, subtitles, look, dates."""

import json
import subprocess
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from domain.facts import FileFacts, VideoFacts
from domain.kinds import Kind
from parsers.films.header import Header
from parsers.films.packets import Packets, Track
from parsers.registry import ReadJob, parser_for, read_file
from parsers.video import play_time
from tests.fixtures.make_videos import LINES, Clip, make_video

Read = Callable[..., FileFacts]

SHORT = Clip(seconds=24, fps=1, width=640, height=360, every=3.0, size=0.08)


@pytest.fixture(scope="session")
def films(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("films")


@pytest.fixture
def read(films: Path, tmp_path: Path) -> Read:
    def _read(clip: Clip, kind: Kind = Kind.VIDEO) -> FileFacts:
        return read_file(make_video(clip, films), ReadJob(kind, tmp_path, (), ""))

    return _read


def video(facts: FileFacts) -> VideoFacts:
    assert facts.video is not None, facts
    return facts.video


@pytest.mark.parametrize(
    ("suffix", "container"),
    [("mp4", "mp4"), ("mov", "mov"), ("avi", "avi"), ("mkv", "mkv"), ("flv", "flv"), ("wmv", "wmv"), ("ts", "mpegts")],
)
def test_a_container_is_told_by_content_with_length_and_size(
    read: Read, films: Path, suffix: str, container: str
) -> None:
    clip = replace(SHORT, container=suffix)
    facts = video(read(clip))
    assert facts.container == container
    assert facts.duration_s == pytest.approx(_seconds_by_ffprobe(make_video(clip, films)), abs=0.15)
    assert (facts.width, facts.height) == (640, 360)
    assert facts.has_video
    assert facts.has_audio
    assert not facts.truncated


def test_an_mpeg_program_stream_is_mpeg(read: Read) -> None:
    facts = video(read(replace(SHORT, container="mpg", fps=25, seconds=8)))
    assert facts.container == "mpeg"
    assert facts.duration_s == pytest.approx(8.0, abs=0.1)
    assert facts.frame_rate == 25


def test_a_name_says_nothing_about_a_container(read: Read, films: Path, tmp_path: Path) -> None:
    named = tmp_path / "film.mp4"
    named.write_bytes(make_video(replace(SHORT, container="mkv"), films).read_bytes())
    assert video(read_file(named, ReadJob(Kind.VIDEO, tmp_path, (), ""))).container == "mkv"


@pytest.mark.parametrize("seconds", [179.0, 180.0, 300.0, 300.5, 301.0])
def test_length_is_exact_to_the_frame(read: Read, seconds: float) -> None:
    clip = Clip(seconds=seconds, fps=2, width=320, height=180, look="black", audio=False)
    assert video(read(clip)).duration_s == pytest.approx(seconds, abs=0.02)


def test_a_portrait_film_is_measured_and_read_as_shown(read: Read) -> None:
    facts = video(read(replace(SHORT, width=720, height=1280, rotation=90, container="mov", lines=LINES, size=0.035)))
    assert (facts.width, facts.height, facts.rotation) == (720, 1280, 90)
    assert facts.subtitles == "burned"


def test_anamorphic_pictures_count_as_shown(read: Read, films: Path, tmp_path: Path) -> None:
    squeezed = tmp_path / "hdv.mp4"
    source = make_video(Clip(seconds=4, width=1440, height=1080, look="black", audio=False), films)
    options = ["-c", "copy", "-aspect", "16:9"]
    subprocess.run(["ffmpeg", "-v", "error", "-i", str(source), *options, str(squeezed)], check=True)
    facts = video(read_file(squeezed, ReadJob(Kind.VIDEO, tmp_path, (), "")))
    assert (facts.width, facts.height) == (1920, 1080)


@pytest.mark.parametrize("style", ["outline", "box", "yellow"])
def test_burned_in_lines_are_found_and_quoted(read: Read, style: str) -> None:
    facts = video(read(replace(SHORT, width=1280, height=720, lines=LINES, style=style, size=0.06)))
    assert facts.subtitles == "burned"
    assert len(facts.subtitle_lines) >= 3
    assert sum(line in LINES for line in facts.subtitle_lines) >= 2


@pytest.mark.parametrize(
    "clip",
    [
        SHORT,
        replace(SHORT, logo="潍坊电视台"),
        replace(SHORT, caption="信用潍坊"),
        replace(SHORT, clock=True),
        replace(SHORT, lines=("Honesty is the colour", "Credit opened the door", "A promise is kept", "One more line")),
    ],
    ids=["nothing", "logo", "caption", "clock", "english"],
)
def test_what_stands_or_is_not_chinese_is_no_subtitle(read: Read, clip: Clip) -> None:
    facts = video(read(clip))
    assert facts.subtitles == "none"
    assert len(facts.subtitle_lines) < 2


@pytest.mark.parametrize(("container", "language"), [("mp4", "chi"), ("mkv", "zho"), ("mov", "und"), ("mkv", "eng")])
def test_a_track_with_chinese_words_counts_whatever_its_label(read: Read, container: str, language: str) -> None:
    facts = video(read(replace(SHORT, container=container, soft=LINES, soft_language=language)))
    assert facts.subtitles == "track"
    assert facts.subtitle_lines[0] == LINES[0]


def test_an_english_track_is_not_enough(read: Read) -> None:
    words = ("Honesty is the colour", "Credit opened the door")
    assert video(read(replace(SHORT, soft=words, soft_language="eng"))).subtitles == "none"


@pytest.mark.parametrize("look", ["black", "frozen"])
def test_a_film_that_shows_nothing_is_blank(read: Read, look: str) -> None:
    assert video(read(replace(SHORT, look=look))).blank is True


def test_a_still_picture_with_changing_lines_is_not_blank(read: Read) -> None:
    assert video(read(replace(SHORT, width=1280, height=720, look="frozen", lines=LINES))).blank is False


def test_sound_alone_has_no_picture(read: Read) -> None:
    facts = video(read(replace(SHORT, video=False), Kind.AUDIO))
    assert facts.has_audio
    assert not facts.has_video
    assert facts.duration_s == pytest.approx(24, abs=0.1)
    assert facts.subtitles is None


def test_a_film_whose_index_did_not_arrive_is_corrupt_and_truncated(read: Read) -> None:
    facts = read(replace(SHORT, faststart=False, cut=0.6))
    assert facts.problem == "corrupt"
    assert video(facts).truncated
    assert video(facts).container == "mp4"
    assert video(facts).duration_s is None


@pytest.mark.parametrize("container", ["mp4", "flv", "mkv", "avi"])
def test_a_film_cut_short_says_so_and_gives_the_length_that_arrived(read: Read, container: str) -> None:
    facts = video(read(replace(SHORT, container=container, cut=0.6)))
    assert facts.truncated
    assert facts.duration_s is not None
    assert 4 < facts.duration_s < 22


def test_a_creation_time_is_a_date_in_shanghai(read: Read) -> None:
    dates = read(replace(SHORT, created="2023-08-05T20:00:00Z")).dates
    assert ("2023-08-06", "QuickTime creation_time") in [(str(date.when), date.where) for date in dates]


def test_a_clock_that_was_never_set_is_no_date(read: Read) -> None:
    assert read(replace(SHORT, created="1904-01-01T00:00:00Z")).dates == ()
    assert read(replace(SHORT, container="wmv")).dates == ()  # the muxer writes 1970


def test_a_contact_sheet_is_written_under_its_hash(read: Read, tmp_path: Path) -> None:
    facts = read(replace(SHORT, lines=LINES))
    sheet = video(facts).contact_sheet
    assert facts.derived == (sheet,)
    assert (tmp_path / str(sheet)).read_bytes().startswith(b"\xff\xd8")


def test_copies_share_most_of_their_fingerprint(read: Read) -> None:
    one = video(read(Clip(seconds=24, fps=1, width=640, height=360, gop=1, audio=False))).fingerprint
    small = video(read(Clip(seconds=24, fps=1, width=480, height=270, gop=1, crf=40, audio=False))).fingerprint
    other = video(read(Clip(seconds=24, fps=1, width=640, height=360, gop=1, seed=5, audio=False))).fingerprint
    assert one and small and other
    assert _difference(one, small) < 0.15 < 0.3 < _difference(one, other)


def test_nonsense_is_corrupt_and_never_raises(tmp_path: Path) -> None:
    junk = tmp_path / "junk"
    junk.write_bytes(b"\x00\x00\x00\x18ftypmp42" + bytes(range(256)) * 40)
    facts = read_file(junk, ReadJob(Kind.VIDEO, tmp_path, (), ""))
    assert facts.problem == "corrupt"


def test_a_playlist_is_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret.ts"
    secret.write_bytes(b"G" * 1880)
    playlist = tmp_path / "film"
    playlist.write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{secret}\n#EXT-X-ENDLIST\n", "utf-8")
    assert read_file(playlist, ReadJob(Kind.VIDEO, tmp_path, (), "")).problem == "corrupt"


def test_both_kinds_have_this_parser() -> None:
    for kind in (Kind.VIDEO, Kind.AUDIO):
        parser = parser_for(kind)
        assert parser is not None
        assert parser.name == "video"


@pytest.mark.parametrize(
    ("claimed", "picture", "sound", "told"),
    [
        (200.0, 200.04, 200.02, 200.02),  # header and packets agree: the header, and the longest track
        (200.0, 90.0, 90.0, 90.0),  # packets do not bear the header out
        (None, 181.0, 0.0, 181.0),
        (60.0, 60.0, 200.0, 60.0),  # a minute of film under minutes of music is a minute of film
    ],
)
def test_length_is_what_packets_bear_out(claimed: float | None, picture: float, sound: float, told: float) -> None:
    packets = Packets((_track("video", picture), _track("audio", sound)), opened=True)
    header = Header("mp4", video_s=claimed, audio_s=sound)
    assert play_time(header, packets) == pytest.approx(told)


def _track(kind: str, seconds: float) -> Track:
    return Track(0, kind, Fraction(1, 1000), packets=1 if seconds else 0, first=0, last=round(seconds * 1000))


def _difference(one: str, other: str) -> float:
    """Share of bits that differ over the frames both have."""
    length = min(len(one), len(other))
    return (int(one[:length], 16) ^ int(other[:length], 16)).bit_count() / (length * 4)


def _seconds_by_ffprobe(path: Path) -> float:
    """The longest stream, counted packet by packet by another program."""
    command = ["ffprobe", "-v", "error", "-of", "json", "-show_entries", "packet=stream_index,pts_time,duration_time"]
    told = json.loads(subprocess.run([*command, str(path)], check=True, capture_output=True).stdout)
    tracks: dict[int, list[tuple[float, float]]] = {}
    for packet in told["packets"]:
        if "pts_time" in packet:
            moment = float(packet["pts_time"])
            tracks.setdefault(packet["stream_index"], []).append(
                (moment, moment + float(packet.get("duration_time", 0)))
            )
    return max(max(end for _, end in track) - min(start for start, _ in track) for track in tracks.values())
