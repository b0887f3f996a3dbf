"""Timecodes are counted as SMPTE ST 12-1 counts them, independently of the product's own code."""

from fractions import Fraction

import pytest

from local.mediaconvert.timecode import Timecode, TimecodeError

NTSC, NTSC_DOUBLE = Fraction(30000, 1001), Fraction(60000, 1001)


@pytest.mark.parametrize(
    ("text", "rate", "frame"),
    [
        ("00:00:00:00", Fraction(24), 0),
        ("00:00:01:00", Fraction(24000, 1001), 24),
        ("01:00:00:00", Fraction(25), 90000),
        ("00:00:59;29", NTSC, 1799),
        ("00:01:00;02", NTSC, 1800),
        ("00:09:59;29", NTSC, 17981),
        ("00:10:00;00", NTSC, 17982),
        ("01:00:00;00", NTSC, 107892),
        ("00:01:00;04", NTSC_DOUBLE, 3600),
        ("01:00:00;00", NTSC_DOUBLE, 215784),
        ("00:01:00:00", NTSC, 1800),
    ],
)
def test_should_count_frames_as_smpte_does(text, rate, frame):
    assert Timecode.parse(text).frame(rate) == frame


def test_should_number_every_frame_of_twenty_minutes_of_drop_frame_exactly_once():
    numbers = []
    for minute in range(20):
        for second in range(60):
            for frame in range(30):
                if minute % 10 and second == 0 and frame < 2:
                    continue
                numbers.append(Timecode(0, minute, second, frame, drop=True).frame(NTSC))
    assert numbers == list(range(20 * 60 * 30 - 2 * 18))


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("00:01:00;00", NTSC),
        ("00:01:00;03", NTSC_DOUBLE),
        ("00:00:00:25", Fraction(25)),
        ("00:00:01;00", Fraction(25)),
        ("00:00:01;00", Fraction(30)),
        ("00:00:61:00", Fraction(25)),
        ("00:00:01:00@25", Fraction(25)),
        ("1:00", Fraction(25)),
    ],
)
def test_should_refuse_codes_that_name_no_frame(text, rate):
    with pytest.raises(TimecodeError):
        Timecode.parse(text).frame(rate)
