import json
import unittest
from pathlib import Path

from ocr.recognize import read_scan
from ocr.segment import runs

SAMPLES = Path(__file__).parent.parent / "samples"


class ReadsReceipts(unittest.TestCase):
    def test_reads_every_sample(self):
        expected = json.loads((SAMPLES / "expected.json").read_text("utf-8"))
        for name, amounts in expected.items():
            with self.subTest(name):
                self.assertEqual(read_scan(SAMPLES / f"{name}.pgm"), amounts)

    def test_runs(self):
        self.assertEqual(list(runs([False, True, True, False, True])), [(1, 3), (4, 5)])
        self.assertEqual(list(runs([])), [])


if __name__ == "__main__":
    unittest.main()
