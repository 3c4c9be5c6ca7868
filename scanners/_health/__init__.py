"""Which stores hold health data: what names, tags, kinds, schemas and the ends of objects give away.

No signal holds a value; docs/detection.md tells families, weights and limits.
"""

from __future__ import annotations

from scanners._health.contents import HEAD_BYTES, TAIL_BYTES, Reading, recognise, wants_tail
from scanners._health.keys import of_key
from scanners._health.stores import of_store, with_health
from scanners._health.trial import of_files, of_names

__all__ = [
    "HEAD_BYTES",
    "TAIL_BYTES",
    "Reading",
    "of_files",
    "of_key",
    "of_names",
    "of_store",
    "recognise",
    "wants_tail",
    "with_health",
]
