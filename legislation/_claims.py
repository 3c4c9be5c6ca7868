"""What counts as a claim to SecNumCloud: the register's own, or the catalog's entry where the law asks for one."""

from __future__ import annotations

from legislation._facts import bound, in_cloud, lacking, sensitive
from legislation._law import Law
from legislation._logic import Answer, No, Unknown, Yes, all_of, any_of, some
from legislation._qualified import best
from model.assessment import Case, Place, Words
from model.datasets import QualificationClaim
from model.observed import Known, known
from model.parties import Qualification, QualificationStatus

_STANDING = (QualificationStatus.VALID, QualificationStatus.EXPIRED, QualificationStatus.NOT_YET)


def secnumcloud_claims(case: Case) -> tuple[QualificationClaim, ...]:
    """The claims of the register on SecNumCloud."""
    return tuple(claim for claim in case.dataset.claims if known(claim.scheme) == "secnumcloud")


def unreadable_claims(case: Case) -> tuple[Answer, ...]:
    """One doubt for each claim whose scheme is not known: it may be a SecNumCloud one."""
    return tuple(
        lacking("qualification.scheme", claim.scheme.source)
        for claim in case.dataset.claims
        if not isinstance(claim.scheme, Known)
    )


def claimed(case: Case, law: Law) -> Answer:
    """Whether a SecNumCloud claim exists.

    Of the register, in so many words.  Where article 31 asks for the qualification, the entry of
    the catalog stands for the claim that the hosting makes: the provider says of itself that it is, was or
    will be qualified.  Elsewhere a provider's ambitions are not the controller's claim.
    """
    if secnumcloud_claims(case):
        return Yes((Words("Le registre annonce une qualification SecNumCloud.", "The register claims SecNumCloud."),))
    doubts = unreadable_claims(case)
    silent = No(
        (Words("Aucune qualification SecNumCloud n’est annoncée.", "No SecNumCloud qualification is claimed."),),
    )
    due = all_of(bound(case, law), sensitive(case))
    match due:
        case No():
            return any_of(silent, *doubts)
        case _:
            by_catalog = some(case, lambda place: _stands(case, place))
            return (
                any_of(all_of(due, by_catalog), *doubts) if not isinstance(by_catalog, No) else any_of(silent, *doubts)
            )


def entry_for(case: Case, place: Place, law: Law) -> Qualification | None:
    """The entry of the catalog that stands for a claim at a place, if there is one."""
    entry = best(place, "secnumcloud")
    if entry is None or isinstance(all_of(bound(case, law), sensitive(case), in_cloud(case, place)), No):
        return None
    return entry if entry.status in _STANDING else None


def _stands(case: Case, place: Place) -> Answer:
    entry = best(place, "secnumcloud")
    cloud = in_cloud(case, place)
    if isinstance(cloud, No):
        return cloud
    if entry is None or entry.status is QualificationStatus.UNKNOWN:
        return all_of(cloud, lacking("qualification.service", entry.source if entry else None))
    words = (Words(entry.why_fr, entry.why_en),)
    if entry.status in _STANDING:
        return all_of(cloud, Yes(words, (entry.source,)))
    if entry.stale:
        return Unknown(("qualification.list",), words, (entry.source,))
    return No(words, (entry.source,))
