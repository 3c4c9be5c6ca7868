"""In which regions a service exists, as AWS publishes it.

availability.csv holds the public parameters ``/aws/service/global-infrastructure/services/<parameter>/regions`` of
AWS Systems Manager ("Calling AWS public parameters", user guide), as the test server moto 5.2.5 ships them, checked on
2026-11-21.  They prove nothing alone, since services arrive in new regions: they only confirm what the name service
said, that the host of a service does not exist in a region.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from model.reading import read_csv
from scanners.aws.clients import Estate, Scope

PATH = Path(__file__).with_name("availability.csv")
SOURCE = "AWS Systems Manager public parameters, checked on 2026-11-21"
_COLUMNS = ("service", "parameter", "regions")
_log = logging.getLogger("lexsitus.scanners.aws")


@cache
def published() -> Mapping[str, frozenset[str]]:
    """The regions of each service that has a list; a service that has none is not in it."""
    return {cells["service"]: frozenset(cells["regions"].split()) for _, cells in read_csv(PATH, _COLUMNS)}


def is_absent(estate: Estate, service: str, scope: Scope) -> bool:
    """True when AWS, or the SDK's own data, list where ``service`` exists, and neither lists this region."""
    known = set(estate.session("").get_available_regions(service, scope.partition)) | published().get(service, set())
    absent = bool(known) and scope.region not in known
    if absent:
        _log.info("%s does not exist in %s (no such host; %s)", service, scope.region, SOURCE)
    return absent
