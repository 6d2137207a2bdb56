"""Markdown → an SVG that shows it as GitHub shows a comment.

The Markdown is kept in the picture, so that a test can say whether it is still the real one. A
browser measures the height: `chromium`, which the tests do not need.
"""

from __future__ import annotations

import html
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from markdown_it import MarkdownIt

WIDTH = 900
_ALERTS = {"CAUTION": "#d1242f", "WARNING": "#9a6700", "IMPORTANT": "#8250df", "NOTE": "#0969da"}
_STYLE = """
.page{font:14px/1.5 -apple-system,'Segoe UI','Noto Sans',Helvetica,Arial,sans-serif;color:#1f2328;
background:#fff;border:1px solid #d1d9e0;border-radius:6px;padding:4px 20px;box-sizing:border-box}
h3{font-size:1.25em;margin:16px 0 12px}h4{margin:14px 0 8px}
p,ul,table,pre,blockquote{margin:0 0 12px}
code,pre{font:12px/1.45 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
code{background:#818b981f;padding:.2em .4em;border-radius:6px}
pre{background:#f6f8fa;padding:10px 12px;border-radius:6px;overflow:hidden}
pre code{background:none;padding:0;display:block}
table{border-collapse:collapse}th,td{border:1px solid #d1d9e0;padding:5px 11px;text-align:left}
a{color:#0969da;text-decoration:none}blockquote{padding:4px 14px;border-left:4px solid #d1d9e0}
.add{background:#dafbe1;display:block}.del{background:#ffebe9;display:block}
"""


def sheet(markdown: str, *, title: str) -> str:
    """The SVG. Raises RuntimeError if there is no browser to measure it."""
    page = _page(markdown)
    height = _height(page)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">\n'
        f"<title>{html.escape(title)}</title>\n<desc>{html.escape(markdown)}</desc>\n"
        f'<foreignObject width="{WIDTH}" height="{height}">{page}</foreignObject>\n</svg>\n'
    )


def _page(markdown: str) -> str:
    """XHTML, because it becomes part of an SVG."""
    body = (
        MarkdownIt("commonmark", {"html": True, "xhtmlOut": True}).enable("table").render(markdown)
    )
    body = re.sub(r'<code class="language-diff">(.*?)</code>', _diff, body, flags=re.DOTALL)
    for name, color in _ALERTS.items():
        body = body.replace(f"[!{name}]", f'<b style="color:{color}">{name.capitalize()}</b><br />')
    return (
        f'<div xmlns="http://www.w3.org/1999/xhtml"><style>{_STYLE}</style>'
        f'<div class="page">{body}</div></div>'
    )


def _diff(found: re.Match[str]) -> str:
    lines = found[1].rstrip("\n").split("\n")
    kinds = {"+": ' class="add"', "-": ' class="del"'}
    shown = (
        f"<span{kinds[line[0]]}>{line}</span>" if line[:1] in kinds else f"{line}\n"
        for line in lines
    )
    return f"<code>{''.join(shown)}</code>"


def _height(page: str) -> int:
    """How high a browser makes the page, in pixels."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if browser is None:
        raise RuntimeError("Chromium is needed to measure a picture: apt-get install chromium")
    measuring = (
        "<script>document.title=Math.ceil(document.querySelector('.page')"
        ".getBoundingClientRect().height)</script>"
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "page.html"
        body = f'<body style="margin:0;width:{WIDTH}px">{page}{measuring}</body>'
        path.write_text(f"<!doctype html><meta charset=utf-8>{body}", encoding="utf-8")
        done = subprocess.run(  # noqa: S603 - our own page
            [browser, "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", path.as_uri()],
            check=True,
            capture_output=True,
            text=True,
        )
    (height,) = re.findall(r"<title>(\d+)</title>", done.stdout)
    return int(height)
