"""Errors of ours travel between processes and name what to do."""

from __future__ import annotations

import pickle

import pytest

from model import errors
from model.errors import DocumentError, LexsitusError

KINDS = [
    kind for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, LexsitusError) and kind is not DocumentError
]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_an_error_survives_pickling(kind: type[LexsitusError]) -> None:
    error = kind("what to do")

    travelled = pickle.loads(pickle.dumps(error))

    assert type(travelled) is kind
    assert str(travelled) == "what to do"
    assert travelled.exit_code in (1, 2)


def test_a_document_error_keeps_file_line_key_and_message() -> None:
    error = pickle.loads(pickle.dumps(DocumentError("a.yaml", 3, "b.c", "expected x")))

    assert (error.path, error.line, error.key, error.message) == ("a.yaml", 3, "b.c", "expected x")
    assert str(error) == "a.yaml:3: b.c: expected x"
    assert str(DocumentError("a.yaml", None, "", "empty")) == "a.yaml: empty"
