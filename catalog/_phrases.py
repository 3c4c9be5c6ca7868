"""The words of ``catalog list``, ``show`` and ``check`` in two languages, and lines of 80 columns."""

from __future__ import annotations

import textwrap

from model.observed import Absent, Confidence, Known, Observed, Source, Unread

WIDTH = 80

_SAY = {
    "providers": ("FOURNISSEURS", "PROVIDERS"),
    "services": ("SERVICES ET HÉBERGEURS QUALIFIÉS, AU {day}", "QUALIFIED SERVICES AND HOSTS, ON {day}"),
    "nothing": ("Rien au catalogue ne contient « {text} ».", "Nothing in the catalog contains “{text}”."),
    "id": ("Identifiant", "Id"),
    "kind": ("Type", "Kind"),
    "seat": ("Siège", "Seat"),
    "parent": ("Société de tête", "Ultimate parent"),
    "provider": ("Fournisseur", "Provider"),
    "status": ("État", "Status"),
    "service": ("Service", "Service"),
    "itself": ("elle-même", "itself"),
    "not_known": ("non connu", "not known"),
    "open": ("{name}, chaîne incomplète", "{name}, chain not complete"),
    "control": ("CHAÎNE DE CONTRÔLE AU {day}", "CHAIN OF CONTROL ON {day}"),
    "held_by": ("détenue par {name}", "held by {name}"),
    "holds": ("détient {name}", "holds {name}"),
    "capital": ("{n} % du capital", "{n}% of capital"),
    "votes": ("{n} % des votes", "{n}% of votes"),
    "controls": ("contrôle", "control"),
    "no_control": ("sans contrôle", "no control"),
    "control_unknown": ("contrôle non connu", "control not known"),
    "since": ("depuis le {day}", "since {day}"),
    "until": ("jusqu’au {day}", "until {day}"),
    "complete": ("chaîne complète jusqu’à la société de tête", "chain complete up to the ultimate parent"),
    "incomplete": (
        "chaîne incomplète : ce qui est au-dessus n’a pas été lu en entier",
        "chain not complete: what stands above was not read in full",
    ),
    "veto": ("droit de veto", "veto"),
    "board": ("nomme la majorité d’un organe de direction", "appoints the majority of a board"),
    "third_parties": ("TIERS UTILISÉS", "COMPANIES IT USES"),
    "third_party": ("{name}, {role}, siège : {country}", "{name}, {role}, seat: {country}"),
    "controlled_from": ("contrôlé depuis : {country}", "controlled from: {country}"),
    "technical_access.true": ("accès technique possible aux données", "can technically obtain the data"),
    "technical_access.false": ("aucun accès technique aux données", "cannot technically obtain the data"),
    "technical_access.none": ("accès technique non connu", "technical access not known"),
    "autonomy.true": ("le fournisseur peut s’en passer", "the provider can do without it"),
    "autonomy.false": ("le fournisseur ne peut s’en passer", "the provider cannot do without it"),
    "autonomy.none": ("autonomie d’exploitation non connue", "autonomy of operation not known"),
    "third_parties_open": ("la liste des tiers n’a pas été lue en entier", "the list of these companies is not whole"),
    "present": ("présence, {kind} : {country}", "presence, {kind}: {country}"),
    "technology": ("technologie", "technology"),
    "names_and_mail": ("noms et courriel", "names and mail"),
    "central_administration": ("administration centrale", "central administration"),
    "main_establishment": ("établissement principal", "main establishment"),
    "branch": ("succursale", "branch"),
    "office": ("bureau", "office"),
    "servers": ("serveurs", "servers"),
    "business": ("activité", "business"),
    "customers": ("clients", "customers"),
    "staff": ("personnel", "staff"),
    "nationals": ("ressortissants parmi le personnel ou les dirigeants", "nationals among staff or executives"),
    "in_regions": ("régions : {list}", "regions: {list}"),
    "hosted_on": ("repose sur {name}", "runs on {name}"),
    "redirected": ("{list} : voir {name}", "{list}: see {name}"),
    "qualifications": ("QUALIFICATIONS AU {day}", "QUALIFICATIONS ON {day}"),
    "no_qualification": (
        "aucune ligne au catalogue pour ce fournisseur",
        "the catalog has no row for this provider",
    ),
    "perimeter": ("périmètre : {list}", "perimeter: {list}"),
    "perimeter_unread": ("périmètre non lu", "perimeter not read"),
    "excluded": ("hors périmètre : {list}", "not covered: {list}"),
    "activities": ("activités HDS : {list}", "HDS activities: {list}"),
    "option": ("sous réserve d’une option ou d’un contrat particulier", "only with an option or a contract of its own"),
    "list": ("liste : {name}, édition du {day}", "list: {name}, edition of {day}"),
    "list_unread": ("liste : {name}, non lue en entier", "list: {name}, not read whole"),
    "stale": ("liste au-delà de sa limite d’âge", "list past its age limit"),
    "regions": ("RÉGIONS", "REGIONS"),
    "within": ("dans la région {name}", "within region {name}"),
    "aliases": ("aussi appelée {list}", "also called {list}"),
    "works_for": ("FOURNISSEURS OÙ ELLE APPARAÎT", "PROVIDERS IN WHICH IT APPEARS"),
    "notes": ("NOTES", "NOTES"),
    "checked": ("vérifié le {day}", "checked on {day}"),
    "registration": ("immatriculation {register} {number}", "registered {register} {number}"),
    "background": ("NON VÉRIFIÉ, de mémoire", "UNVERIFIED, background knowledge"),
    "certain": ("certain", "certain"),
    "likely": ("probable", "likely"),
    "unverified": ("NON VÉRIFIÉ", "UNVERIFIED"),
    "valid": ("valide", "valid"),
    "expired": ("échue", "expired"),
    "not_yet": ("pas encore", "not yet"),
    "not_covering": ("ne couvre pas", "not covering"),
    "none": ("aucune", "none"),
    "unknown": ("inconnue", "unknown"),
    "contracting": ("cocontractant", "contracting party"),
    "operating": ("exploitant", "operator"),
    "subcontractor": ("sous-traitant", "subcontractor"),
    "key_holder": ("détenteur des clés", "key holder"),
    "landlord": ("bailleur du site", "landlord of the site"),
    "problems_none": (
        "Catalogue en ordre : tout se lit, aucune ligne n’est périmée.",
        "The catalog is in order: everything reads, no row is stale.",
    ),
    "paste": ("rencontré dans {stores} emplacement(s) ; à coller dans {path} :",
              "met in {stores} store(s); paste into {path}:"),
    "missing_none": (
        "Le catalogue connaît chaque fournisseur, région et service rencontrés.",
        "The catalog knows every provider, region and service that was met.",
    ),
    "update_done": ("{title} : {before} → {after}, {rows} plages", "{title}: {before} → {after}, {rows} ranges"),
    "update_same": ("{title} : déjà en place ({after})", "{title}: already in place ({after})"),
    "update_where": ("tables d’adresses : {path}", "address tables: {path}"),
    "missing_provider": ("fournisseur {word}", "provider {word}"),
    "missing_region": ("région {word} de {provider}", "region {word} of {provider}"),
    "missing_zone": ("zone {word} de {provider}", "zone {word} of {provider}"),
    "missing_service": ("service {word} de {provider}", "service {word} of {provider}"),
}  # fmt: skip


def say(lang: str, key: str, **values: object) -> str:
    """The sentence of ``key`` in ``fr`` or ``en``, French with its spaces.  A missing key is our mistake."""
    from catalog._words import typeset

    french, english = _SAY[key]
    if lang != "fr":
        return english.format(**values)
    return typeset(french).replace(" %", "\u202f%").format(**values)


def wrap(text: str, indent: int = 0) -> list[str]:
    """``text`` on lines of 80 columns; what cannot be cut (an address) stays whole."""
    start = " " * indent
    return textwrap.wrap(
        text, WIDTH, initial_indent=start, subsequent_indent=f"{start}  ", break_long_words=False,
        break_on_hyphens=False,
    )  # fmt: skip


def cited(source: Source, lang: str) -> str:
    """``[what · 2026-11-21 · likely · address]``; what rests on memory alone is marked so."""
    marks = [source.what, source.read_at.date().isoformat()]
    if source.what.endswith("background knowledge"):
        marks.append(say(lang, "background"))
    elif source.confidence is not Confidence.CERTAIN:
        marks.append(say(lang, source.confidence.value))
    if source.url:
        marks.append(source.url)
    return f"[{' · '.join(marks)}]"


def country_of(answer: Observed[str]) -> str:
    """A country code, or ``?``."""
    match answer:
        case Known(code):
            return code
        case Absent() | Unread():
            return "?"
