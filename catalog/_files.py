"""Which files make up the catalog, with or without an overlay."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from model.errors import DocumentError

HERE = Path(__file__).resolve().parent
_FOLDERS = {"operators": ".yaml", "regions": ".csv", "qualifications": ".yaml"}

Named = tuple[Path, str]


@dataclass(frozen=True, slots=True)
class Files:
    """Each file with the name that sources and errors call it by.

    ``qualifications`` holds several files per scheme when an overlay adds to it.
    """

    edition: Named
    operators: dict[str, Named]
    regions: dict[str, Named]
    qualifications: dict[str, tuple[Named, ...]]

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
        )

    def under(self, overlay: Path) -> Files:
        """These files with those of ``overlay`` on top.

        Raises DocumentError when ``overlay`` is no folder or holds a file that the catalog would never read.
        """
        if not overlay.is_dir():
            raise DocumentError(str(overlay), None, "", "is no folder; give the one that holds operators/, regions/...")
        found: dict[str, dict[str, Named]] = {folder: {} for folder in _FOLDERS}
        edition = self.edition
        for path in sorted(overlay.rglob("*")):
            if path.is_dir():
                continue
            folder = path.relative_to(overlay).parent.as_posix()
            if folder == "." and path.name == "edition.yaml":
                edition = (path, str(path))
            elif _FOLDERS.get(folder) == path.suffix:
                found[folder][path.stem] = (path, str(path))
            else:
                known = ", ".join(f"{name}/*{end}" for name, end in _FOLDERS.items())
                raise DocumentError(str(path), None, "", f"no file of a catalog; known: edition.yaml, {known}")
        qualifications = dict(self.qualifications)
        for stem, place in found["qualifications"].items():
            qualifications[stem] = (*qualifications.get(stem, ()), place)
        return replace(
            self,
            edition=edition,
            operators=self.operators | found["operators"],
            regions=self.regions | found["regions"],
            qualifications=qualifications,
        )

    def all(self) -> tuple[Named, ...]:
        """Every file, sorted by name."""
        lists = [place for places in self.qualifications.values() for place in places]
        return tuple(
            sorted([self.edition, *self.operators.values(), *self.regions.values(), *lists], key=lambda p: p[1])
        )
