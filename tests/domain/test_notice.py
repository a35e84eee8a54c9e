"""The call's words: our sentences in them, and the same as ever where a call says nothing."""

import pytest

from domain.kinds import Track
from domain.notice import Vocabulary

ESSAY = Vocabulary(
    entry="征文", form="报名表", apply="投稿", text_work="征文正文", text="", scan="PDF 版", organiser="征文办公室"
)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("申报表（PDF 盖章扫描版）", "报名表（PDF 版）"),
        ("您申报的案例尚需补正", "您投稿的征文尚需补正"),
        ("文字案例", "征文"),
        ("申报案例", "投稿征文"),
        ("文字成果", "征文正文"),
        ("直接回复即可送达组委会。", "直接回复即可送达征文办公室。"),
        ("已受理", "已受理"),
    ],
)
def test_a_sentence_of_ours_is_said_in_the_words_of_the_call(ours: str, theirs: str) -> None:
    assert ESSAY.said(ours) == theirs
    assert Vocabulary().said(ours) == ours


def test_entries_are_called_by_their_track_where_it_has_a_name() -> None:
    assert Vocabulary().of_track(Track.VIDEO) == "视频案例"
    assert ESSAY.of_track(Track.TEXT) == "征文"
