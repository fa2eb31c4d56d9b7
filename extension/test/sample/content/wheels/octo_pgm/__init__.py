"""Reads binary portable graymaps (PGM, "P5")."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Graymap:
    """An image of `width` x `height` pixels, 0 (black) to 255 (white), row by row."""

    width: int
    height: int
    pixels: bytes

    def row(self, y: int) -> bytes:
        return self.pixels[y * self.width : (y + 1) * self.width]


def _header(data: bytes) -> tuple[list[int], int]:
    numbers: list[int] = []
    at = 2
    while len(numbers) < 3:
        while data[at : at + 1].isspace():
            at += 1
        if data[at : at + 1] == b"#":
            at = data.index(b"\n", at)
            continue
        end = at
        while not data[end : end + 1].isspace():
            end += 1
        numbers.append(int(data[at:end]))
        at = end
    return numbers, at + 1


def read_pgm(path: str | Path) -> Graymap:
    """The graymap in a file. Raises ValueError when it is none."""
    data = Path(path).read_bytes()
    if data[:2] != b"P5":
        raise ValueError(f"{path}: not a binary PGM")
    (width, height, maximum), start = _header(data)
    if maximum != 255:
        raise ValueError(f"{path}: only 255 shades are supported")
    pixels = data[start : start + width * height]
    if len(pixels) != width * height:
        raise ValueError(f"{path}: ends too early")
    return Graymap(width, height, pixels)
