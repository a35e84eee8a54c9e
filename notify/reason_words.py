"""In charge of saying in Chinese why a mail was set aside. The reasons on record are English, for the log.

Rows are by how a reason begins; what follows (a number, a header's value) stands in place of {} where the words have one.
"""

_CHINESE = {
    "Auto-Submitted: ": "自动发送（邮件头注明）",
    "Precedence: ": "群发或自动发送（邮件头注明）",
    "X-Auto-Response-Suppress: ": "发信系统要求不予自动回复",
    "X-QQ-AUTO-REPLY": "自动回复（邮件头注明）",
    "X-QQ-HolidayReply": "自动回复（邮件头注明）",
    "a second copy of ": "与已收邮件（标识 {:.12}）为同一封",
    "answers a letter of ours without materials": "回复我方邮件，未附材料",
    "asks about the call": "咨询征集事宜",
    "asks to withdraw": "申请撤回",
    "asks to withdraw; a person looks: ": "申请撤回，须人工确认",
    "asks to withdraw what is withdrawn": "申请撤回，案例此前已撤回",
    "automatic reply, told by its subject": "自动回复（据主题判断）",
    "automatic reply, told by its text": "自动回复（据正文判断）",
    "bounce, told by its subject": "退信（据主题判断）",
    "brings nothing and asks nothing": "无申报材料，也无咨询内容",
    "brings nothing, and says that a machine wrote it": "无申报材料，正文注明为自动发送",
    "carries our X-Shoujian-Id": "本系统发出的邮件",
    "carries the Message-ID of a letter of ours": "本系统发出的邮件",
    "delivery report (RFC 3464)": "退信",
    "delivery report: ": "投递通知",
    "mailing list: ": "邮件列表群发",
    "null envelope sender": "邮件系统发出，不接收回信",
    "provider's own announcements": "邮箱服务商的通知",
    "read receipt (RFC 8098)": "已读回执",
    "recall notice": "撤回邮件的通知",
    "same materials as ": "材料与 {:.12} 相同",
    "sent by a mail system": "邮件系统发出",
    "sent from an address nobody reads": "发件地址不接收回信",
    "sent from our own address": "由收件邮箱自身发出",
    "staff answer a digest: ": "工作人员回复日报",
    "withdraws ": "已按申请撤回 {}",
}


def why_set_aside(reason: str) -> str:
    """Return a recorded reason in Chinese; "" for none, and for one without words here."""
    begins = max((begin for begin in _CHINESE if reason.startswith(begin)), key=len, default="")
    return _CHINESE[begins].format(reason.removeprefix(begins)) if begins else ""
