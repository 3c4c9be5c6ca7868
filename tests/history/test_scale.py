from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_a_hundred_thousand_stores_are_judged_within_bounds(tmp_path: Path) -> None:
    """The memory is that of the engine and of the distinct facts, not of the stores."""
    script = """
import json, sys
from pathlib import Path
from docs.benchmarks import scale
rows, sizes = scale.measure(100_000, Path(sys.argv[1]), report=False)
print(json.dumps([scale.judged_seconds(rows), max(row.peak_mib for row in rows), sizes["distinct facts"]]))
"""
    command = [sys.executable, "-c", script, str(tmp_path)]

    done = subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=True
    )

    seconds, peak_mib, facts = json.loads(done.stdout)
    assert 1_000 < facts < 5_000
    assert peak_mib < 450
    assert seconds < 60
