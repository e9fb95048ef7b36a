"""Subtitles: sentences across them, and the time of each."""

from __future__ import annotations

from index.readers.content import Content, Source
from index.readers.plain.subtitles import read


def srt(*cues: tuple[str, str, str]) -> Content:
    text = "".join(
        f"{number}\n{start} --> {end}\n{words}\n\n" for number, (start, end, words) in enumerate(cues, start=1)
    )
    return read(Source(text.encode(), "a.srt"))


def vtt(text: str) -> Content:
    return read(Source(f"WEBVTT\n\n{text}".encode(), "a.vtt"))


def shown(content: Content) -> list[tuple[str, str]]:
    return [(page.label, content.text[page.start : page.end]) for page in content.pages.values()]


def test_a_sentence_goes_on_from_one_subtitle_to_the_next() -> None:
    content = srt(
        ("00:00:01,000", "00:00:02,000", "The quick\nbrown fox"),
        ("00:00:02,100", "00:00:04,000", "jumps over the dog."),
        ("01:02:03,500", "01:02:05,000", "It is gone."),
    )
    assert content.text == "The quick brown fox jumps over the dog.\n\nIt is gone."
    assert shown(content) == [
        ("0:00:01", "The quick brown fox"),
        ("0:00:02", "jumps over the dog."),
        ("1:02:03", "It is gone."),
    ]


def test_marks_of_style_are_no_text() -> None:
    content = srt(("00:00:01,000", "00:00:02,000", r"{\an8}<i>Fish</i> &amp; <font color='red'>3 < 4</font>"))
    assert content.text == "Fish & 3 < 4"


def test_who_speaks_is_named_where_the_speaker_changes() -> None:
    content = vtt(
        "00:01.000 --> 00:02.000\n<v Anna Lee>I saw</v>\n\n00:02.000 --> 00:03.000\n<v Anna Lee>a fox.</v>\n\n"
        "intro\n00:03.000 --> 00:04.000\n<v.loud Bob>Where?\n"
    )
    assert content.text == "Anna Lee: I saw a fox.\n\nBob: Where?"
    assert [label for label, _ in shown(content)] == ["0:00:01", "0:00:02", "0:00:03"]


def test_notes_and_styles_are_left_out() -> None:
    content = vtt("NOTE\nfor us\n\nSTYLE\n::cue { color: red }\n\n00:01.000 --> 00:02.000 align:start\nA fox.\n")
    assert content.text == "A fox."


def test_what_rolling_subtitles_show_again_is_said_once() -> None:
    content = vtt(
        "00:00.000 --> 00:02.000\nhello<00:01.000><c> there</c>\n\n00:02.000 --> 00:02.010\nhello there\n \n\n"
        "00:02.010 --> 00:04.000\nhello there\nmy<00:03.000><c> friend</c>\n\n00:04.000 --> 00:05.000\nmy friend now\n"
    )
    assert content.text == "hello there my friend now"
    assert shown(content)[1:] == [("0:00:02", "my friend"), ("0:00:04", "now")]


def test_what_is_said_twice_is_there_twice() -> None:
    content = srt(("00:00:01,000", "00:00:02,000", "No!"), ("00:00:02,100", "00:00:03,000", "No!"))
    assert content.text == "No! No!"


def test_a_blank_line_in_a_subtitle_loses_no_words() -> None:
    content = srt(("00:00:01,000", "00:00:02,000", "One\n\ntwo"), ("00:00:02,000", "00:00:03,000", "three."))
    assert content.text == "One two three."


def test_text_without_sentences_is_in_lines_of_a_readable_length() -> None:
    cues = [(f"00:00:{number:02},000", f"00:00:{number:02},900", f"words number {number}") for number in range(60)]
    assert max(map(len, srt(*cues).text.split("\n\n"))) < 300


def test_the_title_stands_after_the_files_mark() -> None:
    assert (
        read(Source(b"WEBVTT - Talk about foxes\n\n00:01.000 --> 00:02.000\nHi.\n", "a.vtt")).title
        == "Talk about foxes"
    )


def test_a_file_without_subtitles_is_plain_text() -> None:
    content = read(Source(b"just words", "a.srt"))
    assert content.text == "just words"
    assert not content.pages
