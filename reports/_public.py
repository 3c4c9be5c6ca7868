"""The public edition: the same verdicts and counts, without the names by which the estate could be recognised.

One redaction of the assessment serves every report, so that no format can forget it.  Stores and targets become
numbers, in the order of their ids; accounts, tags, keys, people, documents and free texts are left out; sentences lose
every word that names one of them.  Datasets, companies, countries, provider regions, rules, verdicts and dates stay.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any, TypeVar

from model.assessment import Assessment, Place
from model.changes import About
from model.codec import encode
from model.datasets import Dataset, Derogation, Flow, Notice, undeclared
from model.health import Signal
from model.observed import Absent, Grade, Known, Source, Unread, known
from model.places import Copy, Gap, Key, Store
from reports._selection import designated
from reports._words import LANGUAGES, language

T = TypeVar("T")

HIDDEN = "[…]"
WITHHELD = ("stores", "accounts", "targets", "tags", "keys", "people", "documents", "flows", "gaps", "register")
"""What a public edition leaves out, as the keys of the sentences that say so."""

_CALL = re.compile(r"[a-z0-9-]+:[A-Za-z0-9]+\Z")
_LINE = re.compile(r":(\d+)\)?\Z")
_RIGHT = re.compile(r"[A-Za-z0-9_.:/*-]+\Z")
_EDGES = "«»“”\"'’()[]{}<>,;:.!?\u202f\u00a0"
_SHAPES = re.compile(
    r"arn:\S+|/subscriptions/\S+|//\S+|(?:projects|folders|organizations)/\S+|\b\d{12}\b"
    r"|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\b\d{1,3}(?:\.\d{1,3}){3}\b"
)
_SHORTEST = 3
_PUBLISHED = (About.DATASET, About.RULE)


def public(assessment: Assessment, sha256: str) -> Assessment:
    """The assessment without identifiers; ``sha256`` is the digest of the full edition, to which it refers."""
    names = _Names()
    names.learn(assessment)
    stores = _PublicStores(assessment, names)
    hide = _Hide(names)
    judgement = assessment.judgement
    gaps, renamed = hide.gaps(assessment.gaps)
    designations = stores.designations()
    datasets = tuple(
        replace(
            hide.all(judged),
            dataset=hide.dataset(judged.dataset, designations.get(judged.dataset.id, ())),
            gaps=tuple(renamed[id] for id in judged.gaps if id in renamed),
        )
        for judged in judgement.datasets
    )
    loose = judgement.unattached
    return replace(
        assessment,
        header=replace(assessment.header, withheld_from=sha256, first_seen={}),
        judgement=replace(
            judgement,
            datasets=datasets,
            unattached=loose
            and replace(
                hide.all(loose),
                dataset=hide.dataset(loose.dataset, ()),
                gaps=tuple(renamed[id] for id in loose.gaps if id in renamed),
            ),
            places=hide.all(judgement.places),
            derogations=hide.all(judgement.derogations),
            warnings=hide.all(judgement.warnings),
        ),
        gaps=gaps,
        flows=hide.all(assessment.flows),
        forecast=hide.all(assessment.forecast),
        # Counts stay; of the changes themselves, those of datasets and rules, which name no store.
        changes=assessment.changes
        and replace(
            assessment.changes, first=tuple(one for one in assessment.changes.first if one.about in _PUBLISHED)
        ),
        stores=stores,
    )


@dataclass(slots=True)
class _Names:
    """Every word that must not be printed: single words, and phrases of several."""

    words: set[str] = field(default_factory=set)
    phrases: set[str] = field(default_factory=set)
    targets: dict[str, str] = field(default_factory=dict)
    ranks: dict[str, str] = field(default_factory=dict)
    _pattern: re.Pattern[str] | None = None
    _common: frozenset[str] = frozenset()

    def learn(self, assessment: Assessment) -> None:
        """Reads the whole estate once."""
        judgement = assessment.judgement
        targets = {judged.place.target for judged in judgement.places} | {gap.target for gap in assessment.gaps}
        self.targets = {target: f"target-{rank}" for rank, target in enumerate(sorted(targets), 1)}
        for store, _ in assessment.stores:
            self.ranks[store.id] = f"store-{len(self.ranks) + 1:07}"
            self._hide(store.id, store.name, store.account, store.id.rpartition(":")[2], store.id.rpartition("/")[2])
            self._hide(*(value for _, value in known(store.tags) or ()), *(known(store.shared_with) or ()))
            key = known(store.key)
            self._hide(*(key.id, key.account) if key else ())
        for gap in assessment.gaps:
            self._hide(gap.account, gap.store, gap.target)
        for flow in assessment.flows:
            self._hide(flow.id, flow.origin, flow.means, flow.destination, known(flow.decision) or "")
        for judged in judgement.derogations:
            self._hide(judged.derogation.owner, judged.derogation.approver, judged.derogation.act)
        for dataset in (one.dataset for one in judgement.datasets):
            self._hide(*_texts((dataset.keys.holder, dataset.transfers, dataset.claims, dataset.access.roles)))
            self._hide(*_texts((dataset.anonymity, dataset.exposure_note, dataset.exports, dataset.access_authority)))
        kept = {judged.dataset.id for judged in judgement.datasets} | {assessment.header.organisation}
        spoken = {word for code in LANGUAGES for text in language(code).sentences.values() for word in text.split()}
        self._common = frozenset({*kept, *(word.strip(_EDGES).casefold() for word in spoken)})
        titles = {judged.dataset.title for judged in judgement.datasets}
        self.phrases -= kept | titles
        if self.phrases:
            longest = sorted(self.phrases, key=lambda phrase: (-len(phrase), phrase))
            self._pattern = re.compile("|".join(map(re.escape, longest)))

    def scrub(self, text: str) -> str:
        """``text`` without any word or phrase that names a part of the estate."""
        shown = self._pattern.sub(HIDDEN, text) if self._pattern else text
        shown = _SHAPES.sub(HIDDEN, shown)
        return re.sub(r"\S+", self._word, shown)

    def _word(self, match: re.Match[str]) -> str:
        whole = match.group()
        word = whole.strip(_EDGES)
        named = word in self.words and word not in self._common and word.casefold() not in self._common
        return whole.replace(word, HIDDEN) if named else whole

    def _hide(self, *texts: str) -> None:
        for text in texts:
            if len(text) >= _SHORTEST:
                (self.phrases if re.search(r"\s", text.strip()) else self.words).add(text.strip())


def _texts(value: Any) -> Iterator[str]:
    """Every free text inside ``value``, but those of sources."""
    if isinstance(value, Enum | Source):
        return
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from _texts(one)
    elif dataclasses.is_dataclass(value):
        for one in dataclasses.fields(value):
            yield from _texts(getattr(value, one.name))


class _Hide:
    """Rebuilds values without what identifies; equal values come out equal."""

    def __init__(self, names: _Names) -> None:
        self._names = names
        self._sources: dict[Source, Source] = {}

    def all(self, value: T) -> T:
        """``value`` with every identifying part of it hidden, however deep."""
        hidden: Any = self._one(value)
        return hidden  # type: ignore[no-any-return]

    def _one(self, value: Any) -> Any:
        match value:
            case Enum():
                return value
            case str():
                return self._names.scrub(value)
            case Source():
                return self.source(value)
            case Key():
                return replace(value, id="", account="")
            case Dataset():
                return value  # whoever holds one hides it whole, with its declared stores
            case Place():
                return replace(self._fields(value), target=self._names.targets[value.target])
            case Flow():
                return replace(self._fields(value), origin=HIDDEN, means=HIDDEN, destination=HIDDEN)
            case Derogation():
                return replace(self._fields(value), act=HIDDEN, owner=HIDDEN, approver=HIDDEN)
            case Signal():
                return replace(value, where=value.family)
            case tuple():
                return tuple(self._one(one) for one in value)
            case _ if dataclasses.is_dataclass(value) and not isinstance(value, type):
                return self._fields(value)
            case _:
                return value

    def _fields(self, value: Any) -> Any:
        # What a catalog says of a company is public, whoever its client is.
        kept = {"entity", "entities", "links", "third_parties", "qualifications", "locations", "exposures"}
        names = [one.name for one in dataclasses.fields(value) if one.name not in kept and one.init]
        changed = {name: self._one(getattr(value, name)) for name in names}
        return replace(value, **changed)

    def source(self, source: Source) -> Source:
        """A catalog source as it is; of a call its name alone; of a register its line; nothing else."""
        if source not in self._sources:
            self._sources[source] = self._source(source)
        return self._sources[source]

    def _source(self, source: Source) -> Source:
        match source.grade:
            case Grade.CATALOG:
                return source
            case Grade.API if _CALL.match(source.what) and source.what not in self._names.words:
                return replace(source, url="")
            case Grade.DECLARED | Grade.CONTRACT if line := _LINE.search(source.what):
                return replace(source, what=f"register:{line[1]}", url="")
            case _:
                return replace(source, what=HIDDEN, url="")

    def gaps(self, gaps: Iterable[Gap]) -> tuple[tuple[Gap, ...], dict[str, str]]:
        """The gaps, each with the call that was refused and nothing that it was asked of; second, new ids by old."""
        found, renamed = [], {}
        for rank, gap in enumerate(gaps, 1):
            call = gap.operation if _RIGHT.match(gap.operation) and gap.operation not in self._names.words else HIDDEN
            hidden = replace(
                gap,
                target=self._names.targets[gap.target],
                account=HIDDEN if gap.account else "",
                scope=f"{call} #{rank}",
                operation=call,
                permission=gap.permission if _RIGHT.match(gap.permission) else "",
                who_can_grant=gap.who_can_grant.partition(":")[0] if ":" in gap.who_can_grant else "",
                detail="",
                store=self._names.ranks.get(gap.store, HIDDEN) if gap.store else "",
            )
            renamed[gap.id] = hidden.id
            found.append(hidden)
        return tuple(found), renamed

    def dataset(self, dataset: Dataset, declared: tuple[str, ...]) -> Dataset:
        """What a public register of processings would say of it."""
        register = Source("register", dataset_source(dataset).read_at, Grade.DECLARED)
        blank = undeclared(dataset.id, dataset.title, dataset.controller, register)
        return replace(
            blank,
            health=self.all(dataset.health),
            identity=self.all(dataset.identity),
            snds=self.all(dataset.snds),
            eds=self.all(dataset.eds),
            persons=self.all(dataset.persons),
            hosting=self.all(dataset.hosting),
            places_complete=self.all(dataset.places_complete),
            access=replace(self.all(dataset.access), roles=blank.access.roles),
            declared=declared,
            notices=tuple(self._notice(one) for one in dataset.notices),
        )

    def _notice(self, notice: Notice) -> Notice:
        failings = tuple(
            replace(failing, proofs=tuple(replace(self.all(proof), document=HIDDEN) for proof in failing.proofs),
                    source=self.source(failing.source))
            for failing in notice.failings
        )  # fmt: skip
        document = replace(self.all(notice.document), value=HIDDEN) if isinstance(notice.document, Known) else (
            self.all(notice.document))  # fmt: skip
        return replace(notice, failings=failings, document=document, source=self.source(notice.source))

    def store(self, store: Store) -> Store:
        """A store under its number."""
        hidden: Store = self._fields(replace(store, tags=_emptied(store.tags), shared_with=_masked(store.shared_with)))
        number = self._names.ranks[store.id]
        account = HIDDEN if store.account else ""
        target = self._names.targets[store.target]
        return replace(hidden, id=number, name=number, kind=store.kind, account=account, target=target, resolution=None)


def dataset_source(dataset: Dataset) -> Source:
    """A source of what is declared of the dataset, for the instant at which its register was read."""
    return dataset.health.source


def _emptied(tags: Any) -> Any:
    return replace(tags, value=()) if isinstance(tags, Known) else tags


def _masked(shared: Any) -> Any:
    return replace(shared, value=tuple(HIDDEN for _ in shared.value)) if isinstance(shared, Known) else shared


_ANSWERS = {"k": 2, "a": 1, "u": 2}  # where an encoded answer holds its source


def _encoded(store: Store) -> dict[str, Any]:
    """The store as data, each source once in a list of its own: see ``model.assessment.Stores``."""
    data: dict[str, Any] = encode(store)
    sources: list[Any] = []
    for one in dataclasses.fields(store):
        told = getattr(store, one.name)
        if isinstance(told, Known | Absent | Unread):
            at = _ANSWERS[data[one.name][0]]
            source = data[one.name][at]
            if source not in sources:
                sources.append(source)
            data[one.name][at] = sources.index(source)
    data["sources"] = sources
    return data


class _PublicStores:
    """The stores of an assessment under their numbers, which sort as their ids do."""

    def __init__(self, assessment: Assessment, names: _Names) -> None:
        self._whole = assessment.stores
        self._datasets = {judged.dataset.id: judged.dataset for judged in assessment.judgement.datasets}
        self._of = {judged.place.facts_id: judged.datasets for judged in assessment.judgement.places}
        self._names = names
        self._ids = {number: id for id, number in names.ranks.items()}
        self._hide = _Hide(names)

    def __len__(self) -> int:
        return len(self._whole)

    def __iter__(self) -> Iterator[tuple[Store, int]]:
        return ((self._hide.store(store), facts) for store, facts in self._whole)

    def encoded(self) -> Iterator[tuple[Mapping[str, Any], int]]:
        """As the stores themselves."""
        return ((_encoded(store), facts) for store, facts in self)

    def ids(self) -> Iterator[tuple[str, int]]:
        """As the stores themselves."""
        return ((self._names.ranks[id], facts) for id, facts in self._whole.ids())

    def ends(self) -> Iterator[tuple[Store, int]]:
        """As the stores themselves."""
        return ((self._hide.store(store), facts) for store, facts in self._whole.ends())

    def declared(self) -> Iterator[tuple[Store, int]]:
        """As the stores themselves."""
        return ((self._hide.store(store), facts) for store, facts in self._whole.declared())

    def find(self, store_id: str) -> tuple[Store, int] | None:
        """The store of that number, or ``None``."""
        found = self._whole.find(self._ids.get(store_id, ""))
        return (self._hide.store(found[0]), found[1]) if found else None

    def copies(self) -> Iterator[Copy]:
        """Sorted as before: numbers keep the order of ids."""
        return (self._copy(copy) for copy in self._whole.copies())

    def copies_at(self, store_id: str) -> tuple[Copy, ...]:
        """What the store holds copies of."""
        return tuple(self._copy(copy) for copy in self._whole.copies_at(self._ids.get(store_id, "")))

    def copies_of(self, store_id: str) -> tuple[Copy, ...]:
        """Where the store is copied to."""
        return tuple(self._copy(copy) for copy in self._whole.copies_of(self._ids.get(store_id, "")))

    def sample(self, facts_id: int, limit: int) -> tuple[Store, ...]:
        """The first stores that share these facts."""
        return tuple(self._hide.store(store) for store in self._whole.sample(facts_id, limit))

    def designations(self) -> dict[str, tuple[str, ...]]:
        """Per dataset, the numbers of the ends of copies that its register designates: those stay designated."""
        found: dict[str, list[str]] = {}
        for store, facts in self._whole.ends():
            for id in self._of.get(facts, ()):
                if id in self._datasets and designated(store, self._datasets[id]):
                    found.setdefault(id, []).append(self._names.ranks[store.id])
        return {id: tuple(numbers) for id, numbers in found.items()}

    def _copy(self, copy: Copy) -> Copy:
        ranks = self._names.ranks
        return Copy(ranks.get(copy.of, HIDDEN), ranks.get(copy.at, HIDDEN), copy.kind, self._hide.all(copy.answer))
