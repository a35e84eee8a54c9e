"""Whose word counts: only our own provider's, about the From address itself, and only when all of it agrees (RFC 8601)."""

import pytest

from daemon.authentication import authenticated
from domain.mail import Address, Mail

BOSS = "boss@weifang.gov.cn"
RECEIVED = (
    "Received",
    "from mx.weifang.gov.cn (unknown [198.51.100.7]) by gzga-mx-mtada-g1-4 (Coremail) with SMTP id ABC",
)
FROM = ("From", f"<{BOSS}>")


def by_coremail(*results: str, received: tuple[str, str] = RECEIVED) -> bool | None:
    told = [("Authentication-Results", each) for each in results]
    mail = Mail(sha256="0" * 64, size=1, from_=Address(address=BOSS), headers=(received, FROM, *told))
    return authenticated(mail, "coremail")


HOST = "gzga-mx-mtada-g1-4; "


@pytest.mark.parametrize(
    ("results", "vouched"),
    [
        (f"spf=pass smtp.mail={BOSS}; dkim=pass header.i=@weifang.gov.cn", True),
        (f"spf=pass smtp.mail={BOSS}; dki m=pass header.i=@weifang.gov.cn", True),  # as Coremail folds it
        (f"spf=pass smtp.mail={BOSS[:8]} {BOSS[8:]}; dkim=none", True),
        ("dmarc=pass (p=reject) header.from=weifang.gov.cn", True),
        (f"spf=pass smtp.mail={BOSS}; dkim=fail header.i=@weifang.gov.cn", False),
        (f"spf=softfail smtp.mail={BOSS}; dkim=pass header.i=@weifang.gov.cn", False),
        (f"spf=pass smtp.mail={BOSS}; dmarc=fail header.from=weifang.gov.cn", False),
        ("spf=pass smtp.mail=evil@evil.cn; dkim=none", False),
        ("spf=pass smtp.mail=other@weifang.gov.cn", False),  # SPF speaks of one mailbox
        ("dkim=pass header.i=@evil.cn", False),
        ("dkim=pass header.d=evil.cn header.i=@weifang.gov.cn", False),
        ("dmarc=pass header.from=weifang.gov.cn.evil.cn", False),
        (f"spf=neutral smtp.mail={BOSS}; dkim=none", False),
        ('spf=pass smtp.mail="a;dkim=pass header.i=@weifang.gov.cn"@evil.cn', False),
        ("spf=pass (a;dkim=pass header.i=@weifang.gov.cn smtp.mail=evil@evil.cn", False),
        ("spf=pass smtp.mail=header.i=@weifang.gov.cn", False),
        ("", False),
    ],
)  # fmt: skip
def test_what_coremail_says(results: str, vouched: bool) -> None:
    assert by_coremail(HOST + results) is vouched


def test_what_somebody_else_wrote_is_not_heard() -> None:
    good = f"spf=pass smtp.mail={BOSS}"
    assert by_coremail(f"mx.evil.cn; {good}") is None
    assert by_coremail() is None
    assert by_coremail(HOST + good, received=("Received", "from a by b with SMTP id 1")) is None


def test_a_forged_result_beside_the_real_one_is_of_no_use() -> None:
    good, real = f"{HOST}spf=pass smtp.mail={BOSS}", f"{HOST}spf=pass smtp.mail=evil@evil.cn"
    assert by_coremail(good, real) is False
    assert by_coremail(real, good) is False


def test_another_provider_goes_by_its_name() -> None:
    def told(name: str) -> bool | None:
        headers = (FROM, ("Authentication-Results", f"{name}; dkim=pass header.d=weifang.gov.cn header.s=s1"))
        return authenticated(Mail(sha256="0" * 64, size=1, from_=Address(address=BOSS), headers=headers), "126.com")

    assert told("126.com") is True
    assert told("mx1.126.com 1") is True
    assert told("evil126.com") is None


def test_two_senders_are_none() -> None:
    headers = (FROM, FROM, ("Authentication-Results", "126.com; dmarc=pass header.from=weifang.gov.cn"))
    assert (
        authenticated(Mail(sha256="0" * 64, size=1, from_=Address(address=BOSS), headers=headers), "126.com") is False
    )
