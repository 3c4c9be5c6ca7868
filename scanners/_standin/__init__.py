"""An embedded AWS on 127.0.0.1: for ``lexsitus demo`` and for tests that speak over the wire.

Not a scanner: the leading underscore keeps it out of ``scanners.names()``.  Behind it stands moto, which
keeps state; what moto lacks is answered with the empty answer of that operation, as an account that does
not use the service would give it.  Needs the ``demo`` extra.
"""

from scanners._standin.faults import NOWHERE, Fault, Kind
from scanners._standin.requests import Call
from scanners._standin.server import MANAGEMENT, Standin, credentials

__all__ = ["MANAGEMENT", "NOWHERE", "Call", "Fault", "Kind", "Standin", "credentials"]
