"""No download goes to an address that is not of the public Internet, however it is written."""

import pytest

from ingest.addresses import PUBLIC, besides

FORBIDDEN = [
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.255.254", "169.254.169.254",
    "172.16.0.1", "172.31.255.255", "192.0.0.170", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.51.100.7",
    "203.0.113.9", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:0:8.8.8.8", "64:ff9b::7f00:1", "64:ff9b::808:808",
    "64:ff9b:1::1", "100::1", "2001::1", "2001:0:53aa:64c:0:7f:80ff:fffe", "2001:db8::1", "2002:7f00:1::", "2002:a9fe:a9fe::1",
    "3fff::1", "fc00::1", "fd12:3456:789a::1", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "2400:cb00::1%eth0",
    "", "localhost", "127.1", "0x7f000001", "2130706433", "017700000001", "8.8.8.8:80", "[::1]", "8.8.8.8 ",
]  # fmt: skip


@pytest.mark.parametrize("address", FORBIDDEN)
def test_forbidden_addresses(address: str) -> None:
    assert not PUBLIC.allows(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "114.114.114.114", "220.181.12.11", "2400:cb00::1", "2408:8000::1"])
def test_public_addresses(address: str) -> None:
    assert PUBLIC.allows(address)


def test_an_opened_network_opens_itself_alone() -> None:
    rule = besides("127.0.0.1/32")
    assert rule.allows("127.0.0.1")
    assert not rule.allows("127.0.0.2")
    assert not rule.allows("::ffff:127.0.0.1")
