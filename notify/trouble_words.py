"""In charge of how the desk's troubles are told to whoever runs it: what is wrong, what it means, how it is mended.

Judging whether there is a trouble is the daemon's. Readers are operators: official Chinese, commands as they are typed.
"""

from collections.abc import Mapping
from enum import StrEnum

from domain.text import one_line
from domain.value import Value

Evidence = Mapping[str, str | int | float]


class Trouble(StrEnum):
    """What may be wrong with the desk as a whole. Members are also label values of `shoujian_trouble`."""

    LOGIN = "login"  #: the mailbox does not take our 授权码
    POLLING = "polling"  #: no look into the mailbox has come to a good end for too long
    SENDING = "sending"  #: the mail server refuses our account, not a letter
    QUARANTINE = "quarantine"  #: mails that three tries could not process
    HELD = "held"  #: letters that wait for a person
    DIGEST = "digest"  #: yesterday's digest has not gone out
    DISK = "disk"  #: little room left
    DATABASE = "database"  #: it does not answer
    VERIFY = "verify"  #: archive, records and outbox disagree


class Words(Value):
    """How one trouble is told. Braces take the evidence."""

    title: str
    found: str
    means: str
    mend: tuple[str, ...]
    over: str


WORDS: dict[Trouble, Words] = {
    Trouble.LOGIN: Words(
        title="收件邮箱登录失败",
        found="邮箱服务器拒绝登录。服务器答复：{answer}",
        means="系统收不到新邮件，也发不出回复。邮件仍保存在邮箱中，恢复后自动补收，不会遗漏。",
        mend=(
            "登录邮箱网页版，如有安全提示，按提示确认。",
            "在“设置—POP3/SMTP/IMAP”中确认 IMAP/SMTP 服务已开启；授权码过期或服务曾被关闭的，重新生成授权码。",
            "将新授权码写入 /etc/shoujian/mail-password（仅管理员可读）。",
            "执行 systemctl restart shoujian 使新授权码生效。",
        ),
        over="收件邮箱已能正常登录。",
    ),
    Trouble.POLLING: Words(
        title="收信中断",
        found="已有 {minutes} 分钟未能完成收信。最近一次的情况：{answer}",
        means="新邮件暂未登记和回复。邮件仍保存在邮箱中，恢复后自动补收，不会遗漏。",
        mend=(
            "检查服务器的网络和域名解析是否正常。",
            "执行 run_daemon.py doctor，按各项提示处理。",
            "执行 journalctl -u shoujian -n 100 查看日志。",
        ),
        over="收信已恢复正常。",
    ),
    Trouble.SENDING: Words(
        title="发信账号被拒绝",
        found="发信服务器拒绝本系统账号。服务器答复：{answer}",
        means="回复暂停发送，均已保存，恢复后自动发出，不会重复。",
        mend=(
            "答复为 535 的：授权码错误或已过期，重新生成后写入 /etc/shoujian/mail-password，并重新启动服务。",
            "答复为 553 的：配置文件 [mailbox] 的 account 须与登录账号一致。",
            "答复含 HL:IPB、MI:SPB 或 blacklist 的：发信过多或被投诉，登录网页版处理，或联系 kefu@188.com。",
        ),
        over="发信已恢复正常。",
    ),
    Trouble.QUARANTINE: Words(
        title="有邮件处理失败",
        found="共有 {count} 封邮件三次处理均未成功，已转人工处理。",
        means="这些邮件已完整存档，发件人已获告知“人工审核中”；其他邮件不受影响。",
        mend=(
            "执行 run_daemon.py status 查看邮件编号和原因。",
            "执行 run_daemon.py retry 邮件编号 重试；仍不成功的，登录网页版人工查看。",
        ),
        over="处理失败的邮件已全部处理完毕。",
    ),
    Trouble.HELD: Words(
        title="有回复暂缓发送",
        found="共有 {count} 封回复暂缓发送，等待人工决定。",
        means="收件人尚未收到这些回复。",
        mend=(
            "执行 run_daemon.py status 查看回复编号和原因。",
            "登录邮箱网页版，在“已发送”中核对是否已经发出；未发出的，执行 run_daemon.py release 回复编号 放行。",
        ),
        over="暂缓发送的回复已全部处理完毕。",
    ),
    Trouble.DIGEST: Words(
        title="收件日报未发出",
        found="{day} 的收件日报到时仍未发出，涉及 {count} 位工作人员。",
        means="工作人员未收到昨日情况和待人工处理事项。",
        mend=(
            "执行 run_daemon.py status 查看是否有暂缓发送的邮件，或当日发信数量是否已达上限。",
            "执行 run_daemon.py digest 查看日报；执行 run_daemon.py digest --send 补发。",
        ),
        over="收件日报已发出。",
    ),
    Trouble.DISK: Words(
        title="磁盘空间不足",
        found="数据目录所在磁盘仅剩 {free_gib} GiB，低于 {least_gib} GiB。",
        means="空间用尽后，系统无法存档新邮件，将停止收信。",
        mend=("清理或扩充数据目录所在磁盘。请勿删除数据目录内的 blobs 文件夹和数据库文件。",),
        over="磁盘空间已恢复到正常水平。",
    ),
    Trouble.DATABASE: Words(
        title="数据库无法使用",
        found="数据库没有正常应答：{answer}",
        means="收信、处理和回复均已停止。",
        mend=(
            "检查数据目录的权限和磁盘状态；使用 PostgreSQL 的，检查数据库服务。",
            "恢复后执行 run_daemon.py verify 核对。",
        ),
        over="数据库已恢复正常。",
    ),
    Trouble.VERIFY: Words(
        title="台账、存档、回复核对不一致",
        found="例行核对发现 {count} 处不一致。",
        means="可能有存档文件损坏、丢失，或记录缺失。",
        mend=(
            "执行 run_daemon.py verify 查看每一处不一致。",
            "存档文件损坏或丢失的，从备份恢复 blobs 文件夹中的同名文件，再次核对。",
        ),
        over="再次核对，台账、存档、回复已一致。",
    ),
}


def found(trouble: Trouble, evidence: Evidence) -> str:
    """Return what is wrong, in one line. Whatever a server said is cut and made harmless."""
    return WORDS[trouble].found.format(**{name: one_line(str(value))[:200] for name, value in evidence.items()})
