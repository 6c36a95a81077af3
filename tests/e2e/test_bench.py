"""`make bench`, with everything done once or twice: it measures what it says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

ROOT = Path(__file__).parents[2]


def test_a_quick_run_measures_what_it_says(tmp_path: Path) -> None:
    """Every figure has a row with a ratio, and a bar in the plot.

    How fast anything was means nothing then.
    """
    plot = tmp_path / "figures.svg"
    done = subprocess.run(  # noqa: S603 # our own words
        [sys.executable, "-m", "tests.commands.bench", "--quick", "--plot", str(plot)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    table = [line for line in lines if line.startswith("|")][2:]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table]
    assert_every_figure_has_its_row(rows)
    assert_every_ratio_is_positive(rows)
    assert_the_machine_is_described_without_its_name(lines[-1])
    assert_the_plot_has_a_bar_for_every_figure(plot.read_text("utf-8"), rows)


def assert_every_figure_has_its_row(rows: list[list[str]]) -> None:
    """Check all that needs no runtime of AWS, once beside each of its alternatives."""
    told = {(what, beside) for what, _, beside, *_ in rows}
    warm = {
        (f"warm bootstrap, {time}, calls of {latency} ms", beside)
        for time in ("processor", "wall")
        for latency in (0, 50)
        for beside in ("two bare posts", "the SDK")
    }
    cold = {
        (f"{way}, {what}", beside)
        for way in ("cold import", "cold, up to a call")
        for what in ("processor", "wall", "peak memory")
        for beside in ("import requests, jsonschema", "importing the SDK")
    }
    many = {
        (f"8 listeners, {concurrency} at a time, wall", beside)
        for concurrency in (8, 32)
        for beside in ("no work but calls of 50 ms", "bare posts in threads")
    }
    archive = {("archive without bytecode", "with the SDK")}
    assert told == warm | cold | many | archive
    assert len(rows) == len(told)


def assert_every_ratio_is_positive(rows: list[list[str]]) -> None:
    """Check that it is, and that both sides of it took something."""
    for _, ours, _, theirs, ratio, _ in rows:
        amounts = (ours.split()[0], theirs.split()[0], ratio.split()[0])
        assert all(float(amount.replace(",", "")) > 0 for amount in amounts)


def assert_the_machine_is_described_without_its_name(last: str) -> None:
    """Check that the last line has what a reader needs, and no path on it."""
    assert "CPython 3." in last
    assert " cores" in last
    assert "/" not in last


def assert_the_plot_has_a_bar_for_every_figure(
    text: str, rows: list[list[str]]
) -> None:
    """Check that it is a small text of SVG whose labels are the table's."""
    root = ET.fromstring(text)  # noqa: S314 # our own words
    labels = {each.text for each in root.iter("{http://www.w3.org/2000/svg}text")}
    assert {f"{what} / {beside}" for what, _, beside, *_ in rows} <= labels
    assert len(text) < 7000
