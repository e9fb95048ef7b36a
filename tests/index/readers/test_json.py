"""JSON, and JSON by the line."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from index.readers.content import Content, Source
from index.readers.data.json import read

PROSE = "The fox is quick and brown. It jumps over the dog, which is lazy, and runs away."


def content_of(value: Any, name: str = "a.json") -> Content:
    return read(Source((value if isinstance(value, str) else json.dumps(value)).encode(), name))


def test_a_small_record_is_a_line() -> None:
    text = content_of([{"name": "France", "capital": "Paris"}, {"name": "Peru", "capital": "Lima"}]).text
    assert text == "name: France; capital: Paris\nname: Peru; capital: Lima"


def test_the_name_of_what_is_nested_comes_after_that_around_it() -> None:
    assert content_of({"id": 1, "address": {"city": "Paris"}, "tags": ["a", "b"]}).text == (
        "id: 1; address city: Paris; tags: a, b"
    )


def test_records_in_a_record_are_lines_of_their_own() -> None:
    value = {"order": 7, "items": [{"sku": "A", "qty": 1}, {"sku": "B", "qty": 2}]}
    assert content_of(value).text == "order: 7\nitems sku: A; items qty: 1\nitems sku: B; items qty: 2"


def test_a_long_text_is_a_paragraph_without_a_name_that_says_nothing() -> None:
    assert content_of({"id": "x", "text": PROSE}).text == f"id: x\n\n{PROSE}"
    assert content_of({"id": "x", "reason": PROSE}).text == f"id: x\n\nreason: {PROSE}"


def test_markup_in_a_text_is_rendered() -> None:
    assert content_of({"body": "<p>A <b>fox</b>.</p><p>A dog.</p>"}).text == "A fox.\n\nA dog."


def test_numbers_stay_as_they_are_written_and_no_value_is_lost() -> None:
    text = content_of(
        '{"a": 18.0, "b": 1e5, "c": NaN, "d": true, "d": null, "d": [false, 2], "e": 1' + "0" * 150 + "}"
    ).text
    assert text == "a: 18.0; b: 1e5; c: NaN; d: true; d: false, 2; e: 1" + "0" * 150
    assert content_of('{"big": ' + "9" * 5000 + "}").text.endswith("9" * 5000)


def test_data_that_nobody_reads_is_left_out() -> None:
    value = {"name": "fox", "picture": "iVBORw0K" * 100, "vector": [0.125] * 500, "shape": [[[1, 2], [3, 4]] * 60]}
    assert content_of(value).text == "name: fox"


def test_the_title_is_that_of_the_record() -> None:
    assert content_of({"title": "The Fox Report", "pages": 3}).title == "The Fox Report"
    assert content_of([{"title": "The Fox Report"}]).title == ""


def test_damaged_lines_are_left_out_and_counted() -> None:
    content = content_of('{"a": "x"}\n{"a": \n\n{"a": "y"}\n{"a": "z"}', "a.jsonl")
    assert content.text == "a: x\na: y\na: z"
    assert content.missing == "1 of its lines are no JSON: repair them and index it again"


def test_values_may_stand_one_after_the_other() -> None:
    assert content_of('{"a": "x"}\n{"a": "y"}\n').text == "a: x\na: y"
    assert content_of('{\n"a": "x"\n}\n{\n"a": "y"\n}\n').text == "a: x\na: y"


def test_what_is_no_json_is_plain_text() -> None:
    assert content_of("just words").text == "just words"
    assert content_of('{"cut": "of').text == '{"cut": "of'


def test_deep_nesting_is_read_or_plain_text() -> None:
    for depth in (90, 300, 900, 200_000):
        value = '{"a":' * depth + '"fox"' + "}" * depth
        assert "fox" in content_of(value).text


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda values: st.lists(values) | st.dictionaries(st.text(), values),
    max_leaves=30,
)


@given(VALUES)
def test_every_word_of_every_value_is_in_the_text(value: Any) -> None:
    words = "\n".join(["brown", content_of({"value": value, "fox": "red"}).text])
    assert "fox: red" in words
