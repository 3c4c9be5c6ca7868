"""JUR-001: does the law of a third country reach the data?

An exposure (docs/exposures.md), printed apart and never counted as a breach: "fail" means *exposed*.  GDPR art. 48
is the text that makes it matter: an order of a third country is enforceable only under an international agreement.
Third means outside the European Union; being adequate or a member of the EEA does not make a country part of it.
"""

from __future__ import annotations

from datetime import date

from legislation._facts import SREN, bound, health, lacking, sensitive
from legislation._law import Law
from legislation._logic import Answer, No, Unknown, Yes, every
from legislation.exposure import UNREADABLE, content_unreadable, exposures_on, open_facts, own_public
from model.assessment import Case, Cite, Place, Rule, RuleKind, Severity, Words
from model.observed import Source
from model.parties import Exposure, ExposureGrade

RULE = Rule(
    id="JUR-001",
    titles=Words("Droit d’un pays tiers atteignant les données", "Law of a third country reaching the data"),
    kind=RuleKind.EXPOSURE,
    severity=Severity.MEDIUM,
    basis=(Cite("GDPR", "48", "2018-05-25"), Cite("SNC-3.2", "19.6", "3.2")),
    in_force_from=date(2018, 5, 25),
    checked_on=date(2026, 11, 21),
    remedy=Words(
        "Changer de prestataire, ou réduire ce qu’il peut lire en gardant les clés\u202f; consigner la décision.",
        "Change provider, or reduce what it can read by holding the keys; record the decision.",
    ),
)
OF_PLACES = True
BEFORE = Words("Le RGPD n’était pas encore applicable.", "The GDPR did not apply yet.")

_NOT_FORBIDDEN = Words(
    "Aucun texte n’interdit en tant que tel cet hébergement à cet organisme\u202f: "
    "une exposition n’est pas un manquement.",
    "No text forbids this body such hosting as such: an exposure is not a breach.",
)
_REACHING = (ExposureGrade.ESTABLISHED, ExposureGrade.LIKELY, ExposureGrade.CONTESTED)
_GRADES = {
    ExposureGrade.ESTABLISHED: Words("établie", "established"),
    ExposureGrade.LIKELY: Words("probable", "likely"),
    ExposureGrade.CONTESTED: Words("discutée", "contested"),
}


def applies(_case: Case, _law: Law) -> Answer:
    """Any location."""
    return Yes()


def holds(case: Case, law: Law) -> Answer:
    """No third-country law reaches any place, every fact of the chain being known."""
    law.members("eu_members")
    found = every(case, lambda place: _free(case, place, law))
    if isinstance(found, No) and law.on >= SREN and isinstance(bound(case, law), No):
        return No((*found.because, _NOT_FORBIDDEN), found.sources)
    return found


def severity(case: Case, law: Law) -> Severity:
    """Blocker for data of art. 31 held by a bound body, high for health data or data not known, else medium."""
    if isinstance(bound(case, law), Yes) and isinstance(sensitive(case), Yes):
        return Severity.BLOCKER
    return Severity.MEDIUM if isinstance(health(case), No) else Severity.HIGH


def _free(case: Case, place: Place, law: Law) -> Answer:
    own = own_public(case, place)
    found = exposures_on(law).of(place, own, content_unreadable(case, law))
    reaching = [exposure for exposure in found if exposure.grade in _REACHING]
    sources = _sources(place)
    if reaching:
        return No(tuple(_exposed(exposure) for exposure in reaching), sources)
    if found:
        missing = open_facts(place, own, law)
        return Unknown(missing, tuple(words for name in missing for words in lacking(name).because), sources)
    words = Words("aucun rattachement à un pays tiers trouvé", "no connecting factor with a third country found")
    return Yes((words,), sources)


def _exposed(exposure: Exposure) -> Words:
    path = " → ".join(exposure.path)
    grade = _GRADES[exposure.grade]
    rule = "territoire" if exposure.reason == "territory" else exposure.reason
    limits = [_LIMITS[word] for word in (exposure.data, exposure.mitigation) if word in _LIMITS]
    return Words(
        f"{exposure.law}, exposition {grade.fr} ({rule}\u202f: {path}){''.join(words.fr for words in limits)}",
        f"{exposure.law}, exposure {grade.en} ({exposure.reason}: {path}){''.join(words.en for words in limits)}",
    )


_LIMITS = {
    "metadata": Words(", métadonnées seulement", ", metadata only"),
    UNREADABLE: Words(
        ", contenu illisible pour le prestataire selon le registre", ", content unreadable to the provider as declared"
    ),
}


def _sources(place: Place) -> tuple[Source, ...]:
    return (place.operators.source, *(location.countries.source for location in place.locations))
