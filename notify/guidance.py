"""In charge of what someone who asks is told: when, where and how to submit, drawn from the notice."""

from collections.abc import Iterator
from datetime import datetime

from domain.kinds import Role, Track
from domain.notice import Notice
from notify.figures import minutes_between, moment
from notify.words_forms import copies, needed

_ANSWER = "您好！来信收悉。您的来信中未见申报材料，现将申报方式告知如下，供您参考；您提出的问题已转工作人员，如需进一步答复，我们会另行回信。"


def paragraphs(notice: Notice, now: datetime) -> list[str]:
    """Return the opening, and whether the call is not open yet or closed already."""
    answer, apply = notice.words.said(_ANSWER), notice.words.apply
    if now < notice.opens:
        return [answer, f"{apply}将于{moment(notice.opens)}开始，请届时再发送材料。"]
    if now > notice.closes:
        return [answer, f"本次{apply}已于{moment(notice.closes)}截止，不再受理新的{apply}。"]
    return [answer]


def terms(notice: Notice) -> list[tuple[str, str]]:
    """Return when and where."""
    apply = notice.words.apply
    given = [
        (f"{apply}时间", f"{moment(notice.opens)}至{moment(notice.closes)}（以我方邮箱服务器收到时间为准）"),
        (f"{apply}邮箱", notice.mailbox),
    ]
    return [*given, ("活动官网", notice.website)] if notice.website else given


def steps(notice: Notice) -> list[str]:
    """Return how, step by step."""
    words = notice.words
    forms = "；".join(
        f"{words.of_track(Track(form.track))}填写附件 {form.annex}《{form.name}》" for form in notice.forms
    )
    with_video = notice.form_of(Track.VIDEO) is not None
    return [
        f"填写{words.form}：{forms}。各栏填写完整，每{words.measure}{words.entry}单独填表。",
        *_copies(notice),
        f"准备作品：{'；'.join(_works(notice))}。",
        f"邮件主题{notice.subject}。",
        *(["视频较大时可使用邮箱的超大附件或网盘，请写明提取码，并确保链接在评选结束前有效。"] if with_video else []),
    ]


def _copies(notice: Notice) -> Iterator[str]:
    """Yield which copies of the form are sent in, and how the second is made."""
    form, wanted = notice.words.form, needed(notice)
    if Role.PDF_FORM in wanted and notice.stamped:
        yield f"在“{notice.opinion}”栏加盖单位公章，将盖章的{form}扫描成 PDF 文件；{copies(notice)}一并报送。"
    elif wanted & {Role.WORD_FORM, Role.PDF_FORM}:
        yield f"报送{form} {copies(notice)}。"


def _works(notice: Notice) -> Iterator[str]:
    """Yield what is asked of the works of each track."""
    video = notice.video
    if notice.form_of(Track.TEXT):
        yield f"{notice.words.text_work}控制在 {notice.text.max_words} 字以内"
    if notice.form_of(Track.VIDEO):
        yield (
            f"视频时长 {minutes_between(video.min_s, video.max_s)}，"
            f"分辨率 {video.long_side}×{video.short_side} 及以上，配中文字幕，格式为 {'、'.join(video.containers)} 等"
        )
