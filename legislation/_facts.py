"""The facts that several rules read, derived once and in one way (docs/facts.md)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from legislation._law import Law
from legislation._logic import Answer, No, Unknown, Yes, all_of, any_of, some
from model.assessment import Case, Place, Words
from model.datasets import ControllerKind, HostingModel, Identity
from model.observed import Absent, Grade, Known, Observed, Source, Unread

NAMES: dict[str, Words] = {
    "access.admin_countries": Words("pays d’administration", "countries of administration"),
    "contract.art31_clause": Words(
        "clause du contrat sur les critères de l’article 31", "clause of the contract on the criteria of article 31"
    ),
    "exposure_note": Words(
        "note de gouvernance sur l’exposition discutée", "governance note on the contested exposure"
    ),
    "sovereignty.levels": Words(
        "niveau SEAL de chaque objectif, avec sa pièce", "SEAL level of each objective, with its evidence"
    ),
    "sovereignty.minimum": Words("niveau SEAL minimal demandé", "lowest SEAL level asked for"),
    "access.exceptional": Words(
        "caractère ponctuel, pour la recherche et tracé des accès hors Union",
        "whether access from outside the Union is one-off, for research and logged",
    ),
    "access.list_complete": Words(
        "exhaustivité de la liste des pays d’accès", "whether the list of countries of access is complete"
    ),
    "access.roles": Words(
        "liste des personnes qui accèdent aux données, avec leur fondement", "who reads the data, and on which ground"
    ),
    "access.support_supervised": Words(
        "contrôle depuis l’Union de l’assistance donnée de l’extérieur",
        "whether support from outside is controlled from the Union",
    ),
    "access.support_countries": Words("pays d’assistance", "countries of support"),
    "access_authority": Words("autorité sous laquelle les accès ont lieu", "authority under which access takes place"),
    "access_log.exists": Words("existence d’un journal des accès", "whether accesses are logged"),
    "access_log.last_review": Words(
        "date de la dernière revue du journal des accès", "day of the last review of the access log"
    ),
    "access_log.location": Words("emplacement du journal des accès", "place of the access log"),
    "access_log.per_person": Words(
        "journal des accès propre à chaque personne", "whether the access log tells each person"
    ),
    "adequacy.list": Words(
        "lecture récente de la liste des décisions d’adéquation", "recent reading of the list of adequacy decisions"
    ),
    "contract.art48_clause": Words(
        "clause du contrat sur les demandes d’autorités de pays tiers",
        "clause of the contract on orders of third countries",
    ),
    "contract.hds_clauses": Words(
        "clauses du contrat d’hébergement de données de santé", "clauses of the health data hosting contract"
    ),
    "contract.mitigations": Words(
        "mesures du contrat contre l’accès d’autorités de pays tiers",
        "measures of the contract against access by third countries",
    ),
    "contract.residual_risk": Words(
        "risque résiduel d’accès indiqué au contrat", "residual risk of access told by the contract"
    ),
    "contract.third_law_list": Words(
        "liste, au contrat, des lois de pays tiers applicables",
        "list, in the contract, of the laws of third countries that apply",
    ),
    "controller.kind": Words("nature juridique du responsable de traitement", "legal nature of the controller"),
    "copies.encrypted": Words("chiffrement des sauvegardes et des copies", "encryption of backups and copies"),
    "copies.extracts_end": Words("date et fin de vie des extractions", "day and end of life of each extract"),
    "copies.same_rules": Words(
        "application aux copies des règles de l’original", "whether copies follow the rules of the original"
    ),
    "coverage.gaps": Words("ce qu’un angle mort peut masquer", "what a gap may hide"),
    "dataset.anonymity": Words(
        "démonstration de l’anonymat (trois critères, document, date)",
        "what shows anonymity (three criteria, document, day)",
    ),
    "dataset.breach_harm": Words(
        "atteintes qu’entraînerait une violation (seconde condition de l’article 31)",
        "harm that a breach would cause (second limb of article 31)",
    ),
    "dataset.care_origin": Words("origine des données dans le soin", "whether the data come from care"),
    "dataset.diagnosis_code": Words("présence de codes de diagnostic", "whether there are coded diagnoses"),
    "dataset.eds": Words("caractère d’entrepôt de données de santé", "whether it is a health data warehouse"),
    "dataset.eds_public_interest": Words("mission d’intérêt public de l’entrepôt", "public interest of the warehouse"),
    "dataset.health": Words("présence de données de santé", "whether these are health data"),
    "dataset.identity": Words("caractère nominatif, pseudonyme ou anonyme", "nominative, pseudonymous or anonymous"),
    "dataset.medical_control": Words(
        "rattachement au service du contrôle médical", "whether the data belong to the medical control service"
    ),
    "dataset.places_complete": Words(
        "confirmation que la liste des types d’emplacements est complète",
        "confirmation that the list of kinds of places is complete",
    ),
    "dataset.secret": Words("secret protégé par la loi", "secret protected by law"),
    "dataset.snds": Words("rattachement au Système national des données de santé", "whether these are SNDS data"),
    "derogation": Words("existence d’une dérogation à l’article 31", "whether a derogation to article 31 is claimed"),
    "derogation.acceptable_offer_at": Words(
        "date à laquelle une offre acceptable est devenue disponible", "date of the first acceptable offer"
    ),
    "derogation.minister": Words("ministre responsable de la dérogation", "minister answerable for the derogation"),
    "derogation.pm_validated_at": Words("validation par le Premier ministre", "validation by the Prime Minister"),
    "derogation.project_engaged_at": Words("date d’engagement du projet", "date on which the project was engaged"),
    "derogation.published_url": Words("publication de la dérogation", "publication of the derogation"),
    "exports.approval": Words("approbation des exports", "approval of the exports"),
    "exports.leave": Words(
        "sortie d’extractions hors de l’environnement maîtrisé", "whether extracts leave the controlled environment"
    ),
    "exports.monitored": Words("surveillance des exports", "monitoring of the exports"),
    "exposure.position": Words(
        "position de la CNIL sur une exposition discutée", "position of the CNIL on a contested exposure"
    ),
    "flow.destination": Words("destination de chaque transfert", "destination of each transfer"),
    "formality.date": Words("date de la formalité", "day of the formality"),
    "formality.expires": Words("fin de l’autorisation", "end of the authorisation"),
    "formality.reference": Words("numéro de la formalité", "number of the formality"),
    "formality.regime": Words("formalité accomplie auprès de la CNIL", "formality made with the CNIL"),
    "homologation.date": Words("date de l’homologation", "day of the security approval"),
    "homologation.expires": Words("fin de l’homologation", "end of the security approval"),
    "homologation.transition": Words(
        "délai laissé aux systèmes déjà homologués", "time left to systems already approved"
    ),
    "hosting.activities": Words("activités d’hébergement utilisées (1 à 6)", "hosting activities in use (1 to 6)"),
    "hosting.archive": Words(
        "recours à un service d’archivage électronique", "whether an electronic archiving service keeps the data"
    ),
    "hosting.model": Words("modèle d’hébergement", "hosting model"),
    "hosting.processor": Words("hébergement par un sous-traitant", "whether a processor hosts"),
    "keys.country": Words("pays de conservation des clés", "country in which the keys are kept"),
    "keys.holder": Words(
        "détenteur des clés et contrôle de ce détenteur", "who holds the keys, and who controls that holder"
    ),
    "keys.plaintext_in_service": Words(
        "présence de données en clair dans le service", "whether the service sees clear text"
    ),
    "location": Words("emplacements", "places"),
    "location.checked_at": Words("date de vérification de l’emplacement", "day on which the location was checked"),
    "location.country": Words("pays de l’emplacement", "country of the location"),
    "location.key_country": Words("pays de la clé de chiffrement", "country of the encryption key"),
    "provider.chain": Words("chaîne de contrôle jusqu’à la mère ultime", "chain of control up to the ultimate parent"),
    "provider.central_admin": Words(
        "pays de l’administration centrale de l’opérateur", "country of the operator’s central administration"
    ),
    "provider.entity": Words("personne morale qui exploite l’emplacement", "legal entity that operates the place"),
    "provider.establishments": Words(
        "succursales, bureaux et personnels de l’opérateur hors de l’Union",
        "branches, offices and staff of the operator outside the Union",
    ),
    "provider.holder_rights": Words(
        "droits de veto et de nomination des détenteurs (statuts, pactes)",
        "vetoes and rights of appointment of the holders (by-laws, pacts)",
    ),
    "provider.holders": Words(
        "détenteurs de l’opérateur, avec leurs parts de capital et de voix",
        "holders of the operator, with their shares of capital and votes",
    ),
    "provider.law_state": Words("état de la loi étrangère à cette date", "state of the foreign law on that day"),
    "provider.main_establishment": Words(
        "pays de l’établissement principal de l’opérateur", "country of the operator’s main establishment"
    ),
    "provider.registration": Words("numéro d’immatriculation de l’opérateur", "registration number of the operator"),
    "provider.autonomy": Words(
        "autonomie d’exploitation vis-à-vis des sociétés tierces", "operational autonomy from third companies"
    ),
    "provider.third_parties": Words(
        "sociétés tierces de l’opérateur, et ce à quoi elles accèdent",
        "third companies of the operator, and what they can reach",
    ),
    "provider.seat": Words("siège de l’opérateur", "seat of the operator"),
    "purchase.criteria": Words(
        "critères de souveraineté du dossier d’achat", "sovereignty criteria of the purchase file"
    ),
    "purchase.new": Words("existence d’un nouvel achat", "whether there is a new purchase"),
    "purchase.opinion": Words("avis conforme de la DINUM", "DINUM opinion"),
    "purchase.opinion_required": Words(
        "nécessité d’un avis conforme de la DINUM", "whether a DINUM opinion is required"
    ),
    "qualification.activities": Words(
        "activités couvertes par le certificat", "activities that the certificate covers"
    ),
    "qualification.evidence": Words(
        "preuve de qualification ou de certificat", "evidence of a qualification or certificate"
    ),
    "qualification.expires": Words("fin de validité du certificat", "end of validity of the certificate"),
    "qualification.issued": Words("date de décision ou de délivrance", "date of decision or issue"),
    "qualification.list": Words(
        "lecture récente de la liste officielle des qualifications", "recent reading of the official list"
    ),
    "qualification.scheme": Words("référentiel de la qualification annoncée", "scheme of the claimed qualification"),
    "qualification.service": Words("service couvert par la qualification", "service that the qualification covers"),
    "qualification.status": Words("état de la qualification", "state of the qualification"),
    "qualification.version": Words("version du référentiel", "version of the scheme"),
    "transfer.client_informed": Words(
        "information du client sur le transfert", "whether the client was informed of the transfer"
    ),
    "transfer.dpf_checked_at": Words(
        "lecture récente de la liste du cadre de protection des données UE–États-Unis",
        "recent reading of the Data Privacy Framework list",
    ),
    "transfer.dpf_entry": Words(
        "preuve que la décision d’adéquation couvre le destinataire",
        "what shows that the adequacy decision covers the recipient",
    ),
    "transfer.dpf_scope": Words("périmètre de l’inscription du destinataire", "scope of the entry of the recipient"),
    "transfer.in_contract": Words(
        "garanties du transfert inscrites au contrat", "whether the contract holds the safeguards of the transfer"
    ),
    "transfer.measures": Words("mesures supplémentaires du transfert", "supplementary measures of the transfer"),
    "transfer.occasional": Words("caractère occasionnel du transfert", "whether the transfer is occasional"),
    "transfer.scc_fallback": Words(
        "clauses types prévues si la décision d’adéquation tombait",
        "standard clauses ready should the adequacy decision fall",
    ),
    "transfer.tia_date": Words("date de l’analyse d’impact du transfert", "day of the transfer impact assessment"),
    "transfer.tool": Words("fondement de chaque transfert hors de l’EEE", "tool of each transfer outside the EEA"),
    "transparency.hds_checked_at": Words(
        "date de lecture de la page publique de l’hébergeur", "day on which the host’s public page was read"
    ),
    "transparency.hds_page_url": Words(
        "page publique de l’hébergeur sur les accès de pays tiers",
        "the host’s public page on access from third countries",
    ),
    "transparency.hds_statement": Words(
        "mention que porte la page publique de l’hébergeur", "statement made by the host’s public page"
    ),
    "transparency.sren33_in_contract": Words(
        "mention au contrat de la page de l’article 33", "whether the contract refers to the page of article 33"
    ),
    "transparency.sren33_url": Words(
        "page publique de l’article 33 de la loi SREN", "public page of article 33 of the SREN law"
    ),
}
"""Every fact that a verdict may name as missing, in the words of a committee."""

SREN = date(2024, 5, 23)
"""The first day of loi n° 2024-449; before it nobody was bound by its article 31."""

_CLOUD = (HostingModel.COMMERCIAL_CLOUD, HostingModel.MANAGED, HostingModel.SAAS)
_EVIDENCED = (Grade.API, Grade.DNS, Grade.CONTRACT)

_MODEL_WORDS = {
    HostingModel.ON_PREMISES_OWN: Words("hébergement en propre", "hosted by the controller itself"),
    HostingModel.STATE_CLOUD: Words("nuage interne de l’État", "internal cloud of the State"),
    HostingModel.COMMERCIAL_CLOUD: Words("nuage d’un prestataire privé", "cloud of a private provider"),
    HostingModel.MANAGED: Words("infogérance par un prestataire privé", "managed by a private provider"),
    HostingModel.COLOCATION: Words("colocation", "colocation"),
    HostingModel.SAAS: Words("logiciel en ligne d’un prestataire privé", "software as a service of a private provider"),
}


def lacking(name: str, source: Source | None = None) -> Unknown:
    """The answer that lacks one fact of ``NAMES``."""
    label = NAMES[name]
    words = Words(f"{label.fr}, fait manquant ({name})", f"{label.en}, missing fact ({name})")
    return Unknown((name,), (words,), (source,) if source else ())


def ask(fact: Observed[bool], name: str, yes: Words, no: Words) -> Answer:
    """A yes-or-no fact as an answer; a proven absence is a "no"."""
    match fact:
        case Known(True, source):
            return Yes((yes,), (source,), source.grade is Grade.DECLARED)
        case Known(_, source) | Absent(source):
            return No((no,), (source,), source.grade is Grade.DECLARED)
        case Unread():
            return lacking(name, fact.source)


def bound(case: Case, law: Law) -> Answer:
    """``in31_body``: whether art. 31 I or IV of loi 2024-449 binds the controller.

    Yes and no come from two closed lists of kinds (parameters ``art31_bound_bodies`` and
    ``art31_unbound_bodies``); every other kind is unknown: the six groups of the decree and the
    operators' annex have to be read for it.
    """
    if law.on < SREN:
        return No((Words("L’article 31 de la loi SREN n’existait pas.", "Article 31 of the SREN law did not exist."),))
    kind = case.dataset.controller.kind
    name = KIND_WORDS[kind]
    if kind.value in law.members("art31_bound_bodies"):
        fr = f"Organisme soumis à l’article 31 de la loi SREN\u202f: {name.fr}."
        return Yes((Words(fr, f"Body bound by article 31 of the SREN law: {name.en}."),))
    if kind.value in law.members("art31_unbound_bodies"):
        fr = f"Organisme que l’article 31 de la loi SREN ne vise pas\u202f: {name.fr}."
        return No((Words(fr, f"Body that article 31 of the SREN law does not name: {name.en}."),))
    fr = f"Soumission à l’article 31 non établie pour cette nature d’organisme\u202f: {name.fr} (controller.kind)."
    en = f"Whether article 31 binds this kind of body is not settled: {name.en} (controller.kind)."
    return Unknown(("controller.kind",), (Words(fr, en),))


def protected_data(case: Case) -> Answer:
    """First limb of art. 31: a secret protected by law, or essential missions of the State.

    Health data of identified or pseudonymous persons meet it through medical secrecy (CRPA L.311-6).
    """
    dataset = case.dataset
    return any_of(
        _some_listed(
            dataset.secret,
            "dataset.secret",
            Words("Un secret protégé par la loi couvre ces données.", "A secret protected by law covers these data."),
            Words("Aucun secret protégé par la loi n’est déclaré.", "No secret protected by law is declared."),
        ),
        _medical_secrecy(case),
        _essential(dataset.essential_mission),
    )


def _medical_secrecy(case: Case) -> Answer:
    person: Answer
    match case.dataset.identity:
        case Known(Identity.NOMINATIVE | Identity.PSEUDONYMOUS, source):
            words = Words(
                "Données de santé de personnes identifiées ou pseudonymisées\u202f: secret médical.",
                "Health data of identified or pseudonymous persons: medical secrecy.",
            )
            person = Yes((words,), (source,), source.grade is Grade.DECLARED)
        case Known() | Absent() | Unread() as fact:
            # Anonymity is shown, never declared: without its evidence the person may be re-identified.
            person = lacking("dataset.identity", fact.source)
    about = health(case)
    return No(about.because, about.sources, about.declared) if isinstance(about, No) else all_of(about, person)


def _essential(fact: Observed[bool]) -> Answer:
    yes = Words(
        "Données nécessaires à une mission essentielle de l’État.", "Data needed for an essential State mission."
    )
    no = Words("Aucune mission essentielle de l’État en cause.", "No essential State mission at stake.")
    return ask(fact, "dataset.secret", yes, no)


def harmful_breach(case: Case) -> Answer:
    """Second limb of art. 31, which the owner of the data alone can state."""
    yes = Words(
        "Une violation porterait atteinte à l’un des intérêts de l’article 31.",
        "A breach would harm one of the interests of article 31.",
    )
    no = Words("Le responsable n’attend aucune de ces atteintes.", "The owner expects none of these harms.")
    match case.dataset.breach_harm:
        case Known(words, source):
            declared = source.grade is Grade.DECLARED
            if any(word not in ("none", "unknown") for word in words):
                return Yes((yes,), (source,), declared)
            if words == ("none",):
                return No((no,), (source,), declared)
            return lacking("dataset.breach_harm", source)
        case Absent(source):
            return No((no,), (source,), source.grade is Grade.DECLARED)
        case Unread(source=source):
            return lacking("dataset.breach_harm", source)


def sensitive(case: Case) -> Answer:
    """``sensitive31``: both limbs of art. 31."""
    return all_of(protected_data(case), harmful_breach(case))


def _some_listed(fact: Observed[tuple[str, ...]], name: str, yes: Words, no: Words) -> Answer:
    match fact:
        case Known(words, source) if any(word != "unknown" for word in words):
            return Yes((yes,), (source,), source.grade is Grade.DECLARED)
        case Known((), source) | Absent(source):
            return No((no,), (source,), source.grade is Grade.DECLARED)
        case _:
            return lacking(name, fact.source)


def health(case: Case) -> Answer:
    """Whether the case holds health data: declared, or shown by a store (its kind, name, tags or contents).

    A register that says no against what a store shows leaves it open: neither is set aside.
    """
    proof = next(
        (p.holds_health for p in case.places if isinstance(p.holds_health, Known) and p.holds_health.value), None
    )
    if proof is not None:
        words = Words(
            "Un emplacement montre des données de santé, par son type, son nom, ses étiquettes ou son contenu.",
            "A store shows health data, by its kind, its name, its tags or its contents.",
        )
        if isinstance(case.dataset.health, Known) and not case.dataset.health.value:
            against = Words("Le registre dit qu’il n’y en a pas.", "The register says that there are none.")
            return Unknown(("dataset.health",), (words, against), (proof.source, case.dataset.health.source))
        return Yes((words,), (proof.source,))
    yes = Words("Données de santé.", "Health data.")
    return ask(case.dataset.health, "dataset.health", yes, Words("Pas de données de santé.", "No health data."))


def care_origin(case: Case) -> Answer:
    """Whether the data were collected in prevention, diagnosis, care or follow-up (CSP L.1111-8)."""
    yes = Words(
        "Données recueillies à l’occasion du soin ou du suivi social et médico-social.",
        "Data collected during care or social and medico-social follow-up.",
    )
    no = Words("Données qui ne proviennent pas du soin.", "Data that do not come from care.")
    return ask(case.dataset.care_origin, "dataset.care_origin", yes, no)


def model_of(case: Case, place: Place) -> HostingModel | None:
    """The hosting model of one place, ``None`` when it is not known.

    What was observed or stands in a contract decides alone, and so do the controller's own rooms and
    the State's cloud.  For a place that is only declared, the provider does not tell the arrangement (a
    cloud provider also rents machines and rooms): the declared model completes it, unless both
    contradict each other.
    """
    match place.hosting_model:
        case Known(model) if place.grade in _EVIDENCED or model not in _CLOUD:
            return model
    # Read only where it counts: places that show their own model are judged alike whatever a dataset declares.
    declared = case.dataset.hosting.model
    if not isinstance(declared, Known):
        return None
    if isinstance(place.hosting_model, Known) and declared.value not in (*_CLOUD, HostingModel.COLOCATION):
        return None
    return declared.value


def in_cloud(case: Case, place: Place) -> Answer:
    """Whether a private provider serves this place as a cloud, managed or software service (SREN art. 31 I)."""
    model = model_of(case, place)
    if model is None:
        return lacking("hosting.model", place.hosting_model.source)
    fact = place.hosting_model if isinstance(place.hosting_model, Known) else case.dataset.hosting.model
    declared = fact.source.grade is Grade.DECLARED
    words = (_MODEL_WORDS[model],)
    return Yes(words, (fact.source,), declared) if model in _CLOUD else No(words, (fact.source,), declared)


def any_cloud(case: Case) -> Answer:
    """Whether the case has recourse to such a service at all."""
    if case.places:
        return some(case, lambda place: in_cloud(case, place))
    model = case.dataset.hosting.model
    if not isinstance(model, Known) or (case.gaps and model.value not in _CLOUD):
        return lacking("hosting.model", model.source)
    words = (_MODEL_WORDS[model.value],)
    declared = model.source.grade is Grade.DECLARED
    return Yes(words, (model.source,), declared) if model.value in _CLOUD else No(words, (model.source,), declared)


def processor_of(case: Case, place: Place) -> Answer:
    """Whether somebody else hosts this place for the controller (CSP L.1111-8, GDPR art. 28).

    The controller's own rooms are never hosted by a processor.  A place observed at a commercial provider
    always is, whatever the register says.  Elsewhere the register tells.
    """
    own = Words("hébergement en propre, sans sous-traitant", "hosted by the controller itself, no processor")
    by = Words("hébergement par un sous-traitant", "hosted by a processor")
    model = place.hosting_model
    if isinstance(model, Known) and model.value is HostingModel.ON_PREMISES_OWN:
        return No((own,), (model.source,), model.source.grade is Grade.DECLARED)
    observed = isinstance(model, Known) and model.value in _CLOUD and place.grade in _EVIDENCED
    declared = case.dataset.hosting.processor
    if observed:
        denied = Words(
            "hébergement par un sous-traitant, constaté alors que le registre le nie",
            "hosted by a processor, as observed although the register denies it",
        )
        contradicted = isinstance(declared, Absent) or (isinstance(declared, Known) and not declared.value)
        return Yes((denied if contradicted else by,), (model.source,))
    return ask(declared, "hosting.processor", by, own)


def any_processor(case: Case) -> Answer:
    """Whether a processor hosts the case at all."""
    if case.places:
        return some(case, lambda place: processor_of(case, place))
    yes = Words("Hébergement par un sous-traitant.", "Hosted by a processor.")
    no = Words("Hébergement sans sous-traitant.", "Hosted without a processor.")
    answer = ask(case.dataset.hosting.processor, "hosting.processor", yes, no)
    return lacking("hosting.processor") if case.gaps and isinstance(answer, No) else answer


def hds_scope(case: Case) -> Answer:
    """Whether CSP L.1111-8 asks for a certified host: health data from care, hosted by a processor."""
    return all_of(health(case), care_origin(case), any_processor(case))


def listed(words: Sequence[str]) -> str:
    """``FR, US``: sorted and comma separated."""
    return ", ".join(sorted(words))


KIND_WORDS: dict[ControllerKind, Words] = {
    ControllerKind.STATE_ADMIN: Words("administration de l’État", "State administration"),
    ControllerKind.STATE_OPERATOR: Words("opérateur de l’État", "State operator"),
    ControllerKind.GIP_LISTED: Words("GIP désigné par le décret", "public interest group named by the decree"),
    ControllerKind.GIP_OTHER: Words("autre GIP", "other public interest group"),
    ControllerKind.HDH: Words("Plateforme des données de santé", "Health Data Hub"),
    ControllerKind.SOCIAL_SECURITY: Words("organisme de sécurité sociale", "social security body"),
    ControllerKind.PUBLIC_HOSPITAL: Words("établissement public de santé", "public hospital"),
    ControllerKind.PRIVATE_HOSPITAL: Words("établissement de santé privé", "private hospital"),
    ControllerKind.LIBERAL: Words("professionnel libéral", "self-employed practitioner"),
    ControllerKind.LOCAL_AUTHORITY: Words("collectivité territoriale", "local authority"),
    ControllerKind.RESEARCH_BODY: Words("organisme de recherche", "research body"),
    ControllerKind.PRIVATE_COMPANY: Words("entreprise privée", "private company"),
    ControllerKind.UNKNOWN: Words("nature inconnue", "unknown kind"),
}
