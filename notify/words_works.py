"""In charge of the words for the works: length of a text, the video and its technical demands (clause 五.3)."""

from domain.kinds import Track
from domain.notice import Notice
from notify.evidence import Evidence
from notify.figures import day, duration, minutes_between, moment, size
from notify.labels import label
from notify.phrasebook import Words, words
from notify.quoting import quote
from notify.words_forms import copies


@words("text_too_long", clause="五.3")
def text_too_long(evidence: Evidence, notice: Notice) -> Words:
    most = evidence.number("max") or notice.text.max_words
    count = evidence.number("count") or 0
    return Words(
        where=evidence.file() if evidence.text("file") else f"{notice.words.form}“{notice.content}”栏",
        found=f"{notice.words.text_work}共 {count:.0f} 字，超出 {max(count - most, 0):.0f} 字",
        asked=f"字数控制在 {most:.0f} 字以内",
        mend="请精简后补发（按 Word“字数统计”中的“字数”计算）。",
    )


@words("text_missing", clause="三")
def text_missing(evidence: Evidence, notice: Notice) -> Words:
    count, least = evidence.number("count"), evidence.number("min") or notice.text.min_words
    return Words(
        where=evidence.file() if evidence.text("file") else notice.words.text_work,
        found=f"{notice.words.text_work}仅 {count:.0f} 字，内容过少" if count else f"未见{notice.words.text_work}",
        asked=f"{notice.words.of_track(Track.TEXT)}{notice.text.about}（一般不少于 {least:.0f} 字）",
        mend=_where_a_text_may_stand(notice),
    )


def _where_a_text_may_stand(notice: Notice) -> str:
    form = notice.form_of(Track.TEXT)
    if form is None or not form.labels.get("content"):
        return f"请将{notice.words.text_work}作为附件（Word 文档）补发。"
    cell = label("content", notice, form.annex)
    return f"请在{notice.words.form}“{cell}”栏写明{notice.words.entry}内容，或另附文章，补发 {copies(notice)}。"


@words("video_missing", clause="三")
def video_missing(evidence: Evidence, notice: Notice) -> Words:
    return Words(
        where="视频作品",
        found="未收到视频作品，也未见视频下载链接",
        asked=f"{notice.words.of_track(Track.VIDEO)}随{notice.words.form}报送视频作品",
        mend="请以附件或邮箱超大附件发送视频；使用网盘的，请一并写明链接和提取码。",
    )


@words("video_link_only", clause="五.3")
def video_link_only(evidence: Evidence, notice: Notice) -> Words:
    ends, expires = evidence.moment("expires_before"), evidence.moment("expires_at")
    valid = day(notice.judging_ends.date())
    if ends:
        mend = f"该链接在评选结束前失效，请延长有效期至{valid}以后，或重新发送长期有效的链接。"
    elif expires:
        mend = "工作人员将下载核验，请勿删除文件或取消分享。"
    else:
        mend = f"工作人员将下载核验，请在{valid}前勿删除文件或取消分享{_unknown(evidence)}。"
    what = "材料" if evidence.flag("papers") else "视频"
    standard = "" if evidence.flag("papers") else "，并符合时长、格式和分辨率要求"
    return Words(
        where=f"{what}下载链接",
        found=f"{what}以下载链接报送（{_link(evidence)}），尚待工作人员下载核验",
        asked=f"{what}在评选结束（{valid}）前能够正常下载{standard}",
        mend=mend,
    )


def _unknown(evidence: Evidence) -> str:
    """Ask for what the mail does not tell of a link."""
    untold = [] if evidence.text("code") else ["提取码"]
    untold += [] if evidence.flag("never_expires") else ["有效期"]
    return f"；链接设有{'或'.join(untold)}的，请回复告知" if untold else ""


def _link(evidence: Evidence) -> str:
    bytes_, expires = evidence.number("size"), evidence.moment("expires_at")
    unlimited = "长期有效" if evidence.flag("never_expires") else "有效期未注明"
    details = (
        quote(evidence.text("name") or evidence.text("host")),
        size(bytes_) if bytes_ else "",
        f"{moment(expires)}到期" if expires else unlimited,
    )
    return "，".join(filter(None, details))


@words("video_format", clause="五.3")
def video_format(evidence: Evidence, notice: Notice) -> Words:
    allowed = "、".join(str(name) for name in evidence.items("allowed") or notice.video.containers)
    container = quote(evidence.text("container"), 12)
    if evidence.flag("is_video"):
        found = f"视频{evidence.file()}为 {container or '其他'} 格式"
    else:
        found = f"文件{evidence.file()}不是能够播放的视频"
    return Words(
        where=evidence.file(),
        found=found,
        asked=f"视频格式为 {allowed} 等",
        mend="请将视频转换为 mp4 格式（H.264 编码）后补发。",
    )


@words("video_duration", clause="五.3")
def video_duration(evidence: Evidence, notice: Notice) -> Words:
    low = evidence.number("min_s") or notice.video.min_s
    high = evidence.number("max_s") or notice.video.max_s
    length = evidence.number("duration_s")
    return Words(
        where=evidence.file(),
        found="视频时长无法读取" if length is None else f"视频时长 {duration(length, low=low, high=high)}",
        asked=minutes_between(low, high),
        mend=f"请重新剪辑，将时长调整到 {minutes_between(low, high)}后补发。",
    )


@words("video_resolution", clause="五.3")
def video_resolution(evidence: Evidence, notice: Notice) -> Words:
    limits = notice.video
    long = evidence.number("long_side") or limits.long_side
    short = evidence.number("short_side") or limits.short_side
    width, height = evidence.number("width"), evidence.number("height")
    shape = "（竖屏）" if evidence.flag("portrait") else ""
    known = width is not None and height is not None
    return Words(
        where=evidence.file(),
        found=f"视频分辨率为 {width:.0f}×{height:.0f}{shape}" if known else "视频分辨率无法读取",
        asked=f"{long:.0f}×{short:.0f} 及以上",
        mend=f"请用原始素材重新导出 {long:.0f}×{short:.0f} 及以上的横屏视频后补发，请勿简单放大。",
    )


@words("video_no_subtitles", clause="五.3")
def video_no_subtitles(evidence: Evidence, notice: Notice) -> Words:
    return Words(
        where=evidence.file(),
        found="视频中未见中文字幕" if evidence.flag("known") else "未能确认视频是否配有中文字幕",
        asked="视频配中文字幕",
        mend="请为视频配上中文字幕后补发；已有字幕的，请回复说明。",
    )


@words("video_blank", clause="五.3")
def video_blank(evidence: Evidence, notice: Notice) -> Words:
    return Words(
        where=evidence.file(),
        found="视频画面大部分时间为黑屏或静止",
        asked="视频结构完整、表达流畅、可视性强",
        mend="请检查视频能否正常播放，必要时重新导出后补发。",
    )
