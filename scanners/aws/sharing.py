"""Who beside the owner can reach a store, from resource policies, attributes and access lists.

Policy language: "IAM JSON policy elements"; the condition keys that make a wide policy narrow: "The meaning of
public" in the Amazon S3 user guide.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

_ACCOUNT = re.compile(r"[0-9]{12}\Z")
_OF_ARN = re.compile(r"arn:[\w-]+:(?:iam|sts)::([0-9]{12}):")
_NARROWING = frozenset(
    {
        "aws:principalaccount", "aws:principalarn", "aws:principalorgid", "aws:principalorgpaths", "aws:sourceaccount",
        "aws:sourcearn", "aws:sourceip", "aws:sourceorgid", "aws:sourceorgpaths", "aws:sourceowner", "aws:sourcevpc",
        "aws:sourcevpce", "aws:userid", "kms:calleraccount", "s3:dataaccesspointaccount", "s3:dataaccesspointarn",
        "elasticfilesystem:accesspointarn", "elasticfilesystem:accessedviamounttarget",
    }
)  # fmt: skip
_NAMING = frozenset({"aws:principalaccount", "aws:principalarn", "aws:principalorgid", "aws:sourceaccount"})


@dataclass(frozen=True, slots=True)
class Reach:
    """``public``: anyone at all.  ``others``: foreign accounts and organisations, sorted."""

    public: bool = False
    others: tuple[str, ...] = ()

    def joined(self, other: Reach) -> Reach:
        """What either of the two opens."""
        return Reach(self.public or other.public, tuple(sorted({*self.others, *other.others})))


def of_accounts(values: Any, own: str) -> Reach:
    """The reach of a list of account ids, ARNs and the words "all" or "*" (attributes of snapshots and images)."""
    names = [value for value in values if isinstance(value, str)] if isinstance(values, list) else []
    return Reach(
        any(name in ("all", "*") for name in names),
        tuple(sorted({_who(name) for name in names if name not in ("all", "*")} - {own, ""})),
    )


def of_policy(text: Any, own: str) -> Reach:
    """The reach of a resource policy, a JSON text; no policy opens nothing.

    A statement for everyone is public unless a condition names who may use it.  Raises ValueError when the
    text is no policy.
    """
    if text is None or text == "":
        return Reach()
    document = json.loads(text) if isinstance(text, str) else text
    if not isinstance(document, dict):
        raise ValueError("a policy is a JSON object")
    reach = Reach()
    for statement in _listed(document.get("Statement")):
        if not isinstance(statement, dict):
            raise ValueError("a statement is a JSON object")
        if statement.get("Effect") == "Allow":
            reach = reach.joined(_of_statement(statement, own))
    return reach


def _of_statement(statement: dict[str, Any], own: str) -> Reach:
    principals: list[Any] = _listed(statement.get("Principal"))
    if "NotPrincipal" in statement:
        principals = ["*"]
    names: list[str] = []
    for principal in principals:
        values = principal.get("AWS") if isinstance(principal, dict) else principal
        names += [value for value in _listed(values) if isinstance(value, str)]
    conditions = _conditions(statement.get("Condition"))
    wide = "*" in names
    named = {_who(name) for name in names if name != "*"}
    if wide:
        named |= {_who(value) for key, value in conditions if key in _NAMING}
    return Reach(
        wide and not any(key in _NARROWING for key, _ in conditions),
        tuple(sorted(name for name in named if name not in (own, "", "*"))),
    )


def _conditions(block: Any) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for operator, keys in block.items() if isinstance(block, dict) else ():
        # "unless" narrows nothing, and "if it exists" lets through whoever lacks the key.
        if "Not" in operator or operator.endswith("IfExists") or operator == "Null" or not isinstance(keys, dict):
            continue
        for key, values in keys.items():
            pairs += [(key.lower(), value) for value in _listed(values) if isinstance(value, str)]
    return [(key, value) for key, value in pairs if value not in ("*", "0.0.0.0/0", "::/0")]


def _who(name: str) -> str:
    if _ACCOUNT.match(name) or name.startswith("o-"):
        return name
    found = _OF_ARN.match(name)
    return found[1] if found else name


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, Iterable) and not isinstance(value, str | dict) else [value]
