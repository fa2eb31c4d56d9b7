"""Templates of the glyphs on a receipt, seven rows high."""

from __future__ import annotations

import json
from importlib.resources import files


def load() -> dict[str, list[str]]:
    """Each character's rows; "#" is ink, "." is paper. Widths differ."""
    return json.loads((files(__package__) / "glyphs.json").read_text("utf-8"))
