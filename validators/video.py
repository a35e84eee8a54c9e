"""In charge of clause 五.3 for videos: container, length, size of picture, subtitles, and that something is to be seen."""

from collections.abc import Iterator

from domain.case import Case, Material
from domain.kinds import Kind, Role, Severity, Track
from validators.rulebook import Context, Observation, rule, saw

_CLAUSE = "五.3"


def _videos(case: Case) -> Iterator[Material]:
    """Give the videos of a video case that could be opened."""
    if case.track is Track.VIDEO:
        yield from (m for m in case.of(Role.VIDEO) if m.facts.video and not m.facts.problem)


@rule("video_format", clause=_CLAUSE, quote="格式：avi、mpeg、mp4、mov 等")
def the_container_is_named(case: Case, context: Context) -> Iterator[Observation]:
    allowed = context.notice.video.containers
    for material in case.of(Role.VIDEO):
        if material.facts.problem in ("corrupt", "empty", "encrypted"):
            continue  # it does not open, which has a finding of its own
        video = material.facts.video
        playable = material.part.kind is Kind.VIDEO and (video is None or video.has_video)
        if not playable:
            yield saw(
                file=material.part.path,
                container=video.container if video else None,
                allowed=list(allowed),
                is_video=False,
                severity=Severity.REVIEW if material.part.kind is Kind.OTHER else Severity.ERROR,
            )
        elif video and video.container not in allowed:
            yield saw(file=material.part.path, container=video.container, allowed=list(allowed), is_video=True)


@rule("video_duration", clause=_CLAUSE, quote="时长为 3-5 分钟")
def it_lasts_three_to_five_minutes(case: Case, context: Context) -> Iterator[Observation]:
    limits = context.notice.video
    for material in _videos(case):
        video = material.facts.video
        seconds = video.duration_s if video else None
        if seconds is None or (video and video.truncated and seconds < limits.min_s):
            continue  # of a film that did not arrive whole nobody knows how long it is
        # One frame more is still 5:00; 2:59 is not 3:00.
        if not limits.min_s - limits.tolerance_s <= seconds <= limits.max_s + limits.tolerance_s:
            yield saw(file=material.part.path, duration_s=round(seconds, 2), min_s=limits.min_s, max_s=limits.max_s)


@rule("video_resolution", clause=_CLAUSE, quote="分辨率：1920*1080 及以上")
def the_picture_is_large_enough(case: Case, context: Context) -> Iterator[Observation]:
    limits = context.notice.video
    for material in _videos(case):
        video = material.facts.video
        if not video or not video.width or not video.height:
            continue
        small = max(video.width, video.height) < limits.long_side or min(video.width, video.height) < limits.short_side
        portrait = video.height > video.width
        if small or portrait:
            yield saw(
                file=material.part.path,
                width=video.width,
                height=video.height,
                long_side=limits.long_side,
                short_side=limits.short_side,
                portrait=portrait,
                severity=None if small else Severity.REVIEW,
            )


@rule("video_no_subtitles", clause=_CLAUSE, quote="配中文字幕")
def it_has_chinese_subtitles(case: Case, context: Context) -> Iterator[Observation]:
    for material in _videos(case):
        video = material.facts.video
        if video and video.has_video and video.subtitles not in ("burned", "track"):
            yield saw(file=material.part.path, known=video.subtitles == "none")


@rule("video_blank", clause=_CLAUSE, quote="可视性强")
def something_is_to_be_seen(case: Case, context: Context) -> Iterator[Observation]:
    for material in _videos(case):
        if material.facts.video and material.facts.video.blank:
            yield saw(file=material.part.path)
