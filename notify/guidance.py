"""In charge of what someone who asks is told: when, where and how to submit, drawn from the notice."""

from datetime import datetime

from domain.notice import Notice
from notify.figures import minutes_between, moment
from notify.words_mail import CONVENTIONS

_ANSWER = "您好！来信收悉。您的来信中未见申报材料，现将申报方式告知如下，供您参考；您提出的问题已转工作人员，如需进一步答复，我们会另行回信。"


def paragraphs(notice: Notice, now: datetime) -> list[str]:
    """Return the opening, and whether the call is not open yet or closed already."""
    if now < notice.opens:
        return [_ANSWER, f"申报将于{moment(notice.opens)}开始，请届时再发送材料。"]
    if now > notice.closes:
        return [_ANSWER, f"本次申报已于{moment(notice.closes)}截止，不再受理新的申报。"]
    return [_ANSWER]


def terms(notice: Notice) -> list[tuple[str, str]]:
    """Return when and where."""
    given = [
        ("申报时间", f"{moment(notice.opens)}至{moment(notice.closes)}（以我方邮箱服务器收到时间为准）"),
        ("申报邮箱", notice.mailbox),
    ]
    return [*given, ("活动官网", notice.website)] if notice.website else given


def steps(notice: Notice) -> list[str]:
    """Return how, step by step."""
    forms = "；".join(
        f"{'视频' if form.track == 'video' else '文字'}案例填写附件 {form.annex}《{form.name}》"
        for form in notice.forms
    )
    video = notice.video
    return [
        f"填写申报表：{forms}。各栏填写完整，每个案例单独填表。",
        "在“单位意见”栏加盖单位公章，将盖章的申报表扫描成 PDF 文件；Word 版和 PDF 盖章扫描版一并报送。",
        f"准备作品：文字成果控制在 {notice.text.max_words} 字以内；视频时长 {minutes_between(video.min_s, video.max_s)}，"
        f"分辨率 {video.long_side}×{video.short_side} 及以上，配中文字幕，格式为 {'、'.join(video.containers)} 等。",
        f"邮件主题{CONVENTIONS}。",
        "视频较大时可使用邮箱的超大附件或网盘，请写明提取码，并确保链接在评选结束前有效。",
    ]
