"""Why a provider or a place cannot be told, in the two languages of the reports."""

from __future__ import annotations

from collections.abc import Iterable

from catalog._words import typeset
from model.assessment import Words
from model.attribution import Role
from model.observed import Reason, Unread

_RELAYS = {Role.CDN: ("un réseau de diffusion", "a CDN"), Role.WAF: ("un pare-feu applicatif", "a web firewall")}
_ROLES = {
    Role.MAIL_HOSTING: ("n’héberge que du courriel", "hosts mail only"),
    Role.MAIL_GATEWAY: ("filtre du courriel et ne conserve aucune boîte", "filters mail and keeps no mailbox"),
    Role.MAIL_SENDER: ("ne fait qu’envoyer du courriel", "only sends mail"),
    Role.DNS: ("ne fait que répondre pour des noms", "only answers for names"),
    Role.VALIDATION: ("ne fait que valider un domaine", "only validates a domain"),
}


_SILENCES = {
    Reason.REFUSED: "demande refusée",
    Reason.THROTTLED: "débit limité",
    Reason.TIMEOUT: "délai dépassé",
    Reason.UNREACHABLE: "serveur injoignable",
    Reason.UNSUPPORTED: "demande non comprise du serveur",
    Reason.FAULT: "réponse impossible ou incohérente",
}


def _words(fr: str, en: str) -> Words:
    return Words(typeset(fr), en)


def _listed(names: Iterable[str]) -> tuple[str, str]:
    whole = list(dict.fromkeys(names))
    return " et ".join(whole), " and ".join(whole)


def hidden(relays: Iterable[str], role: Role) -> Words:
    """Behind a CDN or a firewall."""
    fr, en = _listed(relays)
    kind_fr, kind_en = _RELAYS[role]
    return _words(
        f"Derrière {kind_fr} ({fr}) : le lieu du contenu ne se voit pas de l’extérieur.",
        f"Behind {kind_en} ({en}): where the content rests cannot be seen from outside.",
    )


def contradicted(by_name: str, by_address: str) -> Words:
    """The name says one provider, the address another."""
    return _words(
        f"Preuves contradictoires : le nom désigne {by_name}, l’adresse désigne {by_address}.",
        f"Contradicting evidence: the name says {by_name}, the address says {by_address}.",
    )


def several(providers: Iterable[str]) -> Words:
    """The addresses are of several providers."""
    fr, en = _listed(providers)
    return _words(
        f"Adresses chez plusieurs fournisseurs ({fr}) : lequel conserve le contenu ne se voit pas.",
        f"Addresses at several providers ({en}): which of them keeps the content cannot be seen.",
    )


def not_a_host(provider: str, role: Role) -> Words:
    """Somebody is known, who holds no content."""
    if role not in _ROLES:
        return _words(
            f"L’adresse est du réseau de {provider}, qui relie ou loge aussi les machines de tiers : "
            "qui conserve le contenu ne se voit pas.",
            f"The address is in the network of {provider}, which also connects or houses machines of others: "
            "who keeps the content cannot be seen.",
        )
    fr, en = _ROLES[role]
    return _words(
        f"{provider} {fr} : qui conserve le contenu ne se voit pas.",
        f"{provider} {en}: who keeps the content cannot be seen.",
    )


def exchanger(provider: str) -> Words:
    """A mail exchanger is on somebody's machine, or only some of them are known."""
    return _words(
        f"Le serveur de courriel est chez {provider} : s’il conserve les boîtes ne se voit pas.",
        f"The mail server is at {provider}: whether it keeps the mailboxes cannot be seen.",
    )


def stranger(asn: int, holder: str) -> Words:
    """A network that the catalog does not know."""
    who = f"AS{asn} ({holder})" if holder else f"AS{asn}"
    return _words(f"Réseau {who} : absent du catalogue.", f"Network {who}: not in the catalog.")


def unannounced() -> Words:
    """An address that no table knows."""
    return _words(
        "Aucune plage publiée ni aucun réseau connu ne contient l’adresse.",
        "No published range and no known network holds the address.",
    )


def reserved(what: Words) -> Words:
    """An address that is nobody's."""
    return _words(
        f"{what.fr[0].upper()}{what.fr[1:]} : elle ne dit rien d’un hébergeur.",
        f"{what.en[0].upper()}{what.en[1:]}: it tells nothing of a host.",
    )


def no_address() -> Words:
    """DNS answered: there is no address."""
    return _words("Le DNS ne donne aucune adresse pour ce nom.", "DNS gives no address for this name.")


def unanswered(answers: Iterable[Unread]) -> Words:
    """DNS did not answer."""
    several = list(answers)
    fr = " ; ".join(dict.fromkeys(_SILENCES.get(one.reason, one.reason.value) for one in several))
    en = "; ".join(dict.fromkeys(one.detail or one.reason.value for one in several))
    return _words(f"Le DNS n’a pas répondu : {fr}.", f"DNS did not answer: {en}.")


def unreadable(why: str) -> Words:
    """The query makes no sense."""
    return _words(f"Demande illisible : {why}.", f"The query cannot be read: {why}.")


def unknown_resource() -> Words:
    """An identifier of a form that is not known."""
    return _words(
        "Identifiant d’une forme inconnue : aucun fournisseur n’en est déduit.",
        "Identifier of a form that is not known: no provider is read from it.",
    )


def no_place(provider: str) -> Words:
    """The provider is known, the place is not."""
    return _words(
        f"Rien n’indique dans quelle région de {provider} le contenu repose.",
        f"Nothing tells in which region of {provider} the content rests.",
    )


def several_places(regions: Iterable[str]) -> Words:
    """Several regions are told."""
    fr, en = _listed(regions)
    return _words(
        f"Plusieurs régions sont désignées ({fr}) : laquelle conserve le contenu ne se voit pas.",
        f"Several regions are told ({en}): which of them keeps the content cannot be seen.",
    )
