"""What TXT records say: sender policies within the limits of RFC 7208, marks without their values, selectors."""

from __future__ import annotations

from pathlib import Path

import pytest

from model.reading import read_csv
from scanners import dns
from scanners.dns.policies import is_signing_key, marks, sender_policies
from scanners.dns.queries import domain

SELECTORS = list(read_csv(Path(dns.__file__).with_name("selectors.csv"), ("selector", "used_by")))


@pytest.mark.parametrize(
    ("text", "included", "lookups"),
    [
        ("v=spf1 include:_spf.google.com ~all", ("_spf.google.com",), 1),
        ("V=SPF1 INCLUDE:a.test ?include:b.test redirect=c.test", ("a.test", "b.test", "c.test"), 3),
        ("v=spf1 a mx ptr exists:%{i}.x.test ip4:192.0.2.0/24 ip6:2001:db8::/32 -all", (), 4),
        ("v=spf1 include:%{ir}.%{v}._spf.a.test -all", ("_spf.a.test",), 1),
        ("v=spf1 include:a.test include:a.test -all", ("a.test",), 2),
        ("v=spf1", (), 0),
    ],
)
def test_a_sender_policy_is_read(text: str, included: tuple[str, ...], lookups: int) -> None:
    (policy,) = sender_policies(["other text", text])

    assert (policy.included, policy.lookups) == (included, lookups)


@pytest.mark.parametrize("text", ["v=spf10 include:a.test", "spf1", "v=DMARC1; p=none", ""])
def test_what_is_no_sender_policy_is_none(text: str) -> None:
    assert sender_policies([text]) == []


def test_a_mark_is_told_without_its_value() -> None:
    said = [
        "google-site-verification=TopSecretValue",
        "MS=ms12345678",
        "apple-domain-verification=AbCd",
        "v=spf1 -all",
        "a sentence: with a colon",
    ]

    assert marks(said) == ["apple-domain-verification", "google-site-verification", "ms"]


@pytest.mark.parametrize(("text", "is_key"), [("v=DKIM1; k=rsa; p=AA", True), ("p=AA", True), ("v=spf1 -all", False)])
def test_a_signing_key_is_told_from_other_texts(text: str, is_key: bool) -> None:
    assert is_signing_key(text) is is_key


@pytest.mark.parametrize(("line", "row"), SELECTORS)
def test_each_selector_is_a_label_and_says_whose_it_is(line: int, row: dict[str, str]) -> None:
    assert domain(f"{row['selector']}._domainkey.chu.fr")
    assert row["used_by"], line


def test_each_selector_stands_once_and_in_order() -> None:
    names = [row["selector"] for _, row in SELECTORS]

    assert names == sorted(set(names))
