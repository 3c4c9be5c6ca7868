"""Texts from an estate are shown as what they are, and obeyed by nothing."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports._text import inert_json, visible


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("plain", "plain"),
        ("Entrepôt de santé à 100\u202f%", "Entrepôt de santé à 100\u202f%"),
        ("a\nb\tc\r", "a\\nb\\tc\\r"),
        ("\x1b[2J", "\\x1b[2J"),
        ("\x9b31m", "\\x9b31m"),
        ("\u202eexe.pdf", "\\u202eexe.pdf"),
        ("zero\u200bwidth", "zero\\u200bwidth"),
        ("\ud800", "\\ud800"),
        ("\U000e0041", "\\U000e0041"),
    ],
)
def test_control_and_direction_characters_are_written_out(written, shown):
    assert visible(written) == shown


def test_a_long_text_is_cut_and_says_how_long_it_was():
    assert visible("x" * 100, 5) == "xxxxx… (100)"
    assert visible("x" * 5, 5) == "xxxxx"


@given(st.text())
def test_what_is_shown_once_is_shown_the_same_again(text):
    assert visible(visible(text)) == visible(text)


@given(st.text(st.characters()))
def test_inert_json_is_the_same_data(text):
    encoded = inert_json(json.dumps({"name": text}, ensure_ascii=False))

    assert json.loads(encoded) == {"name": text}
    assert not any(character in encoded for character in "\x1b\x7f\x9b\u202e\u2066\u200b")
    encoded.encode()
