"""INV-002: is the legal entity that operates each place identified?

GDPR art. 28 (version of 25 May 2018), SecNumCloud 3.2 ch. 19.6. Our reading: one knows the processor when its
legal entity, its registration, its seat and its chain of control up to the ultimate parent are known. Where the
controller hosts itself there is no processor to identify.
"""

from __future__ import annotations

from datetime import date

from legislation._facts import NAMES
from legislation._law import Law
from legislation._logic import Answer, No, Unknown, Yes, all_of, every
from model.assessment import Case, Cite, Place, Rule, RuleKind, Severity, Words
from model.datasets import HostingModel
from model.observed import Absent, Grade, Known, Source
from model.parties import Operator

RULE = Rule(
    id="INV-002",
    titles=Words("Entité opératrice identifiée", "Operator identified"),
    kind=RuleKind.BREACH,
    severity=Severity.HIGH,
    basis=(Cite("GDPR", "28", "2018-05-25"), Cite("SNC-3.2", "19.6", "3.2")),
    in_force_from=date(2018, 5, 25),
    checked_on=date(2026, 11, 21),
    remedy=Words(
        "Obtenir l’extrait Kbis ou l’identifiant LEI, la partie au contrat et la liste des sous-traitants ultérieurs.",
        "Obtain the company register extract or LEI, the contract party and the list of sub-processors.",
    ),
)
OF_PLACES = True
BEFORE = Words("Le RGPD n’était pas encore applicable.", "The GDPR did not apply yet.")


def applies(_case: Case, _law: Law) -> Answer:
    """Any location."""
    return Yes()


def holds(case: Case, _law: Law) -> Answer:
    """At every place each operator is an identified entity with a known chain."""
    return every(case, _identified)


def _identified(place: Place) -> Answer:
    model = place.hosting_model
    if isinstance(model, Known) and model.value is HostingModel.ON_PREMISES_OWN:
        words = Words("exploité par le responsable lui-même", "run by the controller itself")
        return Yes((words,), (model.source,), model.source.grade is Grade.DECLARED)
    match place.operators:
        case Known(operators, source) if operators:
            return all_of(*(_known(operator, source) for operator in operators))
        case Absent(source):
            return No((Words("aucun opérateur", "no operator at all"),), (source,))
        case answer:
            words = Words("opérateur inconnu (provider.entity)", "operator unknown (provider.entity)")
            return Unknown(("provider.entity",), (words,), (answer.source,))


def _known(operator: Operator, source: Source) -> Answer:
    entity = operator.entity
    missing = []
    if not isinstance(entity.seat, Known):
        missing.append("provider.seat")
    if not entity.registrations:
        missing.append("provider.registration")
    if not operator.chain_complete:
        missing.append("provider.chain")
    sources = (source, *entity.sources)
    if missing:
        fr = ", ".join(f"{NAMES[name].fr} ({name})" for name in missing)
        en = ", ".join(f"{NAMES[name].en} ({name})" for name in missing)
        words = Words(f"{entity.name}, à établir\u202f: {fr}", f"{entity.name}, to be settled: {en}")
        return Unknown(tuple(missing), (words,), sources)
    words = Words(f"{entity.name}, identifiée et chaîne connue", f"{entity.name}, identified and its chain known")
    return Yes((words,), sources, source.grade is Grade.DECLARED)
