"""The terminal table: at most 80 columns, worst first, long lists cut with their count."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reports import terminal
from tests.reports.estate import GAPS, clean, hospital, many_findings


def lines(assessment: object = None, lang: str = "fr") -> list[str]:
    return b"".join(terminal.render(assessment or hospital(), lang)).decode().splitlines()


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_no_line_is_wider_than_80_columns(lang):
    assert max(map(len, lines(lang=lang))) <= 80
    assert max(map(len, lines(many_findings(60), lang))) <= 80


def test_no_line_ends_with_spaces():
    assert [line for line in lines() if line != line.rstrip()] == []


def test_the_non_compliant_dataset_comes_before_the_compliant_one():
    text = "\n".join(lines())

    assert text.index("Entrepôt de données de santé") < text.index("Rendez-vous")


def test_a_covered_failure_names_its_derogation():
    row = "\n".join(lines())

    assert "(D-2026-01)" in row


def test_every_exit_code_that_applies_is_explained():
    text = "\n".join(lines())

    assert "CODE DE SORTIE 5" in text
    for meaning in ("  3  au moins un", "  4  couverture incomplète", "  5  une dérogation"):
        assert meaning in text


def test_a_clean_run_says_that_nothing_is_missing_within_what_was_asked():
    text = "\n".join(lines(clean()))

    assert "Aucun angle mort dans les périmètres demandés." in text
    assert "Aucun manquement ni point à établir." in text
    assert "CODE DE SORTIE 0" in text


def test_long_lists_are_cut_and_the_rest_is_counted():
    gaps = tuple(replace(GAPS[0], scope=f"bucket {n}") for n in range(100))
    text = "\n".join(lines(replace(hospital(), gaps=gaps)))

    assert "… et 94 de plus (voir l’édition JSON)" in text
    assert "… et 60 de plus" in "\n".join(lines(many_findings(100)))


def test_gaps_of_many_places_are_cut_by_place_and_all_counted():
    gaps = tuple(replace(GAPS[0], account=f"{n % 20:012}", scope=f"bucket {n}") for n in range(100))
    text = "\n".join(lines(replace(hospital(), gaps=gaps)))

    assert text.count("G-") == 75
    assert "… et 25 de plus (voir l’édition JSON)" in text
