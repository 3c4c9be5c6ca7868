"""EDS-002: does the warehouse rest on the formality that fits it?

Loi n° 78-17, art. 66; CNIL, deliberation 2021-118.  Our reading: either an authorisation in date, or a commitment to
the référentiel by a warehouse founded on public interest whose processors satisfy EDS-001. Any gap with the
référentiel calls for an authorisation.
"""

from __future__ import annotations

from datetime import date

from legislation._facts import ask
from legislation._formality import Regime, begun, has_regime, in_date, numbered, warehouse
from legislation._law import Law
from legislation._logic import Answer, all_of, any_of
from legislation.rules import eds_001
from model.assessment import Case, Cite, Rule, RuleKind, Severity, Words

RULE = Rule(
    id="EDS-002",
    titles=Words("Entrepôt\u202f: formalité adaptée", "Warehouse: fitting formality"),
    kind=RuleKind.BREACH,
    severity=Severity.BLOCKER,
    basis=(Cite("LIL", "66", "2019-06-01"), Cite("CNIL-2021-118", "texte entier", "2021-10-07")),
    in_force_from=date(2021, 10, 7),
    checked_on=date(2026, 11, 21),
    remedy=Words(
        "Déposer une demande d’autorisation auprès de la CNIL, ou lever les écarts avec le référentiel.",
        "Ask the CNIL for an authorisation, or close the gaps with the référentiel.",
    ),
)
OF_PLACES = False
BEFORE = Words("Le référentiel de 2021 n’était pas adopté.", "The référentiel of 2021 was not adopted.")


def applies(case: Case, _law: Law) -> Answer:
    """A health data warehouse."""
    return warehouse(case)


def holds(case: Case, law: Law) -> Answer:
    """Authorised and in date, or committed with reason."""
    interest = ask(
        case.dataset.eds_public_interest, "dataset.eds_public_interest",
        Words("Entrepôt fondé sur une mission d’intérêt public.", "Warehouse founded on public interest."),
        Words("Entrepôt sans mission d’intérêt public.", "Warehouse without a mission of public interest."),
    )  # fmt: skip
    authorised = all_of(has_regime(case, Regime.AUTHORISATION), numbered(case), begun(case, law), in_date(case, law))
    committed = all_of(has_regime(case, Regime.COMMITMENT), numbered(case), begun(case, law), interest)
    return any_of(authorised, all_of(committed, eds_001.holds(case, law)))
