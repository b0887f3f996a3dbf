"""Protects: the page tells the whole plan, needs nothing from elsewhere, and no text can break it."""

import re
from dataclasses import replace
from fractions import Fraction
from html.parser import HTMLParser

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.wire.films import analysis_of, clip, film, films, plan_of, plans
from trailer.domain.film.concepts import Concept
from trailer.domain.film.gates import Gate
from trailer.domain.planning.plan import GateSummary, RejectedScene
from trailer.domain.time.timecode import FrameRange
from trailer.wire.mediaconvert import trailer_outputs
from trailer.wire.report import render_report
from trailer.wire.report.clips import part_words, thumbnails
from trailer.wire.report.markup import clock, href
from trailer.wire.report.palette import gate_label, part_kind, part_label

VOID = {"meta", "img", "source"}
EVIL = "<script>alert(1)</script>\"'&<img src=x onerror=alert(1)>"


class Page(HTMLParser):
    """Text, links and elements of a page; fails on an element that is not closed where it should be."""

    def __init__(self, html):
        super().__init__()
        self.open, self.tags, self.attributes, self.words = [], [], [], []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, *attribute) for attribute in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, *attribute) for attribute in attrs]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] != "style":
            self.words.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())

    @property
    def urls(self):
        return [value for _, name, value in self.attributes if name in {"src", "href", "poster", "data"}]


def example():
    plan = plan_of(
        clip(2400, 2448, act="hook", scene=1, score=0.5),
        clip(240, 312, act="setup", scene=0, score=0.8, parts={"label:Car": 0.6, "faces": 0.2}),
        rejected=(
            RejectedScene(5, "gated", "EndCredits cover it."),
            RejectedScene(3, "no_budget", "Relevance 0.2."),
        ),
        gates=(GateSummary("EndCredits", 1, 720), GateSummary("Moderation:Violence", 1, 1)),
        warnings=("There is no evidence from faces, because that detector did not run.",),
        spoiler_start=12_000,
    )
    return plan, analysis_of(film())


def render(plan, analysis, title="Big Buck Bunny.mp4", output_format="mp4+hls"):
    return render_report(
        plan, analysis, title=title, files=trailer_outputs(analysis.media, output_format, plan)
    )


def test_what_is_true_of_every_scene_of_a_group_is_said_once():
    """Twelve times the same sentence hides the two rows that say something else."""
    plan, analysis = example()
    near, weak = "Too near to the ending: it would give the story away.", "Its best moment scores"
    scenes = [RejectedScene(number, "spoiler", near) for number in (7, 8, 9)]
    scenes += [RejectedScene(number, "no_budget", f"{weak} 0.1{number}.") for number in (3, 4)]
    text = Page(render(replace(plan, rejected=tuple(scenes)), analysis)).text
    assert text.count(near) == 1
    assert "Too near to the ending 3" not in text
    assert text.count(weak) == 2
    assert all(f"Scene {number}" in text for number in (3, 4, 7, 8, 9))


def test_the_page_tells_the_plan():
    text = Page(render(*example())).text
    for words in (
        "Big Buck Bunny.mp4",
        "5.00 s",
        "120 of at most 121 frames",
        "00:01:40:00 – 00:01:41:23",
        "00:00:02:00 – 00:00:04:23",
        "A car is driven fast.",
        "0.800",
        "Car +0.600",
        "no_budget",
        "Relevance 0.2.",
        "00:08:20:00",
        "End credits",
        "5%",
        "There is no evidence from faces",
        "not run: faces",
    ):
        assert words in text, words


def test_every_rejection_is_there_with_what_the_scene_holds():
    text = Page(render(*example())).text
    assert "Scene 3 00:05:00:00 – 00:06:39:23 Car, Vehicle Relevance 0.2." in text


def test_the_trailer_plays_from_beside_the_page():
    page = Page(render(*example()))
    sources = [value for tag, name, value in page.attributes if tag == "source" and name == "src"]
    assert sources == ["./trailer_1080p.mp4", "./hls/trailer.m3u8"]
    assert {"./trailer_720p.mp4", "./trailer.edl", "./trailer.otio", "./plan.json"} <= set(page.urls)


def test_a_4k_film_plays_its_1080_rendition():
    plan, _ = example()
    page = Page(render(plan, analysis_of(film(width=3840, height=2160))))
    assert next(v for t, n, v in page.attributes if t == "source" and n == "src") == "./trailer_1080p.mp4"


def test_the_picture_of_a_clip_is_a_frame_of_that_clip():
    plan = plan_of(clip(0, 48), clip(100, 124), clip(240, 312))
    names = trailer_outputs(film(), "mp4", plan)
    # One every 24 frames: 0 and 24 in the first clip, 48 in the second, 72 to 120 in the third.
    assert thumbnails(plan, names) == {
        1: "thumbnail.0000000.jpg",
        2: "thumbnail.0000002.jpg",
        3: "thumbnail.0000003.jpg",
    }
    assert thumbnails(plan, ["trailer_1080p.mp4"]) == {}


def test_nothing_is_loaded_from_elsewhere():
    html = render(*example())
    page = Page(html)
    assert all(url.startswith("./") for url in page.urls)
    assert "script" not in page.tags
    assert "link" not in page.tags
    assert not re.search(r"https?:|//|@import|url\((?!#)", re.sub(r"<!doctype html>", "", html))
    assert not [name for _, name, _ in page.attributes if name.startswith("on")]


def test_hostile_text_stays_text():
    plan = plan_of(
        clip(0, 24, act="setup", reasons=(EVIL,), parts={f"label:{EVIL}": 0.5}),
        video_id=EVIL,
        profile_id=EVIL,
        rejected=(RejectedScene(0, "gated", EVIL),),
        gates=(GateSummary(EVIL, 1, 5),),
        warnings=(EVIL,),
    )
    analysis = analysis_of(
        film(),
        gates=(Gate(FrameRange(0, 5), EVIL),),
        detectors={EVIL: False},
        concepts=(Concept("label", EVIL),),
    )
    html = render_report(plan, analysis, title=EVIL, files=[f"{EVIL}.mp4", "javascript:alert(1).mp4"])
    page = Page(html)
    assert "<script" not in html
    assert page.tags.count("img") == 0
    assert not [name for _, name, _ in page.attributes if name.startswith("on")]
    assert all(url.startswith("./") for url in page.urls)


@settings(max_examples=60, deadline=None)
@given(st.data(), st.text(max_size=40))
def test_any_plan_makes_a_whole_page_and_always_the_same(data, title):
    media = data.draw(films())
    plan = data.draw(plans(media))
    analysis = analysis_of(media, scenes=data.draw(st.integers(1, 9)))
    html = render(plan, analysis, title=title)
    assert html == render(plan, analysis, title=title)
    page = Page(html)
    assert sum(1 for tag, name, value in page.attributes if tag == "tr" and name == "id") == len(plan.clips)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_the_strip_stays_in_its_frame_and_shows_every_clip(data):
    media = data.draw(films())
    plan = data.draw(plans(media))
    html = render(plan, analysis_of(media))
    marks = [
        (float(left), float(width))
        for left, width in re.findall(r'class="(?:mark|cut)" x="([-\d.]+)" y="\d+" width="([-\d.]+)"', html)
    ]
    assert len(marks) == 2 * len(plan.clips)
    for left, width in marks:
        assert left >= 0
        assert width >= 1.5
        assert left + width <= 1000.01


def test_the_parts_that_are_not_named_are_added_up():
    words = Page(f"<ul>{part_words({f'label:{name}': 0.1 for name in 'abcdef'} | {'dark': -0.05})}</ul>").text
    assert words == "A +0.100 B +0.100 C +0.100 D +0.100 3 more +0.150"
    five = Page(f"<ul>{part_words({f'label:{name}': 0.1 for name in 'abcde'})}</ul>").text
    assert five.endswith("E +0.100")


def test_names_are_said_as_people_say_them():
    assert gate_label("EndCredits") == "End credits"
    assert gate_label("Moderation:Graphic Violence") == "Moderation: Graphic Violence"
    assert [part_label(name) for name in ("label:Car", "cut_rate", "emotion:SURPRISED")] == [
        "Car",
        "Cut rate",
        "Surprised",
    ]
    kinds = {
        "label:Car": "label",
        "category:Sports": "label",
        "emotion:SAD": "emotion",
        "two_shot": "face",
        "energy:expressive": "face",
        "energy:cut_rate": "style",
    }
    assert {name: part_kind(name) for name in kinds} == kinds
    assert part_label("energy:cut_rate") == "Cut rate"


def test_times_and_file_names_in_words_and_urls():
    assert [clock(Fraction(value)) for value in (2, 75, 3661)] == ["2.0 s", "1:15", "1:01:01"]
    assert href("a b#c?.mp4") == "./a%20b%23c%3F.mp4"
    assert href("//evil.example/x.mp4") == "./evil.example/x.mp4"


def test_a_plan_that_used_every_scene_and_gated_none_says_so():
    plan = plan_of(clip(0, 24))
    text = Page(render(plan, analysis_of(film(), gates=(), sensitive=()))).text
    assert "Every scene of the film is in the trailer." in text
    assert "No hard rule kept any part" in text
    assert "Please note" not in text
