"""The fast road of a store to its line against the plain one: the same text, whatever the store."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from history._rows import SEPARATOR, RowWriter
from model.codec import instant
from model.health import Signal
from model.observed import Absent, Known, Unread
from model.places import Copy, Store
from reports import _records
from reports._store_lines import StoreLines, dumps
from reports._words import language
from tests.history.test_rows import answers, stores, texts
from tests.reports.estate import hospital

ASSESSMENT = hospital()
PLACES = {judged.place.facts_id: judged for judged in ASSESSMENT.judgement.places}
DATASETS = {judged.dataset.id: judged.dataset for judged in ASSESSMENT.judgement.datasets}
MEMBERS = {
    "locations": "sites", "key": "key", "public": "public", "shared_with": "shared_with", "size_bytes": "size_bytes",
    "created_at": "created_at", "tags": "tags", "provider": "provider", "service": "service",
}  # fmt: skip

signals = st.none() | st.lists(
    st.builds(Signal, texts, texts, st.sampled_from((0.2, 0.5, 0.9)), texts), max_size=2
).map(tuple)
copies = st.lists(
    st.builds(Copy, texts, texts, st.sampled_from(("replica", "backup")), answers(st.just(True))).map(
        lambda copy: replace(copy, kind=ASSESSMENT.judgement.places[1].place.role)
    ),
    max_size=2,
)


def value(told: Any, absent: Any, write: Any = lambda value: value) -> Any:
    return write(told.value) if isinstance(told, Known) else absent if isinstance(told, Absent) else None


def plain(store: Store, facts_id: int, held: list[Copy]) -> dict[str, Any]:
    """The record as its documentation tells it, one member at a time."""
    judged = PLACES[facts_id]
    told = [(member, getattr(store, field)) for member, field in MEMBERS.items()]
    told += [("copies_of", copy.answer) for copy in held]
    place = judged.place
    resolved = [(name, getattr(place, name)) for name in ("operators", "provider", "service")]
    resolved += [("countries", one.countries) for one in place.locations if isinstance(one.countries, Unread)][:1]
    facts: dict[Any, list[str]] = {}
    for member, answer in told:
        backed = facts.setdefault(answer.source, [])
        if not isinstance(answer, Unread) and member not in backed:
            backed.append(member)
    for source in place.sources:
        facts.setdefault(source, [])
    unread = [
        {"fact": member, "reason": answer.reason.value, "detail": answer.detail}
        for member, answer in (*told, *resolved)
        if isinstance(answer, Unread)
    ]
    return _records.place(judged, language("fr")) | {
        "account": store.account or None,
        "copies_of": [{"id": copy.of, "kind": copy.kind.value} for copy in held],
        "created_at": value(store.created_at, False, instant),
        "evidence": [_records.evidence(source) | {"facts": backed} for source, backed in facts.items()],
        "health": _records.health(judged, DATASETS, store.signals),
        "id": store.id,
        "kind": store.kind,
        "name": store.name,
        "public": value(store.public, False),
        "shared_with": value(store.shared_with, [], list),
        "size_bytes": value(store.size_bytes, False),
        "tags": value(store.tags, {}, dict),
        "unread": [one for rank, one in enumerate(unread) if one not in unread[:rank]],
    }


def encoded(store: Store) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(RowWriter().store(store).split(SEPARATOR)[2])
    return data


@given(stores, signals, st.sampled_from(sorted(PLACES)), copies)
def test_a_line_is_the_record_with_its_keys_sorted(store, told, facts_id, held):
    store = replace(store, signals=told)
    line = StoreLines(PLACES, DATASETS, language("fr")).line(encoded(store), facts_id, held).decode()

    assert line == dumps(plain(store, facts_id, held))


@given(st.lists(st.tuples(stores, st.sampled_from(sorted(PLACES))), min_size=2, max_size=4))
def test_what_is_remembered_of_one_store_does_not_leak_into_the_next(several):
    lines = StoreLines(PLACES, DATASETS, language("fr"))

    for store, facts_id in several:
        assert lines.line(encoded(store), facts_id, []).decode() == dumps(plain(store, facts_id, []))


@given(stores, st.sampled_from(sorted(PLACES)))
def test_a_store_that_rests_on_the_sources_of_the_catalog_cites_them_once(store, facts_id):
    source = PLACES[facts_id].place.sources[0]
    store = replace(store, public=Absent(source), key=Absent(source))
    line = StoreLines(PLACES, DATASETS, language("fr")).line(encoded(store), facts_id, []).decode()

    assert line == dumps(plain(store, facts_id, []))
