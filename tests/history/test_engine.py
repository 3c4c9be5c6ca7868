from __future__ import annotations

from pathlib import Path

import pytest

from history._duck import connect


@pytest.mark.parametrize(
    "setting", ["enable_progress_bar", "autoinstall_known_extensions", "autoload_known_extensions"]
)
def test_the_engine_neither_draws_on_standard_output_nor_fetches_anything(tmp_path: Path, setting: str) -> None:
    for con in (connect(None), connect(tmp_path / "spill")):
        asked = f"SELECT current_setting('{setting}')"

        assert con.execute(asked).fetchone() == (False,)
        assert con.cursor().execute(asked).fetchone() == (False,)
        con.close()
