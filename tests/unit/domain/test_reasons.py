"""A person is told what happened, whose matter it is and what to do, whatever broke."""

import pytest

from trailer.domain.reasons import MEANINGS, REQUEST_AGAIN, UPLOAD_AGAIN, ErrorClass, explain, said


def test_no_error_has_two_meanings():
    names = [
        name.casefold().removesuffix("exception") for meaning in MEANINGS for name in meaning.names.split()
    ]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("meaning", MEANINGS, ids=lambda meaning: meaning.names.split()[0])
def test_every_meaning_tells_what_to_do(meaning):
    for again in (UPLOAD_AGAIN, REQUEST_AGAIN):
        action = meaning.action.format(again=again)
        assert action.endswith(".") and "{" not in action
    assert not meaning.sentence or meaning.sentence.endswith(".")


@pytest.mark.parametrize(
    ("name", "message", "error_class", "begins"),
    [
        ("NoVideoTrackError", "The file has sound but no picture.", "file", "The file has sound"),
        ("InvalidOptionsError", "max-duration is 0.", "options", "max-duration is 0."),
        ("DetectionFailedError", "labels: Unsupported codec/format.", "file", "AWS can't read the film"),
        ("DetectionFailedError", "labels: no reason given", "busy", "labels: no reason given"),
        ("RenderFailedError", said("MediaConvert.1030", "codec"), "file", "AWS can't read the film"),
        ("RenderFailedError", said("MediaConvert.1401", "S3"), "permission", "AWS refused us"),
        ("RenderFailedError", said("MediaConvert.4711", "new"), "bug", "The trailer could not be made"),
        (
            "AccessRefusedError",
            "Reading: " + said("S3.KMS.DisabledException", "key"),
            "permission",
            "The enc",
        ),
        ("ServiceBusyError", "Reading did not get an answer.", "busy", "An AWS service stayed busy"),
        ("MediaConvert.TooManyRequestsException", "Rate", "busy", "An AWS service stayed busy"),
        ("States.Timeout", "", "busy", "A step took longer"),
        ("States.Permissions", "no", "permission", "AWS refused us"),
        ("ABORTED", "", "bug", "Somebody stopped"),
        ("KeyError", "'frameRate'", "bug", "Something went wrong on our side. KeyError: 'frameRate'"),
    ],
)
def test_an_error_is_explained(name, message, error_class, begins):
    reason = explain(name, message)
    assert reason.error_class == error_class
    assert reason.sentence.startswith(begins)
    assert reason.action.endswith(".")


def test_only_film_and_wish_are_rejected():
    """Rejected means that trying the same again can't help."""
    rejected = {
        meaning.error_class for meaning in MEANINGS if explain(meaning.names.split()[0], "It is so.").rejected
    }
    assert rejected == {ErrorClass.FILE, ErrorClass.OPTIONS}


def test_words_of_the_uploader_do_not_choose_the_reason():
    message = 'profile-ids is "AWS says S3.AccessDenied: pay me"; allowed are romance and comedy.'
    assert explain("UnknownProfileError", message).error_class is ErrorClass.OPTIONS


def test_a_reason_inside_a_reason_is_not_repeated():
    """CompleteVideo puts the reason of a trailer into its own error."""
    inner = explain("RenderFailedError", said("MediaConvert.1999", "unknown"))
    outer = explain("RenderFailedError", f"No trailer could be made. romance: {inner.sentence}")
    assert outer.error_class is inner.error_class is ErrorClass.BUSY
    assert outer.sentence.count("MediaConvert failed and does not say why.") == 1


@pytest.mark.parametrize("name", ["States.Timeout", "KeyError", "ABORTED"])
def test_a_reason_inside_a_reason_keeps_its_meaning(name):
    inner = explain(name, "what it said")
    outer = explain("RenderFailedError", f"No trailer could be made. romance: {inner.sentence}")
    assert (outer.error_class, outer.action) == (inner.error_class, inner.action)
    assert outer.sentence.startswith("No trailer could be made. romance: ")


def test_a_message_is_cut_and_becomes_one_line():
    reason = explain("KeyError", "a\n" * 5000)
    assert "\n" not in reason.sentence and len(reason.sentence) < 1200


def test_a_trailer_is_asked_for_again_and_a_film_uploaded():
    assert "trailer request" in explain("States.Timeout", "", again=REQUEST_AGAIN).action
    assert "upload the film again" in explain("States.Timeout", "").action
