"""The committee edition: structure that assistive tools rely on, nothing loaded from elsewhere, nothing obeyed."""

from __future__ import annotations

import re
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

import reports
from model.assessment import Location
from model.observed import Reason, Unread
from reports import committee
from tests.reports.estate import HOSTILE, READ_AT, REGION, clean, hospital, many_findings

VOID = {"meta", "br", "rect", "link", "img", "input"}


@dataclass
class Page(HTMLParser):
    """What a page holds, as a browser would read it."""

    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    mismatched: list[str] = field(default_factory=list)
    headings: list[tuple[int, str]] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    tables: list[Counter[str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        within = "svg:" if "svg" in self.open else ""
        self.tags.append((f"{within}{tag}", dict(attrs)))
        if tag == "table":
            self.tables.append(Counter())
        elif "table" in self.open:
            self.tables[-1][tag] += 1
        if re.fullmatch("h[1-6]", tag):
            self.headings.append((int(tag[1]), ""))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.mismatched.append(tag)

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text.append(data)
        if self.headings and any(re.fullmatch("h[1-6]", tag) for tag in self.open):
            level, text = self.headings[-1]
            self.headings[-1] = (level, text + data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def page(assessment: object = None, lang: str = "fr") -> Page:
    read = Page()
    read.feed(source(assessment, lang))
    read.close()
    return read


def source(assessment: object = None, lang: str = "fr") -> str:
    return b"".join(committee.render(assessment or hospital(), lang)).decode()


def flat(read: Page) -> str:
    return re.sub(r"[ \n]+", " ", "".join(read.text))


CASES = [hospital(), clean(), many_findings(3)]
NAMED = ["hospital", "clean", "many findings"]


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("assessment", CASES, ids=NAMED)
def test_every_element_is_closed_where_it_was_opened(assessment, lang):
    read = page(assessment, lang)

    assert read.mismatched == []
    assert read.open == []


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_page_has_one_of_each_landmark_a_title_and_its_language(lang):
    read = page(lang=lang)

    for tag in ("header", "nav", "main", "footer", "h1", "title"):
        assert len(read.all(tag)) == 1
    assert read.all("html") == [{"lang": lang}]
    assert read.tags[next(i for i, (tag, _) in enumerate(read.tags) if tag == "body") + 1][1]["class"] == "skip"


@pytest.mark.parametrize("assessment", CASES, ids=NAMED)
def test_headings_never_skip_a_level(assessment):
    levels = [level for level, _ in page(assessment).headings]

    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("assessment", CASES, ids=NAMED)
def test_every_table_has_a_caption_and_scoped_heads_and_scrolls_in_a_named_region(assessment):
    read = page(assessment)
    regions = [one for one in read.all("div") if str(one.get("class")).startswith("scroll")]
    captions = {one["id"] for one in read.all("caption")}

    assert len(read.tables) == len(regions) == len(captions)
    assert all(table["caption"] == 1 and table["th"] for table in read.tables)
    assert all(one.get("scope") in ("col", "row", "rowgroup") for one in read.all("th"))
    assert {str(one["aria-labelledby"]).split()[0] for one in regions} == captions
    assert {(one["role"], one["tabindex"]) for one in regions} == {("region", "0")}


@pytest.mark.parametrize("assessment", CASES, ids=NAMED)
def test_ids_are_unique_and_every_link_within_the_page_arrives(assessment):
    read = page(assessment)
    ids = [attributes["id"] for _, attributes in read.tags if "id" in attributes]
    targets = {one["href"] for one in read.all("a") if str(one.get("href")).startswith("#")}
    named = {one for _, a in read.tags for one in str(a.get("aria-labelledby") or "").split()}

    assert len(ids) == len(set(ids))
    assert {f"#{id}" for id in ids} >= targets
    assert set(ids) >= named


def test_gaps_beyond_the_cut_are_counted_and_nothing_links_to_them():
    held = hospital()
    gaps = tuple(replace(held.gaps[0], scope=f"bucket {n}") for n in range(1_200))
    worst = replace(held.judgement.datasets[1], gaps=tuple(gap.id for gap in reversed(gaps)))
    judgement = replace(held.judgement, datasets=(held.judgement.datasets[0], worst))
    read = page(replace(held, gaps=gaps, judgement=judgement))
    ids = {attributes["id"] for _, attributes in read.tags if "id" in attributes}

    assert "… et 200 de plus, dans l’édition JSON" in flat(read)
    assert {str(one["href"]) for one in read.all("a") if str(one["href"]).startswith("#")} <= {f"#{id}" for id in ids}


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_nothing_is_loaded_from_anywhere_and_nothing_runs(lang):
    written = source(lang=lang)
    read = page(lang=lang)

    assert not {tag for tag, _ in read.tags} & {"script", "link", "img", "iframe", "object", "embed", "form", "base"}
    assert not [a for _, a in read.tags if set(a) & {"src", "srcset", "action", "background", "poster"}]
    assert not [name for _, a in read.tags for name in a if name.startswith("on")]
    assert not re.search(r"@import|@font-face|url\((?!#)", written)
    policy = next(a for a in read.all("meta") if a.get("http-equiv") == "Content-Security-Policy")
    assert str(policy["content"]).startswith("default-src 'none'; style-src 'unsafe-inline'")
    for one in read.all("a"):
        assert str(one["href"]).startswith(("#", "https://"))
        assert str(one["href"]).startswith("#") or "noreferrer" in str(one["rel"])


@pytest.mark.parametrize("assessment", CASES, ids=NAMED)
def test_a_picture_has_a_title_a_sentence_and_a_table_or_is_hidden_since_words_beside_it_say_the_same(assessment):
    read = page(assessment)
    told = [one for one in read.all("svg") if one.get("role") == "img"]
    ids = {attributes["id"] for _, attributes in read.tags if "id" in attributes}

    assert {"carte-europe-titre", "carte-world-titre", "rubans-titre"} <= {one["aria-labelledby"] for one in told}
    assert {str(one[name]) for one in told for name in ("aria-labelledby", "aria-describedby")} <= ids
    assert {"t-pays", "t-rubans"} <= ids
    assert all(one.get("aria-hidden") == "true" for one in read.all("svg") if one not in told)


def test_a_verdict_is_never_told_by_colour_alone():
    written = source()
    pills = re.findall(r'<span class="pill (\w+)">([^<]+)</span>', written)
    styles = (Path(reports.__path__[0]) / "templates" / "committee.css").read_text(encoding="utf-8")

    assert {word for word, _ in pills} == {
        "non_compliant", "undetermined", "derogated", "compliant", "not_applicable",
    }  # fmt: skip
    assert all(text.strip() for _, text in pills)
    for word, _ in pills:
        assert f".{word}::before" in styles


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_every_text_colour_stands_out_from_every_background():
    styles = (Path(reports.__path__[0]) / "templates" / "committee.css").read_text(encoding="utf-8")
    named = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", styles))
    backgrounds = [named["paper"], named["wash"], "#fdf7ec", "#f0f7f2"]

    for name in ("ink", "soft", "navy", "link", "red", "amber", "green", "violet", "grey"):
        for background in backgrounds:
            light, dark = sorted((luminance(named[name]), luminance(background)), reverse=True)
            assert (light + 0.05) / (dark + 0.05) >= 4.5, (name, background)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_hostile_names_are_text_and_nothing_else(lang):
    read = page(lang=lang)
    shown = flat(read)

    assert len(HOSTILE) == 10
    assert "<script>alert(1)</script>" in shown
    assert "\\x1b[2J" in shown
    assert "\\u202e" in shown
    assert "Rendez-vous <b>en ligne</b>\\u202e" in shown
    assert not read.all("b")


def test_who_grants_a_right_is_told_in_the_language_of_the_report():
    gap = replace(hospital().gaps[0], who_can_grant="account-administrator:111122223333")
    held = replace(hospital(), gaps=(gap,))

    assert "administrateur du compte 111122223333" in flat(page(held))
    assert "administrator of account 111122223333" in flat(page(held, "en"))


def test_a_template_within_a_name_is_not_run():
    held = hospital()
    named = replace(held.judgement.datasets[0].dataset, title="{{ 7*7 }}{% include '/etc/passwd' %}")
    judged = replace(held.judgement.datasets[0], dataset=named)
    written = flat(
        page(replace(held, judgement=replace(held.judgement, datasets=(judged, held.judgement.datasets[1]))))
    )

    assert "{{ 7*7 }}{% include '/etc/passwd' %}" in written


def test_decisions_come_first_and_the_gravest_leads():
    read = page()
    second = [text for level, text in read.headings if level == 2]
    acts = [
        re.sub(r"\s+", " ", text).strip()
        for level, text in read.headings
        if level == 3 and re.match(r"\s*D-\d\d\b", text)
    ]

    assert second[0] == "Décisions attendues"
    assert acts[0] == "D-01 Supprimer ou relocaliser les copies hors de l’EEE"
    assert [act[:4] for act in acts] == [f"D-{n:02}" for n in range(1, len(acts) + 1)]
    assert any("Renouveler la dérogation D-2025-02" in act for act in acts)
    assert any("Accorder les droits de lecture" in act for act in acts)
    assert any("Rattacher 10 emplacements" in act for act in acts)


def test_a_breach_that_a_derogation_covers_asks_for_no_decision_of_its_own():
    acts = [text for level, text in page().headings if level == 3 and "D-" in text]

    assert not [act for act in acts if "Migrer vers un service qualifié" in act]


def test_each_decision_cites_its_legal_basis_and_the_day_it_binds():
    shown = flat(page())

    assert "Code de la santé publique, art.\u00a0L.1111-8, IV" in shown
    assert "obligation en vigueur depuis le 16\u00a0avril 2026" in shown


def test_nothing_to_decide_is_said_without_claiming_more_than_was_seen():
    assert "Aucune décision n’est appelée par cette édition." in flat(page(clean()))
    blind = replace(clean(), gaps=hospital().gaps)
    assert "Aucune décision n’est appelée par cette édition." not in flat(page(blind))


def test_what_could_not_be_seen_says_what_it_may_hide():
    shown = flat(page())

    assert "lecture\u202f: chu-exports" in shown
    assert "administrateur du compte 111122223333" in shown
    assert "Aucune conformité n’est affirmée" in shown


def test_hds_is_said_to_be_no_label_of_sovereignty_where_foreign_law_reaches():
    assert "La certification HDS n’est pas un label de souveraineté" in flat(page())
    assert "label de souveraineté" not in flat(page(clean()))


def test_what_is_not_verified_is_marked_where_it_is_printed():
    written = source()
    chain = written[written.index('<div class="chain">') : written.index("</ol>", written.index('<div class="chain">'))]

    assert re.search(r"Amazon\.com, Inc\..*?<span class=\"mark\">non vérifié</span>", chain)
    assert "CLOUD Act, 18 USC 2713 (non vérifié)" in flat(page())


def test_an_incomplete_chain_is_never_called_known_to_the_top():
    held = clean()
    where = held.judgement.places[0]
    operator = where.place.operators.value[0]
    part = replace(where.place.operators, value=(replace(operator, chain_complete=False),))
    broken = replace(held.judgement, places=(replace(where, place=replace(where.place, operators=part)),))
    shown = flat(page(replace(held, judgement=broken)))

    assert "chaîne incomplète" in shown
    assert "chaîne connue jusqu’à la société de tête" not in shown


def test_an_unknown_operator_never_reads_as_no_exposure():
    held = clean()
    where = held.judgement.places[0]
    silent = replace(where.place, operators=Unread(Reason.NOT_TOLD, REGION))
    shown = flat(page(replace(held, judgement=replace(held.judgement, places=(replace(where, place=silent),)))))

    assert "Opérateur inconnu pour" in shown
    assert "aucune relevée" not in shown


def test_an_unknown_site_beside_a_known_one_is_said():
    held = clean()
    where = held.judgement.places[0]
    spread = (*where.place.locations, Location("eu-central-9", "", Unread(Reason.NOT_TOLD, REGION)))
    split = replace(where, place=replace(where.place, locations=spread))
    shown = flat(page(replace(held, judgement=replace(held.judgement, places=(split,)))))

    assert "France et pays inconnu" in shown


def test_persons_exposed_are_zero_only_when_nothing_is_left_to_see():
    held = clean()
    blind = replace(held.judgement.datasets[0], gaps=("G-0123456789ab",))
    unsettled = replace(held, judgement=replace(held.judgement, datasets=(blind,)))

    assert "0 Personnes exposées" in flat_figures(held)
    assert "inconnu Personnes exposées" in flat_figures(unsettled)
    assert "Exposition non tranchée\u202f: 1 jeu de données." in flat(page(unsettled))


def flat_figures(assessment: object) -> str:
    """The figures as value and label, as they are read."""
    pairs = re.findall(r"<div><dt>([^<]+)</dt><dd>([^<]+)</dd></div>", source(assessment))
    return " | ".join(f"{value} {label}" for label, value in pairs)


def test_every_number_of_evidence_leads_to_its_source_and_date():
    written = source()
    cited = set(re.findall(r'href="#(E-\d{4})"', written))
    index = dict(re.findall(r'<tr id="(E-\d{4})">.*?<bdi[^>]*>([^<]+)', written))

    assert cited == set(index)
    assert {"s3:ListBuckets", "register.yaml:12"} <= set(index.values())
    assert f"{READ_AT:%Y-%m-%d %H:%M:%S} UTC" in written


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_sentence_is_in_one_language_only(lang):
    french, english = flat(page(lang="fr")), flat(page(lang="en"))

    assert "Reason of HDS-003 in English." in english
    assert "Reason of HDS-003 in English." not in french
    assert "Motif de HDS-003 en français." not in english
    for word in (" the ", " of the ", "undetermined", "non-compliant", "Dataset", "breach", "unknown"):
        assert word not in french
    for word in ("Jeu de données", "indéterminé", "angle mort", "manquement", "inconnu", "Décision attendue"):
        assert word not in english


def test_fourteen_thousand_findings_take_less_than_five_seconds_and_fifteen_megabytes():
    assessment = many_findings(2_000)
    start = time.process_time()
    written = b"".join(committee.render(assessment))

    assert time.process_time() - start < 5
    assert len(written) < 15_000_000


def test_what_a_provider_said_in_english_is_told_by_its_code_in_french():
    refused = replace(hospital().gaps[0], detail="AccessDenied: User is not authorized to perform this")
    held = replace(hospital(), gaps=(refused,))

    assert "AccessDenied" in flat(page(held))
    assert "not authorized" not in flat(page(held))
    assert "User is not authorized to perform this" in flat(page(held, "en"))


def test_the_page_says_how_accessible_it_is():
    assert "Accessibilité\u202f: partiellement conforme" in flat(page())
    assert "Accessibility: partially compliant" in flat(page(lang="en"))
