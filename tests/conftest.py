"""What every test needs to know of the place it runs in."""

from __future__ import annotations

import os

# Answers recorded from the real vendors are not ours to ship: who has them names their folder, and only then are the
# tests that read them there collected.
collect_ignore = [] if os.environ.get("LEXSITUS_RECORDINGS") else ["against_recordings"]
