"""SNC-007: are third companies outside the European Union technically unable to obtain the data?

SecNumCloud 3.2, 19.6.c, an indicative check. Our reading: each company that the provider uses, seated outside the Union
or controlled from outside, was shown by a source that can be read to have no technical possibility of obtaining client
or technical data. A layer below that stores the data has that possibility; who owns the rooms alone may or may not.
"""

from __future__ import annotations

from datetime import date

from legislation._facts import lacking
from legislation._law import Law
from legislation._logic import Answer, No, Yes
from legislation._sovereignty import each_third_company, third_company
from legislation._ties import blind
from model.assessment import Case, Cite, Rule, RuleKind, Severity, Words
from model.parties import Operator, OperatorRole, ThirdParty

RULE = Rule(
    id="SNC-007",
    titles=Words("Sociétés tierces sans accès technique aux données", "Third companies technically blind"),
    kind=RuleKind.INDICATIVE,
    severity=Severity.HIGH,
    basis=(Cite("SNC-3.2", "19.6.c", "3.2"),),
    in_force_from=date(2022, 3, 8),
    checked_on=date(2026, 11, 21),
    remedy=Words(
        "Isoler techniquement la société tierce, ou la remplacer.",
        "Isolate the third company technically, or replace it.",
    ),
)
OF_PLACES = True
BEFORE = Words("SecNumCloud 3.2 n’était pas publié.", "SecNumCloud 3.2 was not published.")


def applies(case: Case, law: Law) -> Answer:
    """A provider uses a third company seated outside the Union, or controlled from outside."""
    return third_company(case, law)


def holds(case: Case, law: Law) -> Answer:
    """Each of them is shown to be blind."""
    return each_third_company(case, law, _blind, _below)


def _blind(party: ThirdParty) -> Answer:
    if blind(party):
        words = Words(f"{party.name}\u202f: aucun accès technique", f"{party.name}: no technical access")
        return Yes((words,), party.sources)
    if party.technical_access:
        words = Words(f"{party.name}\u202f: accès technique aux données", f"{party.name}: technical access to the data")
        return No((words,), party.sources)
    return lacking("provider.third_parties", party.sources[0] if party.sources else None)


def _below(operator: Operator) -> Answer:
    source = operator.entity.sources[0] if operator.entity.sources else None
    if operator.role is not OperatorRole.SUBCONTRACTOR or not operator.chain_complete:
        return lacking("provider.third_parties", source)
    name = operator.entity.name
    words = Words(f"{name}\u202f: stocke les données (couche inférieure)", f"{name}: stores the data (layer below)")
    return No((words,), operator.entity.sources)
