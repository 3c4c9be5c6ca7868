from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from history._rows import ANSWERS, SEPARATOR, RowWriter, copy_of, facts_of, store_of
from model.codec import dumps, encode
from model.observed import Absent, Confidence, Grade, Known, Observed, Reason, Source, Unread
from model.places import Copy, Custody, Key, NamedEntity, PlaceKind, Site, Store, StoreFacts

texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=8)
instants = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC))  # noqa: DTZ001
sources = st.builds(Source, texts, instants, st.sampled_from(Grade), st.sampled_from(Confidence), texts)


def answers(values: st.SearchStrategy[object]) -> st.SearchStrategy[Observed[object]]:
    return st.one_of(
        st.builds(Known, values, sources),
        st.builds(Absent, sources),
        st.builds(Unread, st.sampled_from(Reason), sources, texts),
    )


def tuples(values: st.SearchStrategy[object]) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(values, max_size=3).map(tuple)


stores = st.builds(
    Store,
    id=texts,
    kind=texts,
    name=texts,
    scanner=texts,
    target=texts,
    account=texts,
    role=st.sampled_from(PlaceKind),
    seen=st.booleans(),
    provider=answers(texts),
    service=answers(texts),
    service_id=answers(texts),
    sites=answers(tuples(st.builds(Site, texts, texts, texts))),
    key=answers(st.builds(Key, st.sampled_from(Custody), texts, texts, texts, tuples(texts))),
    public=answers(st.booleans()),
    shared_with=answers(tuples(texts)),
    size_bytes=answers(st.integers(0, 2**60)),
    created_at=answers(instants),
    tags=answers(tuples(st.tuples(texts, texts))),
    entity=answers(st.builds(NamedEntity, texts, texts)),
    holds_health=answers(st.booleans()),
    checked_on=answers(st.dates(date(1990, 1, 1), date(2100, 1, 1))),
)


@given(stores)
def test_a_store_is_read_back_as_it_was(store: Store) -> None:
    id, _, row = RowWriter().store(store).split(SEPARATOR)

    assert json.loads(id) == store.id
    assert store_of(row) == store


@given(stores)
def test_a_row_is_canonical_and_says_what_the_codec_says(store: Store) -> None:
    row = RowWriter().store(store).split(SEPARATOR)[2]
    data = json.loads(row)
    told = data.pop("sources")
    for name in ANSWERS:
        answer = data[name]
        at = 1 if answer[0] == "a" else 2
        answer[at] = told[answer[at]]

    assert encode(store) == data
    assert dumps(json.loads(row)) == row.encode()
    assert len(set(map(str, told))) == len(told)


@given(stores)
def test_the_facts_are_what_a_rule_may_read(store: Store) -> None:
    facts = RowWriter().store(store).split(SEPARATOR)[1]

    def value(answer: Observed[object], otherwise: object) -> object:
        return answer.value if isinstance(answer, Known) else otherwise

    key = store.key
    if isinstance(key, Known):
        expected_key = Key(key.value.custody, "", key.value.location, key.value.account, key.value.countries)
    else:
        expected_key = Key(Custody.NONE) if isinstance(key, Absent) else None
    checked = value(store.checked_on, None)
    expected = StoreFacts(
        scanner=store.scanner,
        target=store.target,
        grade=store.sites.source.grade,
        checked_on=checked.isoformat() if isinstance(checked, date) else "",
        role=store.role,
        seen=store.seen,
        provider=value(store.provider, ""),
        service=value(store.service, ""),
        service_id=value(store.service_id, ""),
        sites=value(store.sites, ()),
        key=expected_key,
        entity=value(store.entity, None),
        holds_health=value(store.holds_health, None),
        touched=False,
        datasets=(),
    )

    assert facts_of(facts) == expected
    assert dumps(json.loads(facts)) == facts.encode()


@given(st.builds(Copy, texts, texts, st.sampled_from(PlaceKind), answers(st.booleans())))
def test_a_copy_is_read_back_as_it_was(copy: Copy) -> None:
    key, row = RowWriter().copy(copy).split(SEPARATOR)

    assert json.loads(key) == [copy.at, copy.of, copy.kind.value]
    assert copy_of(row) == copy
    assert dumps(encode(copy)) == row.encode()


def test_one_source_met_twice_is_written_once() -> None:
    first = Source("s3:ListBuckets", datetime(2026, 11, 21, tzinfo=UTC), Grade.API)
    equal = Source("s3:ListBuckets", datetime(2026, 11, 21, tzinfo=UTC), Grade.API)
    writer = RowWriter()

    assert writer.copy(Copy("a", "b", PlaceKind.REPLICA, Known(True, first))) == writer.copy(
        Copy("a", "b", PlaceKind.REPLICA, Known(True, equal))
    )


def test_an_answer_of_an_unknown_sort_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown"):
        copy_of('{"answer":["x",0],"at":"b","kind":"replica","of":"a"}')
