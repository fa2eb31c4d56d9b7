"""python3 -m ocr SCAN…: prints the amounts of each scan as JSON."""

import json
import sys
from pathlib import Path

from ocr.recognize import read_scan

json.dump({Path(name).stem: read_scan(name) for name in sys.argv[1:]}, sys.stdout, indent=2)
print()
