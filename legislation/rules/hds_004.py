"""HDS-004: is remote access from outside the European Economic Area framed?

HDS référentiel v2 EXI 29; décret n° 2026-209 of 24 March 2026. Our reading: administration or support from a
country outside the EEA needs an adequacy decision that covers it, the very organisation where the decision covers
only some, or a safeguard of GDPR art. 46 that stands in the contract and of which the client was informed.
"""

from __future__ import annotations

from datetime import date

from legislation._adequacy import partly, wholly
from legislation._facts import ask
from legislation._law import Law
from legislation._logic import Answer, No, Yes, all_of
from legislation._transfers import (
    ART_46,
    access_abroad,
    access_complete,
    access_countries,
    entered,
    parties,
    tool_of,
    towards,
)
from legislation.rules.hds_003 import applies as hosted_under_the_rule
from model.assessment import Case, Cite, Rule, RuleKind, Severity, Words
from model.datasets import Transfer
from model.observed import Source

RULE = Rule(
    id="HDS-004",
    titles=Words("Accès distant hors de l’EEE encadré", "Remote access from outside the EEA framed"),
    kind=RuleKind.BREACH,
    severity=Severity.HIGH,
    basis=(Cite("A2024-04-26", "EXI 29", "v2"), Cite("D2026-209", "texte entier", "2026-03-27")),
    in_force_from=date(2024, 11, 16),
    checked_on=date(2026, 11, 21),
    remedy=Words(
        "Fermer les accès distants concernés, ou inscrire au contrat une garantie de l’article 46 du RGPD "
        "et en informer le client.",
        "Close the remote access concerned, or write a safeguard of GDPR article 46 in the contract "
        "and inform the client of it.",
    ),
)
OF_PLACES = False
BEFORE = Words(
    "Le référentiel HDS de 2024, premier à encadrer ces accès, n’était pas encore utilisé pour certifier.",
    "The HDS référentiel of 2024, the first to frame such access, did not serve to certify yet.",
)


def applies(case: Case, law: Law) -> Answer:
    """HDS hosting under the rule of storage, administered or supported from outside the EEA."""
    hosted = hosted_under_the_rule(case, law)
    return hosted if isinstance(hosted, No) else all_of(hosted, access_abroad(case, law))


def holds(case: Case, law: Law) -> Answer:
    """Every country of access is covered, and the lists of countries are complete."""
    covered = (_covered(case, country, law) for country in access_countries(case, law))
    return all_of(*covered, access_complete(case))


def _covered(case: Case, country: str, law: Law) -> Answer:
    if wholly(law, country):
        fr = f"Accès depuis un pays couvert par une décision d’adéquation\u202f: {country}."
        return Yes((Words(fr, f"Access from a country covered by an adequacy decision: {country}."),))
    return towards(case, country, lambda transfer, source: _safeguard(transfer, source, country, law))


def _safeguard(transfer: Transfer, source: Source, country: str, law: Law) -> Answer:
    to = parties(transfer)
    if transfer.tool in ART_46:
        return all_of(
            tool_of(transfer, source, law),
            ask(
                transfer.in_contract,
                "transfer.in_contract",
                Words("Garanties inscrites au contrat.", "The safeguards stand in the contract."),
                Words(f"Garanties absentes du contrat ({to}).", f"The safeguards do not stand in the contract ({to})."),
            ),
            ask(
                transfer.client_informed,
                "transfer.client_informed",
                Words("Client informé du transfert.", "The client was informed of the transfer."),
                Words(
                    f"Client non informé du transfert ({to}).", f"The client was not informed of the transfer ({to})."
                ),
            ),
        )
    if transfer.tool == "unknown":
        return tool_of(transfer, source, law)
    if transfer.tool.startswith("art45") and partly(law, country):
        return all_of(tool_of(transfer, source, law), entered(transfer, source))
    words = Words(
        f"Ni décision d’adéquation ni garantie de l’article 46 pour l’accès depuis ce pays\u202f: {country}.",
        f"Neither adequacy decision nor safeguard of article 46 for access from this country: {country}.",
    )
    return No((words,), (source,))
