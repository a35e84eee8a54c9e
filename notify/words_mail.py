"""In charge of the words for what concerns the mail itself: its subject, its time of arrival, its wholeness."""

from domain.notice import Notice
from notify.evidence import Evidence
from notify.figures import day, moment, second
from notify.labels import label
from notify.phrasebook import Words, words


@words("subject_format", clause="主题")
def subject_format(evidence: Evidence, notice: Notice) -> Words:
    subject = evidence.text("subject")
    return Words(
        where="邮件主题",
        found=f"邮件主题{evidence.quoted('subject')}未按规定格式标注" if subject else "邮件没有主题",
        asked=notice.subject,
        mend="本次不影响受理，今后来信请按上述格式填写主题。",
    )


@words("subject_form_mismatch", clause="主题")
def subject_form_mismatch(evidence: Evidence, notice: Notice) -> Words:
    fields = evidence.pairs("fields")
    differ = "；".join(
        f"{label(field, notice)}在主题中为{_shown(subject)}，在{notice.words.form}中为{_shown(form)}"
        for field, (subject, form) in fields.items()
    )
    return Words(
        where=f"邮件主题与{notice.words.form}",
        found=differ or f"邮件主题与{notice.words.form}所填信息不一致",
        asked=f"邮件主题与{notice.words.form}一致",
        mend=f"我们以{notice.words.form}为准；如{notice.words.form}填写有误，请更正后重新报送{notice.words.form}。",
    )


def _shown(text: str) -> str:
    return Evidence("", {"text": text}).quoted("text", 40) if text else "空白"


@words("before_window", clause="六")
def before_window(evidence: Evidence, notice: Notice) -> Words:
    opens = evidence.moment("opens") or notice.opens
    return Words(
        where="报送时间",
        found=f"来信{_received(evidence)}，早于{notice.words.apply}开始时间",
        asked=f"于{moment(opens)}至{moment(notice.closes)}期间报送",
        mend=f"请于{day(opens.date())}{notice.words.apply}开始后，将全部材料重新发送至本邮箱。",
    )


@words("late", clause="六")
def late(evidence: Evidence, notice: Notice) -> Words:
    ends = evidence.moment("grace_ends") if evidence.flag("supplement") else evidence.moment("closes")
    what, limit = (
        ("补正材料", "补正截止时间") if evidence.flag("supplement") else ("来信", f"{notice.words.apply}截止时间")
    )
    until = ends or (notice.grace_ends() if evidence.flag("supplement") else notice.closes)
    return Words(
        where="报送时间",
        found=f"{what}{_received(evidence)}，已超过{limit}",
        asked=f"于{second(until)}前送达",
        mend=f"材料已存档备查。如对收到时间有异议，请与{notice.words.organiser}联系人联系。",
    )


def _received(evidence: Evidence) -> str:
    received = evidence.moment("received_at")
    return f"于{second(received)}送达" if received else "送达"


@words("mail_truncated")
def mail_truncated(evidence: Evidence, notice: Notice) -> Words:
    return Words(
        where="邮件",
        found="邮件内容不完整，可能在发送途中中断",
        asked="邮件及附件完整送达",
        mend="请重新发送全部材料；附件较大的，建议分多封邮件发送，或改用邮箱的超大附件功能。",
    )


@words("too_many_files")
def too_many_files(evidence: Evidence, notice: Notice) -> Words:
    count, most = evidence.number("count"), evidence.number("max")
    return Words(
        where="附件",
        found=f"来信所含文件过多（共 {count:.0f} 个）" if count else "来信所含文件过多",
        asked=f"每封邮件不超过 {most:.0f} 个文件" if most else "每封邮件的文件数量适当",
        mend=f"请只保留{notice.words.form}、作品及必要的配图，按{notice.words.entry}分别发送。",
    )
