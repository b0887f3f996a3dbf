"""Protects: Rekognition gets a copy where it needs one, made once for equal bytes, and whole."""

from fractions import Fraction

import pytest

from tests.fakes import fake_services, upload_event
from trailer.errors import UnreadableVideoError, UploadReplacedError
from trailer.steps.check_proxy import check_proxy
from trailer.steps.probe_video import probe_video
from trailer.steps.register_video import register_video
from trailer.steps.start_detection import start_detection
from trailer.wire.media import load_media

SECONDS = 240


class Transcoder:
    """Probes the film as HEVC and its proxy as H.264, each with its own rate and length."""

    def __init__(self, rate=(25, 1), proxy_rate=(25, 1), proxy_seconds=SECONDS):
        self.film = self._answer("HEVC", rate, SECONDS)
        self.proxy = self._answer("AVC", proxy_rate, proxy_seconds)

    def probe(self, uri):
        return self.proxy if "/proxy/" in uri else self.film

    @staticmethod
    def _answer(codec, rate, seconds):
        video = {
            "Width": 1280,
            "Height": 720,
            "FrameRate": {"Numerator": rate[0], "Denominator": rate[1]},
            "CodecMetadata": {"BitDepth": 8, "ChromaSubsampling": "4:2:0", "ScanType": "Progressive"},
        }
        track = {
            "Index": 1,
            "TrackType": "video",
            "Codec": codec,
            "Duration": seconds,
            "VideoProperties": video,
        }
        return {"ProbeResults": [{"Container": {"Format": "mp4", "Duration": seconds, "Tracks": [track]}}]}


def registered(services, key="films/Film.mp4"):
    return register_video(upload_event(key), f"execution of {key}", services)["videoId"]


def proxy_key(services, film):
    return services.catalogue.get(film, "VIDEO")["proxyKey"]


def with_proxy(**changes):
    services = fake_services(transcoder=Transcoder(**changes))
    film = registered(services)
    probe_video(film, services)
    return film, services


def test_the_proxy_is_made_from_the_film_and_the_job_reads_it():
    film, services = with_proxy()
    probe = probe_video(film, services)
    assert (probe["needsProxy"], probe["hasProxy"]) == (True, False)
    assert probe["proxySettings"]["Inputs"][0]["FileInput"] == "s3://source/films/Film.mp4"
    (group,) = probe["proxySettings"]["OutputGroups"]
    place = group["OutputGroupSettings"]["FileGroupSettings"]["Destination"]
    assert f"{place}.mp4" == f"s3://results/{proxy_key(services, film)}"
    tag = start_detection(film, "segments", "token", services)["jobTag"]
    assert services.jobs.get(tag).source.key == proxy_key(services, film)


def test_equal_bytes_share_one_proxy():
    film, services = with_proxy()
    services.results.put_text(proxy_key(services, film), "a copy", "video/mp4")
    other = registered(services, "other/Name.mp4")
    assert other != film
    probe = probe_video(other, services)
    assert (probe["needsProxy"], probe["hasProxy"]) == (False, True)
    assert proxy_key(services, other) == proxy_key(services, film)


def test_a_proxy_that_was_made_in_another_way_is_not_used():
    film, services = with_proxy()
    services.results.put_text(proxy_key(services, film), "a copy", "video/mp4")
    video = services.transcoder.film["ProbeResults"][0]["Container"]["Tracks"][0]["VideoProperties"]
    video["TransferCharacteristics"] = "SMPTE_2084"
    assert probe_video(film, services)["needsProxy"]


def test_frames_are_counted_at_the_rate_that_the_proxy_came_out_at():
    film, services = with_proxy(rate=(2153, 100), proxy_rate=(30, 1))
    before = load_media(services.catalogue.get(film, "VIDEO")["media"])
    assert (before.frame_rate, before.variable_rate) == (24, True)
    check_proxy(film, services)
    media = load_media(services.catalogue.get(film, "VIDEO")["media"])
    assert (media.frame_rate, media.frame_count, media.variable_rate) == (30, 30 * SECONDS, True)
    assert media.video_codec == "HEVC"


def test_a_header_that_hid_a_variable_rate_is_found_out():
    film, services = with_proxy(rate=(30, 1), proxy_rate=(24, 1))
    check_proxy(film, services)
    media = load_media(services.catalogue.get(film, "VIDEO")["media"])
    assert (media.frame_rate, media.variable_rate) == (24, True)


def test_the_rate_of_a_proxy_is_what_it_says_however_odd():
    film, services = with_proxy(rate=(24, 1), proxy_rate=(500, 21))
    check_proxy(film, services)
    media = load_media(services.catalogue.get(film, "VIDEO")["media"])
    assert (media.frame_rate, media.variable_rate) == (Fraction(500, 21), True)


def test_a_constant_rate_stays_as_it_is():
    film, services = with_proxy(rate=(30000, 1001), proxy_rate=(30000, 1001))
    check_proxy(film, services)
    media = load_media(services.catalogue.get(film, "VIDEO")["media"])
    assert (media.frame_rate, media.variable_rate) == (Fraction(30000, 1001), False)


def test_a_proxy_that_is_shorter_than_the_film_says_shows_that_the_film_is_cut_short():
    film, services = with_proxy(proxy_seconds=150)
    with pytest.raises(
        UnreadableVideoError, match=r"holds 240\.0 s of film, and only 150\.0 s can be read: it is cut short"
    ):
        check_proxy(film, services)


def test_a_header_may_be_a_little_wrong():
    film, services = with_proxy(proxy_seconds=SECONDS * 0.985)
    check_proxy(film, services)


def test_a_copy_of_another_film_of_the_same_name_is_used_by_nobody():
    film, services = with_proxy()
    services.results.put_text(proxy_key(services, film), "a copy", "video/mp4")
    services.uploads.unnamed = "v2"
    with pytest.raises(UploadReplacedError):
        check_proxy(film, services)
    services.uploads.unnamed = "v1"
    assert probe_video(film, services)["needsProxy"]
