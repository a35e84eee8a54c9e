"""In charge of the words for files that cannot be opened, or must not be. No clause of the notice speaks of them."""

from domain.notice import Notice
from notify.evidence import Evidence
from notify.phrasebook import Words, words


@words("encrypted_file")
def encrypted_file(evidence: Evidence, notice: Notice) -> Words:
    return Words(
        where=evidence.file(),
        found=f"文件{evidence.file()}设有密码，无法打开",
        asked="所报文件不设密码",
        mend="请去除密码后补发，或在回复中写明“解压密码：……”。",
    )


@words("corrupt_file")
def corrupt_file(evidence: Evidence, notice: Notice) -> Words:
    if evidence.text("detail") in ("timeout", "memory", "crashed"):
        return _given_up(evidence)
    cut = evidence.text("detail") == "truncated"
    return Words(
        where=evidence.file(),
        found=f"视频{evidence.file()}不完整，播放至中途中断"
        if cut
        else f"文件{evidence.file()}已损坏或不完整，无法打开",
        asked="所报文件完整并能够正常打开",
        mend="请确认原文件能够正常打开后补发。",
        staff="空文件" if evidence.text("detail") == "empty" else "",
    )


def _given_up(evidence: Evidence) -> Words:
    return Words(
        where=evidence.file(),
        found=f"文件{evidence.file()}过大或结构特殊，未能自动读取",
        asked="所报文件能够正常打开",
        mend="工作人员将人工查看；如方便，请用常用软件另存后补发。",
        staff={"timeout": "读取超时", "memory": "所需内存超限", "crashed": "读取程序异常"}[evidence.text("detail")],
    )


@words("macro_file")
def macro_file(evidence: Evidence, notice: Notice) -> Words:
    return Words(
        where=evidence.file(),
        found=f"文件{evidence.file()}含有宏",
        asked="所报文件不含宏",
        mend="宏未运行，文字内容已正常读取，本次不影响受理；今后请另存为不含宏的 .docx 文件。",
    )


@words("archive_bomb")
def archive_bomb(evidence: Evidence, notice: Notice) -> Words:
    return Words(
        where=evidence.file(),
        found=f"压缩包{evidence.file()}的层数、文件数量或解压后大小超出处理范围，未予解压",
        asked="压缩包层次简单、大小适当",
        mend=f"请将{notice.words.form}等材料直接作为附件发送；确需压缩的，请只压缩一层。",
        staff=evidence.text("detail"),
    )


@words("unsafe_file")
def unsafe_file(evidence: Evidence, notice: Notice) -> Words:
    return Words(
        where=evidence.file(),
        found=f"文件{evidence.file()}为程序文件或存在安全风险，已隔离，未予打开",
        asked=f"只报送{notice.words.form}、作品及配图等材料",
        mend="请先用杀毒软件检查电脑，确认安全后，将材料以文档、图片或视频格式补发。",
        staff=evidence.text("detail"),
    )
