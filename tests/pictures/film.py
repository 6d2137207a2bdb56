"""Frames of a terminal → an SVG that plays them, in a loop and without script.

Each row that occurs is drawn once, and each frame refers to its rows. Where motion is unwanted,
only the last frame is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from tests.pictures.recording import Frame, Row, Run

_CELL, _LINE, _MARGIN = 8.4, 18, 16
_LAST_SECONDS = 6.0
_PALETTE = {
    "default": "#d6deeb",
    "red": "#ff6b6b",
    "green": "#7bd88f",
    "brown": "#e5c07b",
    "yellow": "#e5c07b",
    "blue": "#82aaff",
    "magenta": "#c792ea",
    "cyan": "#7fdbca",
    "black": "#637777",
    "white": "#ffffff",
}
_BACKGROUND = "#0b1220"


def film(frames: Sequence[Frame], *, columns: int, title: str) -> str:
    """The SVG, with the text of the last frame, which stays for some seconds before the film begins
    again."""
    height = max(len(frame.rows) for frame in frames)
    width = columns * _CELL + 2 * _MARGIN
    seconds = frames[-1].at + _LAST_SECONDS
    numbers: dict[Row, int] = {}
    for frame in frames:
        for row in frame.rows:
            numbers.setdefault(row, len(numbers))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} '
        f'{height * _LINE + 2 * _MARGIN}" role="img" aria-label={quoteattr(title)}>',
        f"<title>{escape(title)}</title>",
        f"<desc>{escape(frames[-1].text)}</desc>",
        _style(frames, seconds=seconds),
        "<defs>",
        *(_drawn(row, number) for row, number in numbers.items() if row),
        "</defs>",
        f'<rect width="100%" height="100%" rx="8" fill="{_BACKGROUND}"/>',
        *(_frame(frame, number, numbers) for number, frame in enumerate(frames)),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _style(frames: Sequence[Frame], *, seconds: float) -> str:
    rules = [
        "text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;white-space:pre}",
        f".f{{visibility:hidden;animation:{seconds:.1f}s step-end infinite}}",
    ]
    ends = [*(frame.at for frame in frames[1:]), seconds]
    for number, (frame, end) in enumerate(zip(frames, ends, strict=True)):
        begins, stops = (100 * each / seconds for each in (frame.at, end))
        rules.append(
            f"@keyframes k{number}{{0%{{visibility:hidden}}{begins:.2f}%{{visibility:visible}}"
            f"{stops:.2f}%{{visibility:hidden}}}}#f{number}{{animation-name:k{number}}}"
        )
    last = len(frames) - 1
    rules.append(
        "@media(prefers-reduced-motion:reduce){.f{animation:none}"
        f"#f{last}{{visibility:visible}}}}"
    )
    return f"<style>{''.join(rules)}</style>"


def _drawn(row: Row, number: int) -> str:
    pieces, column = [], 0
    for run in row:
        pieces.append(_piece(run, column))
        column += len(run.text)
    return f'<g id="r{number}">{"".join(pieces)}</g>'


def _piece(run: Run, column: int) -> str:
    if not run.text.strip() and not run.inverse:
        return ""
    x, width = column * _CELL, len(run.text) * _CELL
    color = _PALETTE.get(run.color, _PALETTE["default"])
    box = ""
    if run.inverse:
        box = f'<rect x="{x:.1f}" y="-14" width="{width:.1f}" height="{_LINE}" fill="{color}"/>'
        color = _BACKGROUND
    weight = ' font-weight="700"' if run.bold else ""
    return (
        f'{box}<text x="{x:.1f}" textLength="{width:.1f}" lengthAdjust="spacingAndGlyphs" '
        f'fill="{color}"{weight}>{escape(run.text)}</text>'
    )


def _frame(frame: Frame, number: int, numbers: dict[Row, int]) -> str:
    uses = "".join(
        f'<use href="#r{numbers[row]}" x="{_MARGIN}" y="{_MARGIN + 14 + place * _LINE}"/>'
        for place, row in enumerate(frame.rows)
        if row
    )
    return f'<g id="f{number}" class="f">{uses}</g>'
