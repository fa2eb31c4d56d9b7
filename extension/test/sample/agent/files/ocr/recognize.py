"""Tells which character a glyph is, by its likeness to templates."""

from __future__ import annotations

from pathlib import Path

from octo_glyphs import load
from octo_pgm import read_pgm

from ocr.segment import Ink, glyphs, ink_of, lines


def coverage(glyph: Ink, columns: int, rows: int) -> list[list[float]]:
    """The share of ink in each cell of a grid laid over the glyph."""
    height, width = len(glyph), len(glyph[0])
    grid = []
    for row in range(rows):
        top, bottom = row * height // rows, max((row + 1) * height // rows, row * height // rows + 1)
        cells = []
        for column in range(columns):
            left, right = column * width // columns, max((column + 1) * width // columns, column * width // columns + 1)
            area = [glyph[y][x] for y in range(top, bottom) for x in range(left, right)]
            cells.append(sum(area) / len(area))
        grid.append(cells)
    return grid


def likeness(glyph: Ink, template: list[str]) -> float:
    """1 for the same shape, 0 for its negative; less where the widths don't agree."""
    rows, columns = len(template), len(template[0])
    grid = coverage(glyph, columns, rows)
    agreement = sum(
        cell if mark == "#" else 1 - cell for cells, marks in zip(grid, template) for cell, mark in zip(cells, marks)
    )
    expected_width = len(glyph) * columns / rows
    return agreement / (rows * columns) - abs(len(glyph[0]) - expected_width) / expected_width


def read_line(line: Ink) -> str:
    templates = load()
    return "".join(max(templates, key=lambda char: likeness(glyph, templates[char])) for glyph in glyphs(line))


def read_scan(path: str | Path) -> list[str]:
    """The lines on a scan, from top to bottom."""
    return [read_line(line) for line in lines(ink_of(read_pgm(path)))]
