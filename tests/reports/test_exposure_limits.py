"""What limits an exposure is told beside its grade, and never instead of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from model.observed import Confidence
from model.parties import Exposure, ExposureGrade
from reports._naming import graded
from reports._records import exposure
from reports._words import language

PLAIN = Exposure("US-CLOUD", "US", ExposureGrade.ESTABLISHED, "JR-2", ("Op", "Inc"), Confidence.LIKELY)


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (PLAIN, "établie"),
        (replace(PLAIN, data="metadata"), "établie, métadonnées seulement"),
        (
            replace(PLAIN, mitigation="content_unreadable"),
            "établie, contenu illisible pour le prestataire, selon le registre",
        ),
    ],
    ids=["plain", "metadata", "unreadable"],
)
def test_a_grade_keeps_its_word_and_tells_its_limits(one: Exposure, expected: str) -> None:
    assert graded(one, language("fr")) == expected


def test_a_record_names_a_limit_only_where_there_is_one() -> None:
    limited = exposure(replace(PLAIN, data="metadata", mitigation="content_unreadable"), {})

    assert {"data", "mitigation"}.isdisjoint(exposure(PLAIN, {}))
    assert (limited["grade"], limited["data"], limited["mitigation"]) == (
        "established",
        "metadata",
        "content_unreadable",
    )
