"""A bar chart of the ratios, as a small SVG with its own background."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape

from tests.commands.bench.figures import Figure

_WIDTH, _LEFT, _ROW, _TOP = 770, 470, 20, 34
_ONE = 128
"""Length of a bar for ratio 1."""
_LONGEST = 2.0
_LINE = 'stroke="#24292f" stroke-dasharray="3 3"'
_MARK = 'stroke="#24292f" stroke-width="2"'
_GOOD, _MISSED, _FREE = "#1f7a8c", "#c2571a", "#8a94a0"


def svg(figures: Sequence[Figure]) -> str:
    """Return the chart as SVG."""
    height = _TOP + _ROW * len(figures) + 12
    lines = [
        f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" \
font-family="sans-serif" font-size="12" fill="#24292f">
<title>Ratios of this project to the alternatives</title>
<rect width="{_WIDTH}" height="{height}" rx="6" fill="#f6f8fa"/>
<text x="{_LEFT - 8}" y="20" text-anchor="end">\
Shorter is better; the mark is the target</text>
<text x="{_LEFT + _ONE}" y="20" text-anchor="middle">1.0</text>""",
        *(line for place, each in enumerate(figures) for line in _row(place, each)),
        f'<path d="M{_LEFT + _ONE} 26V{height - 8}" {_LINE}/>',
        "</svg>",
    ]
    return "\n".join([*lines, ""])


def _row(place: int, figure: Figure) -> Iterator[str]:
    y = _TOP + _ROW * place
    end = _LEFT + round(_ONE * min(figure.ratio, _LONGEST))
    label = escape(f"{figure.what} / {figure.beside}")
    yield f'<text x="{_LEFT - 8}" y="{y + 11}" text-anchor="end">{label}</text>'
    yield f'<path d="M{_LEFT} {y}H{end}v14H{_LEFT}" fill="{_colour(figure)}"/>'
    if figure.target is not None:
        yield f'<path d="M{_LEFT + round(_ONE * figure.target)} {y - 2}v18" {_MARK}/>'
    right = max(end, _LEFT + _ONE, _LEFT + round(_ONE * (figure.target or 0))) + 6
    yield f'<text x="{right}" y="{y + 11}">{figure.ratio:.2f}</text>'


def _colour(figure: Figure) -> str:
    if figure.target is None:
        return _FREE
    return _GOOD if figure.is_on_target else _MISSED
