"""Time as packets tell it: reordered, restarted, missing."""

from dataclasses import dataclass
from fractions import Fraction

import pytest

from parsers.films.packets import Track


@dataclass
class Packet:
    pts: int | None
    dts: int | None
    duration: int | None = 40
    is_keyframe: bool = False


def track(*packets: Packet) -> Track:
    told = Track(0, "video", Fraction(1, 1000))
    for packet in packets:
        told.add(packet)
    return told


def test_frames_shown_out_of_order_do_not_lengthen_a_film() -> None:
    assert track(Packet(0, -80), Packet(120, -40), Packet(40, 0), Packet(80, 40)).seconds == pytest.approx(0.16)


def test_time_that_restarts_begins_a_new_stretch() -> None:
    first = [Packet(t, t) for t in range(0, 4000, 40)]
    second = [Packet(t, t) for t in range(0, 2000, 40)]
    assert track(*first, *second).seconds == pytest.approx(6.0)


def test_a_first_packet_without_decoding_time_is_no_restart() -> None:
    assert track(Packet(23, None), Packet(1523, None), Packet(523, 23), Packet(1023, 523)).seconds == pytest.approx(
        1.54
    )


def test_a_packet_without_any_time_tells_nothing() -> None:
    assert track(Packet(None, None)).packets == 0


def test_key_frames_are_noted_by_the_time_they_are_shown() -> None:
    assert track(Packet(0, 0, is_keyframe=True), Packet(40, 40), Packet(80, 80, is_keyframe=True)).keys == [0, 80]
