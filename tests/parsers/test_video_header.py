"""Stamps and names a header may carry."""

import pytest

from parsers.films.header import container_name, read_date


@pytest.mark.parametrize(
    ("stamp", "day"),
    [
        ("2023-08-05 01:02:03 UTC", "2023-08-05"),
        ("UTC 2023-08-05 17:00:00", "2023-08-06"),
        ("2023-08-05T23:30:00+0800", "2023-08-05"),
        ("2023-08-05 23:30:00", "2023-08-05"),
        ("2023-08-05", "2023-08-05"),
        ("1904-01-01 00:00:00 UTC", None),
        ("1970-01-01 00:00:00 UTC", None),
        ("2023-13-45 00:00:00 UTC", None),
        ("", None),
    ],
)
def test_a_stamp_is_read_as_a_day_in_shanghai(stamp: str, day: str | None) -> None:
    told = read_date(stamp)
    assert (str(told) if told else None) == day


@pytest.mark.parametrize(
    ("kind", "profile", "name"),
    [
        ("MPEG-4", "QuickTime", "mov"),
        ("MPEG-4", "Base Media / Version 2", "mp4"),
        ("MPEG-4", "3GPP Media Release 4", "3gp"),
        ("MPEG-PS", "", "mpeg"),
        ("Windows Media", "", "wmv"),
        ("Flash Video", "", "flv"),
        ("Rare Thing", "", "rare thing"),
        ("", "", "unknown"),
    ],
)
def test_containers_go_by_the_names_of_the_notice(kind: str, profile: str, name: str) -> None:
    assert container_name(kind, profile) == name
