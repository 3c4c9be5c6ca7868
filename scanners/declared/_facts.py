"""What the register says of a dataset, group by group."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial

from model.datasets import (
    Access,
    AccessLog,
    Anonymity,
    Art31Derogation,
    Contract,
    Controller,
    ControllerKind,
    Dataset,
    Formality,
    Hosting,
    HostingModel,
    Identity,
    KeyHolding,
    QualificationClaim,
    undeclared,
)
from model.reading import Node
from scanners.declared import _governance, _sovereignty, _transfers
from scanners.declared._answers import (
    Reading,
    Table,
    activity,
    count,
    country,
    in_order,
    listed,
    table,
    text,
    word,
    yes,
)

FACTS = (
    "health", "care_origin", "identity", "snds", "eds", "eds_public_interest", "secret", "essential_mission",
    "breach_harm", "persons", "diagnosis_code", "medical_control",
)  # fmt: skip

GROUPS = (
    "facts", "hosting", "places_complete", "access", "keys", "transfers", "formality", "contract", "anonymity",
    "access_log", "access_authority", "qualification_claims", "derogation", "transparency",
    *_governance.GROUPS,
    *_sovereignty.GROUPS,
)  # fmt: skip

_ACCESS = ("admin_countries", "support_countries", "list_complete", "support_supervised", "roles", "exceptional")

_CLAIM = (
    "scheme", "version", "service_id", "activities", "status", "issued", "expires", "evidence", "document", "checked_at"
)  # fmt: skip

_DEROGATION = (
    "project_engaged_at", "minister", "pm_validated_at", "published_url", "acceptable_offer_at", "granted_at", "ends_at"
)  # fmt: skip


def controller(node: Node | None, default: Controller) -> Controller:
    """The controller at ``node``, or ``default`` when there is none.

    A kind that the register calls unknown is that of ``default`` when both are the same body by name.
    """
    if node is None or node.is_null:
        return default
    nodes = node.mapping(required=("name", "kind"))
    name, kind = text(nodes["name"]), nodes["kind"].choice(ControllerKind)
    same = default.name.casefold() in ("", name.casefold())
    return Controller(name, default.kind if same and kind is ControllerKind.UNKNOWN else kind)


def dataset(reading: Reading, node: Node, id: str, title: str, responsible: Controller) -> Dataset:
    """The dataset at ``node`` with every fact that the register states.  Its selectors and places come later."""
    of: Callable[[str, tuple[str, ...]], Table] = partial(table, reading, node)
    itself = Table(reading, node, node.entries())
    facts = of("facts", FACTS)
    return replace(
        undeclared(id, title, responsible, reading.source(node)),
        health=facts.said("health", yes),
        care_origin=facts.said("care_origin", yes),
        identity=facts.said("identity", lambda n: n.choice(Identity)),
        snds=facts.said("snds", yes),
        eds=facts.said("eds", yes),
        eds_public_interest=facts.said("eds_public_interest", yes),
        secret=facts.said("secret", listed(text)),
        essential_mission=facts.said("essential_mission", yes),
        breach_harm=facts.said("breach_harm", _harm),
        persons=facts.said("persons", count),
        diagnosis_code=facts.said("diagnosis_code", yes),
        medical_control=facts.said("medical_control", yes),
        hosting=_hosting(of("hosting", ("model", "processor", "activities", "archive"))),
        places_complete=itself.said("places_complete", yes),
        access=_access(reading, of("access", _ACCESS)),
        keys=_keys(of("keys", ("holder", "country", "plaintext_in_service", "eu_controlled"))),
        transfers=itself.said("transfers", listed(partial(_transfers.transfer, reading))),
        formality=_formality(of("formality", ("regime", "reference", "date", "expires"))),
        contract=_contract(
            of(
                "contract",
                (
                    "hds_clauses",
                    "third_law_list",
                    "residual_risk",
                    "art28",
                    "art48_clause",
                    "reversibility",
                    "art31_clause",
                    "mitigations",
                ),
            )
        ),
        anonymity=_anonymity(of("anonymity", ("criteria", "document", "date"))),
        access_log=_access_log(of("access_log", ("exists", "per_person", "retention_months", "last_review"))),
        access_authority=itself.said("access_authority", text),
        claims=_claims(reading, node),
        derogation=_derogation(reading, node),
        exposure_note=_sovereignty.exposure_note(reading, node),
        sovereignty=_sovereignty.sovereignty(reading, node),
        homologation=_governance.homologation(of),
        purchase=_governance.purchase(of),
        copies=_governance.copies(of),
        transparency=_transfers.transparency(of("transparency", _transfers.TRANSPARENCY)),
        exports=_governance.exports(of),
    )


def _hosting(said: Table) -> Hosting:
    return Hosting(
        said.said("model", lambda node: node.choice(HostingModel)),
        said.said("processor", yes),
        said.said("activities", listed(activity)),
        said.said("archive", yes),
    )


def _access(reading: Reading, said: Table) -> Access:
    return Access(
        admin_countries=said.said("admin_countries", listed(country)),
        support_countries=said.said("support_countries", listed(country)),
        list_complete=said.said("list_complete", yes),
        support_supervised=said.said("support_supervised", yes),
        roles=_governance.roles(reading, said),
        exceptional=said.said("exceptional", yes),
    )


def _keys(said: Table) -> KeyHolding:
    return KeyHolding(
        said.said("holder", text),
        said.said("country", country),
        said.said("plaintext_in_service", yes),
        said.said("eu_controlled", yes),
    )


def _formality(said: Table) -> Formality:
    in_order(said.nodes, "date", "expires")
    return Formality(
        said.said("regime", text), said.said("reference", text), said.said("date", _day), said.said("expires", _day)
    )


def _contract(said: Table) -> Contract:
    return Contract(
        hds_clauses=said.said("hds_clauses", listed(text)),
        third_law_list=said.said("third_law_list", yes),
        residual_risk=said.said("residual_risk", yes),
        art28=said.said("art28", yes),
        art48_clause=said.said("art48_clause", yes),
        reversibility=said.said("reversibility", yes),
        art31_clause=said.said("art31_clause", yes),
        mitigations=said.said("mitigations", yes),
    )


def _anonymity(said: Table) -> Anonymity:
    return Anonymity(said.said("criteria", _criteria), said.said("document", text), said.said("date", _day))


def _access_log(said: Table) -> AccessLog:
    return AccessLog(
        said.said("exists", yes),
        said.said("per_person", yes),
        said.said("retention_months", count),
        said.said("last_review", _day),
    )


def _claims(reading: Reading, node: Node) -> tuple[QualificationClaim, ...]:
    claims = node.entries().get("qualification_claims")
    return tuple(_claim(reading, item) for item in claims.items()) if claims else ()


def _claim(reading: Reading, node: Node) -> QualificationClaim:
    said = Table(reading, node, node.mapping(optional=_CLAIM), "qualification_claims")
    in_order(said.nodes, "issued", "expires")
    return QualificationClaim(
        scheme=said.said("scheme", word("secnumcloud", "hds", "iso27001", "eucs", "other")),
        version=said.said("version", text),
        service_id=said.said("service_id", text),
        activities=said.said("activities", listed(activity)),
        status=said.said("status", word("granted", "in_progress", "suspended", "withdrawn", "refused", "expired")),
        issued_on=said.said("issued", _day),
        expires_on=said.said("expires", _day),
        evidence=said.said("evidence", word("certificate", "official_list", "contract", "declared")),
        document=said.said("document", text),
        checked_on=said.said("checked_at", _day),
    )


def _derogation(reading: Reading, node: Node) -> Art31Derogation | None:
    claimed = node.entries().get("derogation")
    if claimed is None or claimed.is_null:
        return None
    said = Table(reading, claimed, claimed.mapping(optional=_DEROGATION), "derogation")
    in_order(said.nodes, "granted_at", "ends_at")
    return Art31Derogation(
        project_engaged_on=said.said("project_engaged_at", _day),
        minister=said.said("minister", text),
        pm_validated_on=said.said("pm_validated_at", _day),
        published_url=said.said("published_url", text),
        acceptable_offer_on=said.said("acceptable_offer_at", _day),
        granted_on=said.said("granted_at", _day),
        ends_on=said.said("ends_at", _day),
    )


def _harm(node: Node) -> tuple[str, ...]:
    harms = listed(word("ordre_public", "securite_publique", "sante_vie", "propriete_intellectuelle", "none"))(node)
    if "none" in harms and len(harms) > 1:
        raise node.fail('"none" stands alone: remove it, or the other words')
    return harms


def _criteria(node: Node) -> tuple[bool, ...]:
    """The three criteria of WP216: no singling out, no linking, no inference."""
    criteria = tuple(item.boolean() for item in node.items())
    if len(criteria) != 3:
        raise node.fail(f"expected three of true or false (singling out, linking, inference), found {len(criteria)}")
    return criteria


def _day(node: Node) -> date:
    return node.date()
