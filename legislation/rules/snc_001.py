"""SNC-001: is the claimed SecNumCloud qualification in date?

SecNumCloud 3.2; décret n° 2026-272. Our reading: granted, on the official list or on a certificate, for the
service in use, in version 3.2 or later, from its decision up to the day before it expires.
"""

from __future__ import annotations

from datetime import date

from legislation._claims import claimed, entry_for, secnumcloud_claims, unreadable_claims
from legislation._facts import lacking
from legislation._law import Law
from legislation._logic import Answer, No, all_of
from legislation._qualified import claim_in_date, names_service, standing
from legislation.rules.a31_003 import at_least
from model.assessment import Case, Cite, Place, Rule, RuleKind, Severity, Words
from model.datasets import QualificationClaim
from model.observed import known

RULE = Rule(
    id="SNC-001",
    titles=Words("Qualification SecNumCloud en cours de validité", "SecNumCloud qualification in date"),
    kind=RuleKind.BREACH,
    severity=Severity.HIGH,
    basis=(Cite("SNC-3.2", "texte entier", "3.2"), Cite("D2026-272", "critères", "2026-04-16")),
    in_force_from=date(2022, 3, 8),
    checked_on=date(2026, 11, 21),
    remedy=Words(
        "Lire le catalogue de l’ANSSI et consigner la date de décision et d’échéance.",
        "Read the ANSSI catalogue and record the dates of decision and expiry.",
    ),
)
OF_PLACES = False
BEFORE = Words("SecNumCloud 3.2 n’était pas publié.", "SecNumCloud 3.2 was not published.")


def applies(case: Case, law: Law) -> Answer:
    """A SecNumCloud claim exists."""
    return claimed(case, law)


def holds(case: Case, law: Law) -> Answer:
    """Each claim of the register, or else each entry that stands for one, is valid on the day asked."""
    claims = secnumcloud_claims(case)
    if claims:
        return all_of(*(_claim(case, claim, law) for claim in claims), *unreadable_claims(case))
    return all_of(*(_place(case, place, law) for place in case.places if entry_for(case, place, law) is not None))


def _claim(case: Case, claim: QualificationClaim, law: Law) -> Answer:
    dated = claim_in_date(claim, law)
    if isinstance(dated, No):
        return dated
    naming = [place for place in case.places if names_service(claim, place)]
    if naming:
        return all_of(*(_place(case, place, law) for place in naming))
    recent = at_least(known(claim.version) or "", law.text("secnumcloud_version"))
    return all_of(dated, recent, lacking("qualification.service", claim.service_id.source))


def _place(case: Case, place: Place, law: Law) -> Answer:
    held = standing(case, place, "secnumcloud", law)
    if isinstance(held.valid, No):
        return held.valid
    return all_of(held.valid, at_least(held.version, law.text("secnumcloud_version")))
