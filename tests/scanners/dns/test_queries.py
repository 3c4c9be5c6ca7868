"""What people type: names in every form, addresses, URLs, resources, and garbage."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.resolution import QueryKind
from scanners.dns.queries import domain, understood


@pytest.mark.parametrize(
    ("text", "kind", "name"),
    [
        ("portail.chu.fr", QueryKind.NAME, "portail.chu.fr"),
        (" Portail.CHU.fr. ", QueryKind.NAME, "portail.chu.fr"),
        ("hôpital.fr", QueryKind.NAME, "xn--hpital-ixa.fr"),
        ("HÔPITAL.fr", QueryKind.NAME, "xn--hpital-ixa.fr"),
        ("straße.example", QueryKind.NAME, "xn--strae-oqa.example"),
        ("portail.chu.fr:8443", QueryKind.NAME, "portail.chu.fr"),
        ("someone@chu.fr", QueryKind.NAME, "chu.fr"),
        ("_dmarc.chu.fr", QueryKind.NAME, "_dmarc.chu.fr"),
        ("192.0.2.1", QueryKind.ADDRESS, "192.0.2.1"),
        ("2001:DB8::1", QueryKind.ADDRESS, "2001:db8::1"),
        ("[2001:db8::1]:443", QueryKind.ADDRESS, "2001:db8::1"),
        ("192.0.2.1:443", QueryKind.ADDRESS, "192.0.2.1"),
        ("https://u:p@Portail.chu.fr:8443/a?b=c", QueryKind.URL, "portail.chu.fr"),
        ("https://192.0.2.1/x", QueryKind.URL, "192.0.2.1"),
        ("https://[2001:db8::1]/x", QueryKind.URL, "2001:db8::1"),
        ("arn:aws:s3:::bucket", QueryKind.RESOURCE, ""),
        ("s3://bucket/key", QueryKind.RESOURCE, ""),
        ("/subscriptions/0/resourceGroups/g", QueryKind.RESOURCE, ""),
        ("//storage.googleapis.com/projects/_/buckets/b", QueryKind.RESOURCE, ""),
    ],
)
def test_what_is_asked_for_is_understood(text: str, kind: QueryKind, name: str) -> None:
    query = understood(text)

    assert (query.kind, query.name, query.because) == (kind, name, "")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "nothing"),
        ("a..fr", "two dots"),
        (".fr", "two dots"),
        ("a" * 64 + ".fr", "at most 63"),
        (".".join(["abcdefgh"] * 32) + ".fr", "at most 253"),
        ("intranet", "one part"),
        ("10.0.0.0/8", "range"),
        ("999.1.1.1", "ends like an address"),
        ("1.2.3", "ends like an address"),
        ("2001:db8:::1", "no IPv6 address"),
        ("a b.fr", "no part of a name"),
        ("-a.fr", "no part of a name"),
        ("*.chu.fr", "no part of a name"),
        ("xn--\u00e9.fr", "internationalised"),
        ("https:///x", "without a host"),
        ("secret.onion", ".onion"),
        ("x" * 5000, "no name"),
        ("http://[::1", ""),
    ],
)
def test_garbage_says_what_is_wrong_with_it(text: str, said: str) -> None:
    query = understood(text)

    assert query.kind is QueryKind.UNUSABLE
    assert said in query.because
    assert query.because


@given(st.text(max_size=60))
def test_whatever_is_typed_is_understood_or_refused(text: str) -> None:
    query = understood(text)

    assert bool(query.because) == (query.kind is QueryKind.UNUSABLE)
    if query.kind is QueryKind.NAME:
        assert domain(query.name) == query.name
