"""The simplified register of the CNIL, as people fill it: rows moved, cells merged, boxes ticked, much left blank."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from model.datasets import ControllerKind, Identity
from model.errors import DocumentError
from model.observed import Known, Unread, known
from model.places import PlaceKind
from scanners.declared._form import Form
from scanners.declared._forms import read_form
from scanners.declared._writing import as_yaml
from tests.scanners.declared.tables import as_ods, as_xlsx, read, unordered

LIST = [
    [],
    ["", "Registre des traitements du CHU d’Exemple"],
    ["", "Nom / Sigle", "N° / Réf", "Finalité principale", "Dernière mise à jour",
     "Données sensibles", "Transferts hors UE"],
    ["", "Dossier patient", "T-001", "Soins", "05/03/2024", "Oui", "Non"],
    ["", "Paie", "T-002", "Rémunération", date(2026, 9, 1), "Non", "Non"],
]  # fmt: skip
SHEET = [
    ["Description du traitement"],
    ["Nom / sigle", "Dossier patient informatisé"],
    [],
    ["N° / REF", "T-001", "Date de création", date(2023, 1, 2), "Mise à jour", "5/3/2024"],
    ["Acteurs", "Nom", "Adresse", "CP", "Ville", "Pays", "Tel", "Email"],
    ["Responsable du traitement", "CHU d’Exemple", "", "", "", "", "", ""],
    ["Finalité(s) du traitement effectué"],
    ["Finalité principale", "Prise en charge des patients"],
    ["Mesures de sécurité"],
    ["Mesures de sécurité techniques", "Sauvegarde quotidienne, chiffrement des postes"],
    ["Catégories de données personnelles concernées", "Description", "Délai d'effacement"],
    ["Etat civil, identité, données d'identification, images…", "Nom, prénom, INS", "20 ans"],
    ["Vie personnelle (habitudes de vie, situation familiale, etc.)", "", ""],
    ["Données sensibles", "Description", "Délai d'effacement"],
    ["Données de santé", "Diagnostics, traitements", "20 ans"],
    ["Catégories de personnes concernées", "Description"],
    ["Catégorie de personnes 1", "Patients"],
    ["Transferts hors UE", "Destinataire", "Pays", "Type de Garanties", "Lien vers le doc"],
    ["Organisme destinataire 1", "Support Inc.", "États-Unis", "Clauses contractuelles types", ""],
    ["Organisme destinataire 2", "", "", "", ""],
]
BOXES = [
    ["Fiche de registre de l'activité : Cohorte Respire"],
    ["Date de dernière mise à jour de la fiche", "2026-10-01"],
    ["Objectifs poursuivis"],
    ["Étudier l’asthme de l’enfant"],
    ["Catégories de données collectées"],
    ["☐ État-civil, identité, données d'identification, images"],
    ["☒ Vie personnelle"],
    ["Des données sensibles sont-elles traitées ? ☒ Oui ☐ Non"],
    ["Si oui, lesquelles ? : données de santé"],
    ["Des données personnelles sont-elles transmises hors de l'Union européenne ? ☐ Oui ☒ Non"],
    ["☒ Mesures de traçabilité. Précisez la nature des traces : journaux"],
    ["☐ Sauvegarde des données. Décrivez les modalités :"],
]
BLANK = [[row[0]] for row in SHEET if row]
WHOLE = {"Liste": LIST, "DPI": SHEET, "Modèle de fiche": BLANK, "Recherche": BOXES}


def padded(sheets: dict[str, list[list[Any]]]) -> dict[str, list[list[Any]]]:
    return {name: [row or [""] for row in rows] for name, rows in sheets.items()}


@pytest.fixture(params=["registre.xlsx", "registre.ods"])
def form(request: pytest.FixtureRequest) -> Form:
    write = as_xlsx if request.param.endswith("xlsx") else as_ods
    return read_form(write(padded(WHOLE)), request.param)


def fiche(*rows: list[Any], **changes: Any) -> Any:
    """The one dataset of a register whose sheet has these rows besides a name and a purpose."""
    sheet = [["Nom / sigle", "Essai"], ["Finalité principale", "Soins"], ["Catégorie de personnes 1", "Patients"]]
    return read(as_xlsx({"Fiche": [*sheet, *rows]}), "r.xlsx")


def test_each_processing_is_a_dataset_once_whether_it_has_a_sheet_or_a_line(form: Form) -> None:
    datasets = read(as_yaml(form), "r.yaml").datasets

    assert [(one.id, one.title) for one in datasets] == [
        ("T-001", "Dossier patient informatisé"),
        ("Cohorte-Respire", "Cohorte Respire"),
        ("T-002", "Paie"),
    ]
    assert (form.kind, form.updated) == (
        "cnil",
        {"T-001": date(2024, 3, 5), "Cohorte-Respire": date(2026, 10, 1), "T-002": date(2026, 9, 1)},
    )


def test_what_the_model_says_becomes_facts_with_their_cells(form: Form) -> None:
    name = form.root.path
    found = read(as_xlsx(padded(WHOLE)), "registre.xlsx") if name.endswith("xlsx") else read(
        as_ods(padded(WHOLE)), "registre.ods")  # fmt: skip
    dpi, cohort, pay = found.datasets

    assert (known(dpi.health), known(dpi.identity)) == (True, Identity.NOMINATIVE)
    assert dpi.health.source.what == f"{name}:DPI!B15"
    assert (known(cohort.health), known(cohort.access_log.exists), known(cohort.transfers)) == (True, True, ())
    assert isinstance(cohort.identity, Unread)
    assert (known(pay.health), known(pay.transfers)) == (False, ())
    assert isinstance(dpi.transfers, Known)
    (transfer,) = dpi.transfers.value
    assert (transfer.country, transfer.recipient, transfer.tool) == ("US", "Support Inc.", "art46_scc")
    assert (dpi.controller.name, dpi.controller.kind) == ("CHU d’Exemple", ControllerKind.UNKNOWN)


def test_a_backup_is_a_place_of_which_nothing_is_known(form: Form) -> None:
    (store,) = read(as_yaml(form), "r.yaml").stores

    assert (store.id, store.role) == ("register:T-001/sauvegardes", PlaceKind.BACKUP)
    assert isinstance(store.provider, Unread)
    assert isinstance(store.sites, Unread)


def test_what_no_fact_holds_is_listed_with_its_cell_and_kept_as_comments(form: Form) -> None:
    told = {(one.label, one.value) for one in form.unmapped}

    assert ("Finalité principale", "Prise en charge des patients") in told
    assert ("Données de santé", "Diagnostics, traitements") in told
    assert ("Catégorie de personnes 1", "Patients") in told
    assert not {"Description", "Délai d'effacement", "États-Unis"} & {value for _, value in told}
    assert "Étudier l’asthme de l’enfant" in as_yaml(form)


def test_the_yaml_that_it_becomes_says_the_same(form: Form) -> None:
    write = as_xlsx if form.root.path.endswith("xlsx") else as_ods

    assert unordered(read(as_yaml(form), "r.yaml")) == unordered(read(write(padded(WHOLE)), form.root.path))


@pytest.mark.parametrize(
    ("rows", "health"),
    [
        ([["Données de santé", "Oui"]], True),
        ([["Données de santé", "x"]], True),
        ([["Données de santé", "pathologies suivies"]], True),
        ([["DONNEES DE SANTE", "", "☒"]], True),
        ([["Données de santé", "Non"]], False),
        ([["Données de santé", "Néant"]], False),
        ([["Données de santé", "Non identifiantes, mais pathologies"]], None),
        ([["Données de santé"]], None),
        ([["Données de santé", "☐"]], None),
        ([["Données sensibles", "Oui"]], None),
        ([["Des données sensibles sont-elles traitées ?", "Non"]], False),
        ([["Des données sensibles sont-elles traitées ?", "Non"], ["Données de santé", "Oui"]], True),
        ([["Données génétiques", "Oui"]], None),
    ],
)
def test_only_what_is_written_counts(rows: list[list[str]], health: bool | None) -> None:
    (found,) = fiche(*rows).datasets

    assert known(found.health) is health


@pytest.mark.parametrize(
    ("rows", "transfers"),
    [
        ([["Transferts hors UE", "Non"]], ()),
        ([["Transferts hors UE", "Oui"]], None),
        ([["Transferts hors UE"]], None),
        ([["Organisme destinataire 1", "Exemple Ltd", "Inde", "BCR"]], (("IN", "Exemple Ltd", "art46_bcr"),)),
        ([["Organisme destinataire 1", "Exemple SA", "Suisse", "adéquation"]], (("CH", "Exemple SA", "art45"),)),
        ([["Transferts hors UE", "Exemple Inc.", "États-Unis", "CCT"]], (("US", "Exemple Inc.", "art46_scc"),)),
        ([["Organisme destinataire 1", "Exemple Inc.", "USA"]], (("US", "Exemple Inc.", "unknown"),)),
        ([["Organisme destinataire 1", "Exemple", "hors Europe", "CCT"]], None),
        ([["Transferts hors UE", "Non"], ["Organisme destinataire 1", "Exemple", "ailleurs"]], None),
        ([["Organisme destinataire 1", "A", "US", "SCC"], ["Organisme destinataire 2", "B", "?", "SCC"]], None),
    ],
)  # fmt: skip
def test_transfers_are_known_whole_or_not_at_all(rows: list[list[str]], transfers: Any) -> None:
    (found,) = fiche(*rows).datasets
    told = known(found.transfers)

    assert (told if told is None else tuple((one.country, one.recipient, one.tool) for one in told)) == transfers


@pytest.mark.parametrize(
    ("row", "exists"),
    [
        (["Mesures de traçabilité", "Oui"], True),
        (["☒ Mesures de traçabilité. Précisez la nature des traces :", "connexions"], True),
        (["Mesures de traçabilité", "à mettre en place"], None),
        (["☐ Mesures de traçabilité", ""], None),
    ],
)
def test_a_log_exists_when_its_box_is_ticked_and_not_when_it_is_only_described(
    row: list[str], exists: bool | None
) -> None:
    (found,) = fiche(row).datasets

    assert known(found.access_log.exists) is exists


def test_two_references_are_two_processings_and_health_data_told_anywhere_count() -> None:
    first = [["Nom / sigle", "Suivi"], ["Référence", "A1"], ["Finalité principale", "x"], ["Données de santé", "Non"]]
    second = [["Nom / sigle", "Suivi"], ["Référence", "A2"], ["Finalité principale", "x"]]
    again = [["Nom / sigle", "Suivi bis"], ["Référence", "A1"], ["Finalité principale", "x"], ["Données de santé", "x"]]

    found = read(as_xlsx({"1": first, "2": second, "3": again}), "r.xlsx").datasets

    assert [(one.id, known(one.health)) for one in found] == [("A1", True), ("A2", None)]


def test_moved_rows_and_merged_labels_say_the_same() -> None:
    moved = [SHEET[0], *reversed(SHEET[1:17]), *SHEET[17:]]
    shifted = [["", "", *row] for row in SHEET]

    wanted = unordered(read(as_xlsx(padded({"F": SHEET})), "r.xlsx"))

    assert unordered(read(as_xlsx(padded({"F": moved})), "r.xlsx")) == wanted
    assert unordered(read(as_xlsx(padded({"F": shifted}), {"F": "C2:C3"}), "r.xlsx")) == wanted


def test_a_register_without_any_processing_is_told() -> None:
    with pytest.raises(DocumentError, match="no processing is filled in"):
        read(as_xlsx({"Modèle": BLANK}), "r.xlsx")


def test_the_kind_of_the_configuration_counts_for_the_same_body() -> None:
    from model.datasets import Controller
    from scanners.declared._register import observations
    from tests.scanners.declared.tables import NOW

    root = read_form(as_xlsx(padded({"F": SHEET})), "r.xlsx").root
    same = observations(root, NOW, "r", Controller("CHU d’exemple", ControllerKind.PUBLIC_HOSPITAL))
    other = observations(root, NOW, "r", Controller("Clinique", ControllerKind.PRIVATE_HOSPITAL))

    assert same.datasets[0].controller.kind is ControllerKind.PUBLIC_HOSPITAL
    assert other.datasets[0].controller.kind is ControllerKind.UNKNOWN
