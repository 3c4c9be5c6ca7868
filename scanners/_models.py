"""The service models of the AWS SDK, read several times as fast as by its own parser."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any


@cache
def file_loader() -> Any:
    """What reads one file of models for a botocore loader."""
    import orjson
    from botocore.loaders import JSONFileLoader

    class QuickFiles(JSONFileLoader):  # type: ignore[misc]
        def _load_file(self, full_path: str, open_method: Any) -> Any:
            if not Path(full_path).is_file():
                return None
            with open_method(full_path, "rb") as file:
                return orjson.loads(file.read())

    return QuickFiles()


@cache
def loader(whose: str) -> Any:  # noqa: ARG001  (it is the key of the cache)
    """The botocore loader of one reader: it looks for the services there are once, and keeps every model it read.

    Not shared between readers, since a client changes the models that it is given.
    """
    from botocore.loaders import create_loader

    found = create_loader()
    found.file_loader = file_loader()
    return found
