"""SNC-008: can the provider operate without third companies outside the European Union?

SecNumCloud 3.2, 19.6.d, an indicative check. Our reading: of each such company, either the provider has its own skills
or at least two other suppliers (autonomie d’exploitation), or the company is itself qualified; shown by a source that
can be read.
"""

from __future__ import annotations

from datetime import date

from legislation._facts import lacking
from legislation._law import Law
from legislation._logic import Answer, No, Yes
from legislation._sovereignty import each_third_company, third_company
from legislation._ties import evidenced
from model.assessment import Case, Cite, Rule, RuleKind, Severity, Words
from model.parties import Operator, ThirdParty

RULE = Rule(
    id="SNC-008",
    titles=Words(
        "Autonomie d’exploitation vis-à-vis des sociétés tierces", "Operational autonomy from third companies"
    ),
    kind=RuleKind.INDICATIVE,
    severity=Severity.MEDIUM,
    basis=(Cite("SNC-3.2", "19.6.d", "3.2"),),
    in_force_from=date(2022, 3, 8),
    checked_on=date(2026, 11, 21),
    remedy=Words(
        "Prévoir une seconde source ou un dépôt du code, et le démontrer.",
        "Arrange a second source or an escrow, and show it.",
    ),
)
OF_PLACES = True
BEFORE = Words("SecNumCloud 3.2 n’était pas publié.", "SecNumCloud 3.2 was not published.")


def applies(case: Case, law: Law) -> Answer:
    """A provider uses a third company seated outside the Union, or controlled from outside."""
    return third_company(case, law)


def holds(case: Case, law: Law) -> Answer:
    """The provider can do without each of them, or it is qualified itself."""
    return each_third_company(case, law, _replaceable, _below)


def _replaceable(party: ThirdParty) -> Answer:
    if evidenced(party) and (party.autonomy or party.qualified):
        words = Words(
            f"{party.name}\u202f: autonomie d’exploitation démontrée, ou société elle-même qualifiée",
            f"{party.name}: operational autonomy shown, or itself qualified",
        )
        return Yes((words,), party.sources)
    if party.autonomy is False and party.qualified is False:
        words = Words(
            f"{party.name}\u202f: dépendance sans alternative", f"{party.name}: dependence without alternative"
        )
        return No((words,), party.sources)
    return lacking("provider.autonomy", party.sources[0] if party.sources else None)


def _below(operator: Operator) -> Answer:
    return lacking("provider.autonomy", operator.entity.sources[0] if operator.entity.sources else None)
