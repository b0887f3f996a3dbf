"""Sound is cut to the sample, mixed as BS.775 says, and as loud as the job asks."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from local.mediaconvert.loudness import limit, measure, normalize
from local.mediaconvert.sound import SoundReader, mixing_matrix, remix_matrix, resample
from local.mediaconvert.source import describe
from local.mediaconvert.spec import Normalization
from tests.unit.local.mediaconvert_films import beeps, make_film, sound_of, tone
from tests.unit.local.mediaconvert_jobs import (
    aac,
    clip_input,
    file_group,
    h264,
    job,
    mp4,
    render,
    whole_input,
)

RATE = 48000
URL = "s3://films/a.mp4"
ONSET = 8
"""Samples that a sine needs to become loud."""
ONE_MILLISECOND = RATE // 1000
"""MKV and WebM round their time stamps to it."""
SURROUND = ["FL", "FR", "FC", "LFE", "BL", "BR"]


def sine(seconds, level, hertz=997, channels=2):
    time = np.arange(int(seconds * RATE)) / RATE
    return np.tile((level * np.sin(2 * np.pi * hertz * time)).astype(np.float32), (channels, 1))


def loudness_target(target=-16.0, peak=-1.0, **more):
    return Normalization(
        **{"gated": True, "correct": True, "target": target, "true_peak": peak, "gate": -70, **more}
    )


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.ts", "a.webm"])
def test_should_find_a_beep_at_its_place_from_wherever_it_reads(tmp_path, name):
    codec = {"codec": "libvpx", "options": {"deadline": "realtime"}} if name.endswith("webm") else {}
    path = make_film(tmp_path / name, 500, 25, sounds=[("stereo", beeps([50, 250, 444], 25))], **codec)
    zero = describe(path, name).first_time
    reader = SoundReader(path, 0)
    for frame in (444, 50, 250, 443, 250, 50):
        start = zero + Fraction(frame, 25) - Fraction(1, 10)
        wanted = RATE // 10 + (RATE // 25 if frame == 443 else 0)
        assert abs(first_loud(reader.read(start, RATE, RATE // 2)) - wanted) <= ONE_MILLISECOND + ONSET


def first_loud(sound, level=0.2):
    return int(np.argmax(np.abs(sound[0]) > level))


def test_should_be_silent_before_the_first_and_after_the_last_sample(tmp_path):
    path = make_film(tmp_path / "a.mp4", 50, 25, sounds=[("stereo", tone([0.5, 0.5]))])
    reader = SoundReader(path, 0)
    assert np.abs(reader.read(Fraction(-1), RATE, RATE // 2)).max() == 0
    assert np.abs(reader.read(Fraction(3), RATE, RATE // 2)).max() == 0
    assert np.abs(reader.read(Fraction(1), RATE, RATE // 2)).max() > 0.4


def test_should_keep_time_when_it_changes_the_sample_rate():
    beep = np.zeros((1, 44100), dtype=np.float32)
    beep[0, 22050:22550] = 0.8
    changed = resample(beep, 44100, RATE)
    assert changed.shape == (1, RATE)
    assert abs(first_loud(changed, 0.4) - RATE // 2) <= 2


def test_should_read_another_sample_rate_to_the_sample(tmp_path):
    path = make_film(
        tmp_path / "a.mp4",
        100,
        25,
        sample_rate=44100,
        sounds=[("stereo", beeps([50], 25, sample_rate=44100))],
    )
    reader = SoundReader(path, 0)
    for start in (Fraction(0), Fraction(19, 10), Fraction(1001, 1000)):
        found = first_loud(reader.read(start, RATE, 2 * RATE + RATE // 4))
        assert abs(found - round((2 - start) * RATE)) <= 24


@pytest.mark.parametrize(
    ("names", "channels", "wanted"),
    [
        (["FC"], 2, [[1], [1]]),
        (["FL", "FR"], 1, [[0.5, 0.5]]),
        (["FL", "FR"], 2, [[1, 0], [0, 1]]),
        (SURROUND, 2, [[1, 0, 0.7071, 0, 0.7071, 0], [0, 1, 0.7071, 0, 0, 0.7071]]),
        (
            ["FL", "FR", "FC", "LFE", "SL", "SR"],
            2,
            [[1, 0, 0.7071, 0, 0.7071, 0], [0, 1, 0.7071, 0, 0, 0.7071]],
        ),
    ],
)
def test_should_mix_as_bs_775_says(names, channels, wanted):
    assert np.allclose(mixing_matrix(names, channels), wanted, atol=1e-3)


def test_should_read_remix_gains_as_decibels_and_sixty_below_as_nothing():
    assert np.allclose(remix_matrix(((0.0, -60.0), (-6.0206, 6.0)), 2), [[1, 0], [0.5, 1.9953]], atol=1e-3)


def test_should_fold_surround_down_to_stereo(tmp_path):
    path = make_film(tmp_path / "a.mp4", 50, 25, sounds=[("5.1", tone([0.2, 0.0, 0.1, 0.9, 0.0, 0.3]))])
    settings = job([whole_input(URL)], file_group("s3://results/t", mp4("_a", h264(), aac())))
    (written,) = render(settings, {URL: path}, tmp_path)
    left, right = np.abs(sound_of(written.folder / "output.mp4")[:, 20000:60000]).max(axis=1)
    assert abs(left - (0.2 + 0.0707)) < 0.02
    assert abs(right - (0.0707 + 0.2121)) < 0.02


@pytest.mark.parametrize(
    ("mode", "layout", "channels"),
    [
        ("CODING_MODE_AUTO", "5.1", 6),
        ("CODING_MODE_1_0", "stereo", 1),
        ("CODING_MODE_AUTO", "mono", 1),
        ("CODING_MODE_5_1", "5.1", 6),
    ],
)
def test_should_write_the_channels_of_the_coding_mode(tmp_path, mode, layout, channels):
    count = {"mono": 1, "stereo": 2, "5.1": 6}[layout]
    path = make_film(tmp_path / "a.mp4", 25, 25, sounds=[(layout, tone([0.3] * count))])
    settings = job([whole_input(URL)], file_group("s3://results/t", mp4("_a", h264(), aac(mode))))
    (written,) = render(settings, {URL: path}, tmp_path)
    assert sound_of(written.folder / "output.mp4").shape[0] == channels


def test_should_write_silence_for_a_film_without_sound(tmp_path):
    path = make_film(tmp_path / "a.mp4", 50, 25)
    wanted = {"Algorithm": "ITU_BS_1770_3", "TargetLkfs": -16.0}
    audio = aac(AudioNormalizationSettings=wanted)
    settings = job([whole_input(URL)], file_group("s3://results/t", mp4("_a", h264(), audio)))
    (written,) = render(settings, {URL: path}, tmp_path)
    heard = sound_of(written.folder / "output.mp4")
    assert abs(heard.shape[1] - 2 * RATE) <= 1024
    assert np.abs(heard).max() < 1e-4


def test_should_measure_a_full_scale_sine_in_both_channels_as_zero():
    """BS.1770: 0 dBFS at 997 Hz in one channel is -3.01 LKFS, in two 0.0."""
    found = measure(sine(5, 0.999), RATE)
    assert abs(found.gated) < 0.1
    assert abs(found.ungated) < 0.1
    assert abs(found.true_peak) < 0.1


def test_should_leave_silence_out_of_gated_loudness_only():
    half = np.concatenate([sine(5, 0.1), np.zeros((2, 5 * RATE), dtype=np.float32)], axis=1)
    found = measure(half, RATE)
    assert abs(found.gated - -20.0) < 0.3
    assert abs(found.ungated - -23.0) < 0.3


def test_should_reach_the_target_with_one_linear_gain_where_peaks_allow():
    sound = sine(5, 0.05)
    louder = normalize(sound, RATE, loudness_target())
    assert abs(measure(louder, RATE).gated - -16) < 0.1
    gains = louder[sound != 0] / sound[sound != 0]
    assert gains.max() - gains.min() < 1e-3


def test_should_hold_the_true_peak_and_still_reach_the_target():
    sound = sine(8, 0.03)
    sound[:, ::24000] = 0.9
    louder = normalize(sound, RATE, loudness_target())
    found = measure(louder, RATE)
    assert abs(found.gated - -16) < 0.2
    assert found.true_peak <= -1.0 + 0.05


def test_should_leave_what_is_below_the_gate_or_only_measured_alone():
    sound = sine(3, 0.01)
    assert normalize(sound, RATE, loudness_target(gate=-30)) is sound
    assert normalize(sound, RATE, loudness_target(correct=False)) is sound


def test_should_not_shift_sound_by_limiting_it():
    sound = np.zeros((2, RATE), dtype=np.float32)
    sound[:, 20000:20400] = 0.9 * np.sin(np.arange(400) * 0.3)
    limited = limit(sound, RATE, -3.0)
    lags = [float(np.dot(sound[0], np.roll(limited[0], -lag))) for lag in range(-60, 61)]
    assert limited.shape == sound.shape
    assert np.argmax(lags) - 60 == 0


def test_should_normalize_the_joined_clips_as_one(tmp_path):
    path = make_film(tmp_path / "a.mp4", 250, 25, sounds=[("stereo", tone([0.02, 0.02]))])
    wanted = {"Algorithm": "ITU_BS_1770_4", "AlgorithmControl": "CORRECT_AUDIO", "TargetLkfs": -23.0}
    inputs = [clip_input(URL, start, start + 40, 25) for start in (200, 0, 100)]
    audio = aac(AudioNormalizationSettings={**wanted, "TruePeakLimiterThreshold": -2.0})
    settings = job(inputs, file_group("s3://results/t", mp4("_a", h264(), audio)))
    (written,) = render(settings, {URL: path}, tmp_path)
    found = measure(sound_of(written.folder / "output.mp4"), RATE)
    assert abs(found.gated - -23) < 0.3
