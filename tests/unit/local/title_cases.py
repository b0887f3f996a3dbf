"""The openings on which the finding of titles is judged, with and without titles."""

from __future__ import annotations

import cv2

from local import sample_people as people
from local import sample_pictures as pictures
from local.sample_pictures import Painter
from tests.unit.local.title_films import (
    Film,
    Writing,
    drifting_leaves,
    fence,
    flat_ground,
    grass,
    passer_by,
    shop_front,
    swaying_leaves,
    windows_lit_one_by_one,
)

PLAIN, SMALL_SERIF, SERIF, BOLD_SERIF, SCRIPT = (
    cv2.FONT_HERSHEY_SIMPLEX,
    cv2.FONT_HERSHEY_COMPLEX_SMALL,
    cv2.FONT_HERSHEY_COMPLEX,
    cv2.FONT_HERSHEY_TRIPLEX,
    cv2.FONT_HERSHEY_SCRIPT_COMPLEX,
)
YELLOW, RED, INK = (240, 220, 60), (255, 40, 40), (20, 20, 30)

SUBTITLES = tuple(
    Writing(text, start, start + 2.0, scale=1.0, thickness=2, place=(0.5, 0.88))
    for text, start in (
        ("Where have you been all day?", 0.7),
        ("I was waiting for you.", 3.1),
        ("Nobody told me.", 6.0),
        ("And now it is too late.", 8.8),
    )
)
CORNER_LOGO = Writing("KANAL 7", 0.0, 40.0, scale=0.8, thickness=2, place=(0.88, 0.10))


def street() -> Painter:
    """People walk past a pale wall."""
    coats = ((40, 50, 90), (120, 30, 40), (40, 90, 60))
    return people.street(coats, ((212, 224, 234), (190, 202, 214)), 6, 60)


def portrait() -> Painter:
    """Somebody talks."""
    return people.portrait(((120, 100, 80), (60, 60, 45)), (224, 178, 148), 280, 120)


def night_portrait() -> Painter:
    """Somebody talks in the dark."""
    return people.portrait(((30, 24, 60), (12, 10, 30)), (204, 154, 122), 260, 14)


def evening_street() -> Painter:
    """Others walk the other way."""
    return people.street(((90, 60, 30), (60, 60, 70)), ((120, 100, 90), (90, 75, 70)), 9, -40)


WITH_TITLES = {
    "large, meadow panned": Film(((pictures.meadow, 8),), (Writing("THE MEADOW", 2, 5.5, 2.6, 8, fade=0.6),)),
    "two lines, trunks pass": Film(
        ((pictures.forest, 8),), (Writing("a film by\nJane Painter", 2, 5, 1.2, 2, PLAIN, fade=0.4),)
    ),
    "bold, trunks pass": Film(
        ((pictures.forest, 8),), (Writing("Jane Painter", 2, 5, 1.6, 4, PLAIN, fade=0.4),)
    ),
    "over drifting leaves": Film(
        ((drifting_leaves, 8),), (Writing("PAINTER FILMS\nPRESENT", 1.5, 5, 1.3, 3, fade=0.5),)
    ),
    "yellow, leaves in the wind": Film(
        ((swaying_leaves, 8),),
        (Writing("Directed by A. Painter", 1.5, 5, 1.2, 3, SERIF, YELLOW, 0.3),),
    ),
    "small, low left, over the sea": Film(
        ((pictures.sunset, 8),),
        (Writing("music by J. Pluck", 2, 5.2, 0.9, 2, PLAIN, fade=0.5, place=(0.25, 0.8)),),
    ),
    "red, night": Film(
        ((pictures.night_city, 8),), (Writing("NIGHT CITY", 2, 6, 2.2, 6, BOLD_SERIF, RED, 0.7),)
    ),
    "white, night": Film(((pictures.night_city, 8),), (Writing("NIGHT CITY", 2, 6, 2.2, 6, fade=0.7),)),
    "dark, snow falls": Film(
        ((pictures.snow, 8),), (Writing("A Winter Tale", 2, 5.5, 2.0, 5, SERIF, INK, 0.5),)
    ),
    "short and dark, desert": Film(
        ((pictures.desert, 8),), (Writing("Sand", 2, 5.5, 3.0, 9, colour=INK, fade=0.5),)
    ),
    "script": Film(((pictures.meadow, 8),), (Writing("Once upon a time", 2, 5.5, 1.8, 3, SCRIPT, fade=0.5),)),
    "slow fades": Film(((pictures.meadow, 10),), (Writing("SLOW DAWN", 2, 8, 2.2, 6, fade=1.8),)),
    "over a cut": Film(
        ((pictures.meadow, 4), (pictures.forest, 5)), (Writing("THE CROSSING", 2, 6.5, 1.8, 5, fade=0.4),)
    ),
    "from cut to cut, leaves drift": Film(
        ((pictures.meadow, 3), (drifting_leaves, 4), (pictures.desert, 3)),
        (Writing("CUT TO CUT", 3, 7, 1.8, 5),),
    ),
    "card from cut to cut": Film(
        ((pictures.meadow, 3), (flat_ground, 3), (pictures.desert, 3)),
        (Writing("CHAPTER ONE\nThe House", 3, 6, 1.6, 3),),
    ),
    "card that fades": Film(
        ((flat_ground, 7), (pictures.desert, 3)),
        (Writing("Painter Films presents", 1.5, 5.5, 1.1, 2, PLAIN, fade=0.8),),
    ),
    "beside a talking face": Film(
        ((portrait, 8),), (Writing("starring\nTALKING FACE", 2, 5.5, 1.2, 3, fade=0.4, place=(0.25, 0.3)),)
    ),
    "dark, over a crowd": Film(
        ((street, 8),), (Writing("THE STREET", 2, 5.5, 2.0, 6, colour=INK, fade=0.4),)
    ),
    "pale on a pale wall": Film(
        ((street, 8),), (Writing("THE STREET", 2, 5.5, 2.0, 6, colour=YELLOW, fade=0.4),)
    ),
    "still grass": Film(((grass, 8),), (Writing("GREEN GREEN", 2, 5.5, 1.8, 5, fade=0.5),)),
    "still grass, at once": Film(((grass, 8),), (Writing("POP UP", 2, 5, 2.2, 6),)),
    "hand-held": Film(((pictures.meadow, 8),), (Writing("UNSTEADY", 2, 5.5, 1.8, 5, fade=0.5),), 6),
    "thin and tiny": Film(
        ((pictures.sunset, 8),), (Writing("costumes by E. Coat and F. Hat", 2, 5.2, 0.6, 1, PLAIN, fade=0.5),)
    ),
    "one after the other": Film(
        ((drifting_leaves, 12),),
        (
            Writing("WRITTEN BY B. SCRIBE", 1, 4.2, 1.2, 3, fade=0.4, place=(0.4, 0.6)),
            Writing("EDITED BY M. CUTTER", 5, 8.5, 1.2, 3, fade=0.4, place=(0.6, 0.6)),
        ),
    ),
    "under water": Film(((people.reef, 8),), (Writing("THE REEF", 2, 5.5, 2.4, 8, BOLD_SERIF, fade=0.5),)),
    "over fireworks": Film(((people.fireworks, 8),), (Writing("FIREWORKS", 2, 5.5, 2.0, 6, fade=0.5),)),
}
"""Those on which the thresholds were chosen."""

UNSEEN_WITH_TITLES = {
    "high, campfire": Film(
        ((pictures.campfire, 7),), (Writing("EMBERS", 1.6, 5, 2.4, 5, SERIF, fade=0.3, place=(0.5, 0.2)),)
    ),
    "orange, road": Film(
        ((people.road, 7),), (Writing("The Long Road", 1.4, 4.9, 1.7, 4, SCRIPT, (250, 160, 30), 0.4),)
    ),
    "right, night portrait": Film(
        ((night_portrait, 7),),
        (Writing("with\nD. Oval", 1.8, 5, 1.1, 2, SERIF, fade=0.4, place=(0.78, 0.5)),),
    ),
    "evening crowd": Film(((evening_street, 7),), (Writing("DUSK", 1.2, 4.6, 3.2, 10, fade=0.25),)),
    "three lines, desert": Film(
        ((pictures.desert, 7),),
        (Writing("produced by\nR. SPARK\nS. FIN", 1.7, 5.1, 1.0, 2, PLAIN, INK, 0.5, (0.7, 0.3)),),
    ),
    "bouncing balls": Film(((people.balls, 7),), (Writing("BOUNCE", 1.5, 4.8, 2.0, 5, fade=0.5),)),
    "hand-held forest": Film(((pictures.forest, 7),), (Writing("LOST", 1.5, 4.8, 2.6, 7, fade=0.5),), 4),
    "over two cuts": Film(
        ((pictures.campfire, 3), (night_portrait, 2), (pictures.night_city, 4)),
        (Writing("THREE NIGHTS", 1.5, 6.5, 1.5, 4, SERIF, fade=0.5),),
    ),
    "small serif over leaves": Film(
        ((drifting_leaves, 7),), (Writing("edited by M. Cutter", 1.5, 4.8, 1.4, 2, SMALL_SERIF, fade=0.4),)
    ),
    "short, one second and a half": Film(((swaying_leaves, 6),), (Writing("SOON", 2, 3.5, 2.4, 6),)),
}

WITHOUT_TITLES = {
    "still grass": Film(((pictures.meadow, 3), (grass, 5), (pictures.desert, 3))),
    "drifting leaves": Film(((drifting_leaves, 10),)),
    "leaves in the wind": Film(((swaying_leaves, 10),)),
    "fence": Film(((pictures.meadow, 3), (fence, 4), (pictures.desert, 3))),
    "lit windows": Film(((pictures.meadow, 3), (pictures.night_city, 5), (pictures.desert, 3))),
    "lamps go on": Film(((windows_lit_one_by_one, 8),)),
    "crowd": Film(((pictures.meadow, 2), (street, 8), (pictures.desert, 2))),
    "subtitles": Film(((pictures.meadow, 4), (street, 4), (portrait, 4)), SUBTITLES),
    "logo in the corner": Film(
        tuple(
            (painter, 5)
            for painter in (pictures.meadow, street, pictures.forest, portrait, pictures.desert, people.reef)
        ),
        (CORNER_LOGO,),
    ),
    "sign in one shot": Film(((pictures.meadow, 3), (shop_front(False), 4), (pictures.desert, 3))),
    "sign, people walk past": Film(((pictures.meadow, 3), (shop_front(True), 4), (pictures.desert, 3))),
    "sign, hand-held": Film(((pictures.meadow, 3), (shop_front(False), 5), (pictures.desert, 3)), (), 5),
    "sign uncovered": Film(((pictures.meadow, 3), (passer_by, 5), (pictures.desert, 3))),
    "fireworks": Film(((people.fireworks, 8),)),
    "wheel": Film(((people.wheel, 6),)),
    "balls": Film(((people.balls, 6),)),
    "snow": Film(((pictures.snow, 8),)),
    "road": Film(((people.road, 6),)),
    "campfire": Film(((pictures.campfire, 6),)),
    "reef": Film(((people.reef, 6),)),
    "colour bars": Film(((pictures.colour_bars, 3), (pictures.meadow, 3))),
}

UNSEEN_WITHOUT_TITLES = {
    "fence between cuts, hand-held": Film(((pictures.forest, 3), (fence, 4), (pictures.snow, 3)), (), 3),
    "windows, hand-held": Film(((pictures.night_city, 7),), (), 4),
    "evening crowd": Film(((evening_street, 8),)),
    "night portrait between fires": Film(
        ((pictures.campfire, 3), (night_portrait, 4), (pictures.campfire, 3))
    ),
    "quick cuts": Film(
        tuple((painter, 1.2) for painter in (grass, street, fence, portrait, pictures.snow, shop_front(True)))
    ),
    "subtitles in yellow": Film(
        ((pictures.forest, 5), (pictures.sunset, 5)),
        tuple(
            Writing(text, start, start + 2.2, 0.9, 2, PLAIN, YELLOW, place=(0.5, 0.9))
            for text, start in (("- Who is there?\n- Nobody.", 0.8), ("Then go on.", 4.0), ("I can't.", 7.0))
        ),
    ),
    "logo below right": Film(
        ((pictures.meadow, 12), (street, 12)), (Writing("TV2", 0, 24, 1.0, 3, place=(0.9, 0.92)),)
    ),
}
