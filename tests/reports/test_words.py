"""Both languages say everything, and French reads as French is printed."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

import reports
from history._merge import gap_of
from model.assessment import DerogationState, Outcome, RuleKind, Severity, Word
from model.datasets import ControllerKind, HostingModel, Identity
from model.observed import Confidence, Grade, Reason
from model.parties import ExposureGrade, OperatorRole, QualificationStatus
from model.places import Custody, PlaceKind
from reports._naming import scope
from reports._words import language
from tests.history.estate import store

FRENCH, ENGLISH = language("fr"), language("en")

VOCABULARIES = {
    "verdict": Word,
    "outcome": Outcome,
    "exposed": Outcome,
    "kind": RuleKind,
    "severity": Severity,
    "place": PlaceKind,
    "custody": Custody,
    "exposure": ExposureGrade,
    "status": QualificationStatus,
    "reason": Reason,
    "controller": ControllerKind,
    "identity": Identity,
    "hosting": HostingModel,
    "role": OperatorRole,
    "grade": Grade,
    "confidence": Confidence,
    "derogation": DerogationState,
}


HERE = Path(reports.__path__[0])
MODULES = sorted([*HERE.glob("*.py"), *HERE.glob("templates/*.j2")])


def fields(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def test_both_languages_have_the_same_sentences():
    assert set(FRENCH.sentences) == set(ENGLISH.sentences)


@pytest.mark.parametrize("key", sorted(FRENCH.sentences))
def test_a_sentence_takes_the_same_values_in_both_languages(key):
    assert fields(FRENCH.sentences[key]) == fields(ENGLISH.sentences[key])


@pytest.mark.parametrize("group", VOCABULARIES)
def test_every_word_of_a_closed_vocabulary_has_its_name_in_both_languages(group):
    for word in VOCABULARIES[group]:
        assert f"{group}.{word}" in FRENCH.sentences
        assert f"{group}.{word}" in ENGLISH.sentences


def test_french_uses_the_apostrophe_and_the_narrow_spaces_of_print():
    wrong = {
        key: sentence
        for key, sentence in FRENCH.sentences.items()
        if re.search(r"'|(?<=[^\u202f])[;!?%»]|«(?!\u202f)|(?<=[^\u202f]):", sentence)
    }

    assert wrong == {}


def test_no_sentence_of_the_french_edition_is_left_in_english():
    # Single words may be common to both languages; a sentence never is.
    same = [
        key
        for key, sentence in FRENCH.sentences.items()
        if sentence == ENGLISH.sentences[key] and len(re.findall(r"[^\W\d_]{2,}", re.sub(r"{.*?}", "", sentence))) > 2
    ]

    assert same == []


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.name)
def test_every_sentence_that_is_asked_for_exists(module):
    asked = set(re.findall(r"(?:say|count)\(\s*\"([a-z_.0-9]+)\"\s*[,)]", module.read_text(encoding="utf-8")))
    known = set(FRENCH.sentences) | {key.rpartition(".")[0] for key in FRENCH.sentences}

    assert asked <= known


@pytest.mark.parametrize(
    ("value", "french", "english"),
    [(0.0, "0\u202f%", "0%"), (0.001, "1\u202f%", "1%"), (0.999, "99\u202f%", "99%"), (1.0, "100\u202f%", "100%")],
)
def test_a_share_is_never_rounded_to_all_or_nothing(value, french, english):
    assert FRENCH.percent(value) == french
    assert ENGLISH.percent(value) == english


def test_numbers_and_their_nouns_agree():
    assert FRENCH.count("n.stores", 0) == "0 emplacement"
    assert ENGLISH.count("n.stores", 0) == "0 stores"
    assert FRENCH.count("n.stores", 1_234_567) == "1\u202f234\u202f567 emplacements"
    assert ENGLISH.count("n.stores", 1_234_567) == "1,234,567 stores"


def test_days_are_written_as_each_language_writes_them():
    from datetime import date

    assert FRENCH.day(date(2026, 5, 1)) == "1er\u00a0mai 2026"
    assert ENGLISH.day(date(2026, 5, 1)) == "1\u00a0May 2026"


def test_a_country_has_its_name_and_an_unknown_code_stays_a_code():
    assert FRENCH.country("DE") == "Allemagne"
    assert ENGLISH.country("DE") == "Germany"
    assert FRENCH.country("ZZ") == "ZZ"


def test_the_end_of_a_copy_that_nobody_read_is_told_in_both_languages():
    end = gap_of(store("arn:aws:s3:::chu-secours", seen=False))

    assert scope(end, FRENCH) == "contenu, clé et copies suivantes de arn:aws:s3:::chu-secours"
    assert scope(end, ENGLISH) == "contents, key and further copies of arn:aws:s3:::chu-secours"
