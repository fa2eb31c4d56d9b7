"""Cuts a scan into lines and glyphs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from octo_pgm import Graymap

Ink = list[list[bool]]


def threshold(image: Graymap) -> int:
    """The shade below which a pixel counts as ink."""
    return 64


def ink_of(image: Graymap) -> Ink:
    limit = threshold(image)
    return [[pixel < limit for pixel in image.row(y)] for y in range(image.height)]


def runs(flags: Iterable[bool]) -> Iterator[tuple[int, int]]:
    """Start and end of each unbroken run of true flags."""
    start = None
    index = -1
    for index, flag in enumerate(flags):
        if flag and start is None:
            start = index
        elif not flag and start is not None:
            yield start, index
            start = None
    if start is not None:
        yield start, index + 1


def lines(ink: Ink) -> Iterator[Ink]:
    for top, bottom in runs(any(row) for row in ink):
        yield ink[top:bottom]


def glyphs(line: Ink) -> Iterator[Ink]:
    for left, right in runs(any(column) for column in zip(*line)):
        yield [row[left:right] for row in line]
