"""Corrections on top of the shipped data, and what a wrong file is answered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

import catalog
from model.assessment import Place
from model.errors import DocumentError
from model.observed import known
from model.parties import Qualification, QualificationStatus

OPERATOR = """\
format: lexsitus/operator/1
provider: hebergix
name: Hébergix
category: iaas
hosting_model: commercial_cloud
confidence: likely
checked_on: 2026-11-21
operators:
  - {entity: hebergix-sarl, role: contracting, chain_complete: true}
entities:
  - {id: hebergix-sarl, name: Hébergix SARL, seat: FR, confidence: likely, sources: [kbis]}
  - {id: mere, name: Mère SA, seat: FR, confidence: likely, sources: [kbis]}
links:
  - {holder: mere, held: hebergix-sarl, capital_percent: 60, votes_percent: 60, controls: true,
     since: 2020-01-01, until: null, confidence: likely, sources: [kbis]}
sources:
  kbis: {title: Extrait Kbis, seen: 2026-11-01}
"""
REGIONS = """\
code,kind,within,name,countries,unknown_because,city,aliases,partition,status,confidence,checked_on,source
lyon1,region,,Lyon,FR,,Lyon,LYS,,ga,likely,2026-11-21,contract of 2026-01-05
"""
QUALIFICATIONS = """\
format: lexsitus/qualifications/1
scheme: secnumcloud
name: SecNumCloud
matched_by: service
limit_days: 90
validity_years: 3
checked_on: 2026-12-20
list: {edition: 2026-12-15, complete: true, title: Catalogue ANSSI, sources: [pdf]}
references: []
rows:
  - id: snc-scaleway
    providers: [scaleway]
    service: Scaleway SecNumCloud
    status: granted
    version: "3.2"
    issued: 2026-12-10
    expires: 2029-12-10
    seen_on: 2026-12-15
    confidence: certain
    sources: [pdf]
sources:
  pdf: {title: Catalogue ANSSI, url: "https://cyber.gouv.fr", published: 2026-12-15, seen: 2026-12-20}
"""


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        kind, _, stem = name.partition("__")
        path = folder / kind / f"{stem}.{'csv' if kind == 'regions' else 'yaml'}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def test_an_overlay_adds_a_provider_with_its_regions(tmp_path: Path, place: Callable[..., Place]) -> None:
    using = catalog.load(write(tmp_path, operators__hebergix=OPERATOR, regions__hebergix=REGIONS))

    found = place("hebergix", "LYS", using=using)

    assert known(found.locations[0].countries) == ("FR",)
    (operator,) = known(found.operators) or ()
    assert operator.chain_complete
    assert operator.entity.sources[0].what.startswith(str(tmp_path))
    assert "aws" in using.providers()


def test_an_overlay_takes_the_place_of_a_provider(tmp_path: Path, place: Callable[..., Place]) -> None:
    text = OPERATOR.replace("provider: hebergix", "provider: scaleway")
    using = catalog.load(write(tmp_path, operators__scaleway=text))

    (operator,) = known(place("scaleway", "fr-par", using=using).operators) or ()

    assert operator.entity.name == "Hébergix SARL"


def test_an_overlay_adds_qualifications_and_keeps_the_others(
    tmp_path: Path, qualification: Callable[..., Qualification]
) -> None:
    using = catalog.load(write(tmp_path, qualifications__secnumcloud=QUALIFICATIONS))
    on = date(2026, 12, 20)

    scaleway = qualification("secnumcloud", "scaleway", "fr-par", service_id="snc-scaleway", using=using, on=on)
    s3ns = qualification("secnumcloud", "s3ns", "u-france-east1", service_id="snc-s3ns-premi3ns", using=using, on=on)

    assert scaleway.status is QualificationStatus.VALID
    assert s3ns.status is QualificationStatus.VALID
    assert not using.version(on).stale


def test_an_overlay_changes_the_digest(tmp_path: Path) -> None:
    using = catalog.load(write(tmp_path, operators__hebergix=OPERATOR))

    assert using.version(date(2026, 11, 21)).sha256 != catalog.load().version(date(2026, 11, 21)).sha256


def test_a_stray_file_or_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "operator").mkdir()
    (tmp_path / "operator" / "x.yaml").write_text("a: b")

    with pytest.raises(DocumentError, match="no file of a catalog"):
        catalog.load(tmp_path)
    with pytest.raises(DocumentError, match="is no folder"):
        catalog.load(tmp_path / "nowhere")


LINK = OPERATOR[OPERATOR.index("  - {holder") : OPERATOR.index("sources:\n  kbis")]


BACKWARDS = LINK.replace("mere, held: hebergix-sarl", "hebergix-sarl, held: mere")
OPERATED = "  - {entity: hebergix-sarl, role: contracting, chain_complete: true}\n"
FIRST = "seat: FR, confidence: likely, sources: [kbis]}"


@pytest.mark.parametrize(
    ("old", "new", "line", "key", "said"),
    [
        (FIRST, FIRST.replace("FR", "UK"), 11, "entities[0].seat", "the United Kingdom is GB"),
        (FIRST, FIRST.replace("[kbis]", "[]"), 11, "entities[0].sources", "at least one source"),
        (FIRST, FIRST.replace("kbis", "web"), 11, "entities[0].sources[0]", "unknown source 'web'"),
        ("title: Extrait Kbis", "title: background knowledge", 11, "entities[0].confidence", "background"),
        ("id: mere, name", "id: hebergix-sarl, name", 12, "entities[1].id", "described twice"),
        ("holder: mere", "holder: pere", 14, "links[0].holder", "unknown entity 'pere'"),
        ("capital_percent: 60", "capital_percent: 160", 14, "links[0].capital_percent", "0 to 100"),
        ("until: null", "until: 2019-01-01", 15, "links[0].until", "before it starts"),
        (LINK, LINK + LINK, 16, "links[1]", "more than 100 %"),
        (LINK, LINK + BACKWARDS, 16, "links[1]", "controls itself"),
        ("operators:\n" + OPERATED, "operators: []\n", 8, "operators", "needs an operator"),
        ("category: iaas", "category: clouds", 4, "category", "expected one of"),
        ("checked_on: 2026-11-21", "checked_on: hier", 7, "checked_on", "YYYY-MM-DD"),
        ("name: Hébergix\n", "name: Hébergix\nnom: x\n", 4, "nom", "unknown key"),
        ("provider: hebergix", "provider: other", 2, "provider", "other.yaml"),
        ("lexsitus/operator/1", "lexsitus/operator/2", 1, "format", "reads no other"),
    ],
)
def test_a_wrong_provider_file_is_refused_with_its_line_and_key(
    tmp_path: Path, old: str, new: str, line: int, key: str, said: str
) -> None:
    assert old in OPERATOR

    with pytest.raises(DocumentError) as caught:
        catalog.load(write(tmp_path, operators__hebergix=OPERATOR.replace(old, new, 1)))

    assert caught.value.path.endswith("operators/hebergix.yaml")
    assert (caught.value.line, caught.value.key) == (line, key)
    assert said in caught.value.message


@pytest.mark.parametrize(
    ("old", "new", "key", "said"),
    [
        (",FR,", ",XX,", "countries", "no ISO 3166"),
        (",FR,,", ",,,", "unknown_because", "either countries or the reason"),
        ("contract of 2026-01-05", "", "source", "needs a source"),
        ("lyon1,region,,", "lyon1,region,paris,", "within", "only a zone"),
        ("lyon1,region", "lyon1,campus", "kind", "expected one of"),
        ("LYS", "lyon1", "code", "one meaning"),
    ],
)
def test_a_wrong_region_row_is_refused(tmp_path: Path, old: str, new: str, key: str, said: str) -> None:
    text = REGIONS.replace(old, new, 1)
    if key == "code":
        text = REGIONS + REGIONS.splitlines()[1].replace("lyon1", "paris1").replace("LYS", "lyon1") + "\n"

    with pytest.raises(DocumentError) as caught:
        catalog.load(write(tmp_path, operators__hebergix=OPERATOR, regions__hebergix=text))

    assert caught.value.key == key
    assert said in caught.value.message


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("expires: 2029-12-10", "expires: 2026-12-10", "before it starts"),
        ("edition: 2026-12-15", "edition: null", "has an edition"),
        ("status: granted", "status: probable", "expected one of"),
        ("seen_on: 2026-12-15", "activities: [7]", "1 to 6"),
        ("    sources: [pdf]\n", "", "missing key 'sources'"),
    ],
)
def test_a_wrong_qualification_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in QUALIFICATIONS

    with pytest.raises(DocumentError, match=said):
        catalog.load(write(tmp_path, qualifications__secnumcloud=QUALIFICATIONS.replace(old, new, 1)))


def test_files_that_contradict_each_other_are_found_by_the_check(tmp_path: Path) -> None:
    text = OPERATOR.replace("id: mere, name: Mère SA, seat: FR", "id: amazon-com-inc, name: Amazon, seat: FR")
    text = text.replace("holder: mere", "holder: amazon-com-inc").replace(
        "links:", "hosted_on:\n  - {provider: nowhere, confidence: likely, sources: [kbis]}\nlinks:"
    )
    using = catalog.load(write(tmp_path, operators__hebergix=text, regions__ghost=REGIONS))

    said = [problem.message for problem in using.check(date(2026, 11, 21))]

    assert any("provider 'nowhere'" in message for message in said)
    assert any("provider 'ghost'" in message for message in said)
    assert any("seat US, but FR" in message or "seat FR, but US" in message for message in said)


def test_a_complete_chain_with_a_holder_of_unknown_seat_is_found_by_the_check(tmp_path: Path) -> None:
    text = OPERATOR.replace("name: Mère SA, seat: FR", "name: Mère SA, seat: null")
    found = catalog.load(write(tmp_path, operators__hebergix=text)).check(date(2026, 11, 21))

    assert [(problem.key, "complete" in problem.message) for problem in found] == [("entities mere", True)]


def test_the_check_goes_on_after_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    folder = write(tmp_path, operators__hebergix=OPERATOR, regions__hebergix=REGIONS)
    using = catalog.load(folder)
    write(folder, operators__hebergix="format: x", regions__hebergix="code")

    found = using.check(date(2026, 11, 21))

    assert sorted(Path(problem.path).name for problem in found) == ["hebergix.csv", "hebergix.yaml"]
