"""Letters and reports about a patient, in French and English: headings of care beside somebody who is cared for.

No single word decides: it takes several headings, and a person with a date of birth or a title.
"""

from __future__ import annotations

import re

from model.datasets import Identity
from model.health import Signal
from scanners._health.names import folded

_HEADINGS = re.compile(
    r"\b(?:compte[- ]rendu (?:d['’ ]?hospitalisation|operatoire|de consultation|d['’ ]?imagerie|medical|d['’ ]?examen)"
    r"|motif d['’ ]?(?:hospitalisation|entree|admission)|motif de (?:consultation|venue)|histoire de la maladie"
    r"|antecedents?(?: medicaux| chirurgicaux| familiaux)?|allergies?|mode de vie|examen clinique|examen physique"
    r"|traitement (?:de sortie|habituel|a l['’ ]?entree|en cours)|ordonnance de sortie|evolution dans le service"
    r"|resultats? (?:biologiques?|d['’ ]?analyses?)|bilan biologique|conclusion medicale"
    r"|diagnostic (?:principal|retenu)"
    r"|hospitalise|mon cher confrere|chere? confrere|chere consoeur|indication|technique d['’ ]?examen|posologie"
    r"|tension arterielle|frequence cardiaque|prescriptions?|renseignements cliniques|service d(?:e|['’]) ?\w+ologie"
    r"|discharge summary|chief complaint|history of present illness|past medical history|medications?"
    r"|physical exam(?:ination)?|family history|social history|assessment and plan|vital signs|review of systems"
    r"|hospital course|discharge (?:diagnosis|medications|instructions)|admission date|clinical history|impression"
    r"|\d+ ?(?:cp|cpr|comprimes?|gelules?|gouttes|sachets?|bouffees?|inhalations?|ampoules?)|ordonnance"
    r"|matin,? (?:midi )?et (?:le )?soir|pendant \d+ (?:jours|mois|semaines)|si (?:douleurs?|fievre)|rpps"
    r"|radiology report|operative report|pathology report|findings)\b\s*[:,.\r\n-]?"
)
_PERSON = re.compile(
    r"\bnee? le\b|date de naissance[ \t]*:[ \t]*\S|\bddn\b|\b(?:m\.|mr|mme|monsieur|madame|mlle) [a-z]"
    r"|\bpatiente?[ \t]*:[ \t]*\S|"
    r"\bpatiente? (?:de|age)|\bipp\s*:|\bde \d{1,3} ans\b|date of birth|\bdob\b|\bmrn\b|patient name"
    r"|\b\d{1,3}[- ]year[- ]old|"
    r"\bpatient id\b|\bnom[ \t]*:[ \t]*\S|\bnom du patient[ \t]*:[ \t]*\S"
)
_CERTAIN_HEADINGS, _LIKELY_HEADINGS = 4, 3
_SPEAKS_OF_SOFTWARE = re.compile(
    r"\b(?:def |class |import |function|public static|#include|readme|http/1\.[01]|changelog)"
)


def of_text(text: str) -> tuple[Signal, ...]:
    """A signal when ``text`` reads like a document of care about somebody."""
    plain = folded(text)
    if _SPEAKS_OF_SOFTWARE.search(plain):
        return ()
    headings = {match.strip(" :,.\r\n-") for match in _HEADINGS.findall(plain)}
    if len(headings) < _LIKELY_HEADINGS or not _PERSON.search(plain):
        return ()
    weight = 0.88 if len(headings) >= _CERTAIN_HEADINGS else 0.6
    return (Signal("format", "clinical document", weight, "content", identity=Identity.NOMINATIVE),)
