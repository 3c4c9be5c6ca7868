"""What stops lexsitus: our own mistakes and unusable input.

What the outside world does to a scan (a refusal, a time-out) is never one of these: it is a
:class:`model.places.Gap`.  Errors take plain positional arguments so that they survive pickling
between processes.
"""

from __future__ import annotations


class LexsitusError(Exception):
    """The root of every error of ours.  ``exit_code`` is what the command line returns for it."""

    exit_code = 1


class UsageError(LexsitusError):
    """An argument, a report name or a scanner name that does not exist."""

    exit_code = 2


class TargetError(LexsitusError):
    """Settings of a target that cannot be used, found before any call is made."""

    exit_code = 2


class DocumentError(LexsitusError):
    """A file of ours or of the user's that cannot be read as what it should be.

    ``path`` is the file, ``line`` its one-based line or ``None``, ``key`` the key path inside it or
    the empty string, ``message`` what was expected and what to do.
    """

    exit_code = 2

    def __init__(self, path: str, line: int | None, key: str, message: str) -> None:
        super().__init__(path, line, key, message)
        self.path = path
        self.line = line
        self.key = key
        self.message = message

    def __str__(self) -> str:
        place = self.path if self.line is None else f"{self.path}:{self.line}"
        return f"{place}: {self.key}: {self.message}" if self.key else f"{place}: {self.message}"


class SnapshotError(LexsitusError):
    """A snapshot or an edition that is damaged, or written in another format version."""


class CredentialsError(LexsitusError):
    """No identity could be established with a provider: nothing at all can be asked."""


class LockedError(LexsitusError):
    """Another run holds the editions folder."""
