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
def loader() -> Any:
    """One botocore loader for the whole process, which looks for the services there are once."""
    from botocore.loaders import create_loader

    found = create_loader()
    found.file_loader = file_loader()
    return found
