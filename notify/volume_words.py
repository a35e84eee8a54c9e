"""In charge of the words for archives cut into pieces: which have come, which are awaited. Nobody is blamed for cutting one."""

from collections.abc import Sequence
from typing import Any

from domain.notice import Notice
from notify.evidence import Evidence
from notify.phrasebook import Words

_MOST_NAMED = 12  #: numbers; more are counted


def incomplete_archive(evidence: Evidence, notice: Notice, asked: str) -> Words:
    """Return the words for an archive whose pieces have not all come, or do not fit together."""
    here, lacking, total = evidence.items("here"), evidence.items("lacking"), evidence.number("total")
    cut = f"压缩包{evidence.file()}为分卷压缩" + (f"，共 {total:.0f} 卷" if total else "")
    if total and not lacking:
        return Words(
            where=evidence.file(),
            found=f"{cut}，已全部收到，但无法合并解压，待工作人员核实",
            asked=asked,
            mend=f"如方便，请{send_whole(notice)}",
        )
    return Words(
        where=evidence.file(),
        found=f"{cut}，已收到{_numbers(here)}，{_awaited(lacking, total)}",
        asked=asked,
        mend="请用同一邮箱将其余分卷发来，可分几封邮件发送；收齐后将合并核对，已收到的分卷无需重发。",
    )


def send_whole(notice: Notice) -> str:
    """Return what a sender is asked to do whose archive cannot be opened here."""
    return f"将{notice.words.form}和作品直接作为附件发送，或压缩成单个 zip 文件后补发。"


def _awaited(lacking: Sequence[Any], total: float | None) -> str:
    if not lacking:
        return "其余分卷尚未收到"
    return f"还缺{_numbers(lacking)}" + ("" if total else "及之后的分卷（如有）")


def _numbers(numbers: Sequence[Any]) -> str:
    if len(numbers) > _MOST_NAMED:
        return f" {len(numbers)} 卷"
    return f"第 {'、'.join(map(str, numbers))} 卷"
