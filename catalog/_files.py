"""Which files make up the catalog, with or without an overlay."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from model.errors import DocumentError

HERE = Path(__file__).resolve().parent
_FOLDERS = {"operators": ".yaml", "regions": ".csv", "qualifications": ".yaml"}
_PATTERNS, _TABLES = "names/patterns.csv", "addresses/tables.zip"

Named = tuple[Path, str]


@dataclass(frozen=True, slots=True)
class Files:
    """Each file with the name that sources and errors call it by.

    ``qualifications`` holds several files per scheme when an overlay adds to it, ``patterns`` several, its own first.
    ``names`` and ``networks`` are read by attribution only.
    """

    edition: Named
    operators: dict[str, Named]
    regions: dict[str, Named]
    qualifications: dict[str, tuple[Named, ...]]
    patterns: tuple[Named, ...]
    names: dict[str, Named]
    networks: Named
    tables: Named

    @classmethod
    def shipped(cls) -> Files:
        """The files beside this module."""
        folders = {
            folder: {
                path.stem: (path, f"catalog/{folder}/{path.name}") for path in sorted((HERE / folder).glob(f"*{end}"))
            }
            for folder, end in _FOLDERS.items()
        }
        return cls(
            (HERE / "edition.yaml", "catalog/edition.yaml"),
            folders["operators"],
            folders["regions"],
            {stem: (place,) for stem, place in folders["qualifications"].items()},
            (_shipped("names/patterns.csv"),),
            {word: _shipped(f"names/{word}.csv") for word in ("tokens", "providers", "families")},
            _shipped("addresses/networks.csv"),
            _shipped(_TABLES),
        )

    def under(self, overlay: Path) -> Files:
        """These files with those of ``overlay`` on top.

        Raises DocumentError when ``overlay`` is no folder or holds a file that the catalog would never read.
        """
        if not overlay.is_dir():
            raise DocumentError(str(overlay), None, "", "is no folder; give the one that holds operators/, regions/...")
        found: dict[str, dict[str, Named]] = {folder: {} for folder in _FOLDERS}
        edition, patterns, tables = self.edition, self.patterns, self.tables
        for path in sorted(overlay.rglob("*")):
            if path.is_dir():
                continue
            folder = path.relative_to(overlay).parent.as_posix()
            if folder == "." and path.name == "edition.yaml":
                edition = (path, str(path))
            elif path.relative_to(overlay).as_posix() == _PATTERNS:
                patterns = ((path, str(path)), *patterns)
            elif path.relative_to(overlay).as_posix() == _TABLES:
                tables = (path, str(path))
            elif _FOLDERS.get(folder) == path.suffix:
                found[folder][path.stem] = (path, str(path))
            else:
                known = ", ".join(f"{name}/*{end}" for name, end in _FOLDERS.items())
                raise DocumentError(
                    str(path), None, "", f"no file of a catalog; known: edition.yaml, {known}, {_PATTERNS}, {_TABLES}"
                )
        qualifications = dict(self.qualifications)
        for stem, place in found["qualifications"].items():
            qualifications[stem] = (*qualifications.get(stem, ()), place)
        return replace(
            self,
            edition=edition,
            operators=self.operators | found["operators"],
            regions=self.regions | found["regions"],
            qualifications=qualifications,
            patterns=patterns,
            tables=tables,
        )

    def all(self) -> tuple[Named, ...]:
        """Every file, sorted by name."""
        lists = [place for places in self.qualifications.values() for place in places]
        known = [self.edition, *self.operators.values(), *self.regions.values(), *lists]
        attribution = [*self.patterns, *self.names.values(), self.networks, self.tables]
        return tuple(sorted([*known, *attribution], key=lambda place: place[1]))


def _shipped(name: str) -> Named:
    return HERE / name, f"catalog/{name}"
