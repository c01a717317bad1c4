"""How the page of a report looks: light and dark, wide, narrow and printed.

Texts have a contrast of 4.5 to what is behind them, bars of 3 (WCAG 2.2, AA); a test measures them.
"""

from typing import Final

POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
"""The page's Content-Security-Policy: its own style, and nothing else from anywhere."""

STYLE: Final = """
:root {
  color-scheme: light dark;
  --page: #ffffff; --tile: #f4f6f8; --text: #1c2229; --muted: #57606a; --line: #d5dae0;
  --came: #5d6874; --applied: #1a7f37; --pending: #0969da; --held: #9a6700; --failed: #cf222e;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --page: #11161c; --tile: #1b222b; --text: #e8ecf1; --muted: #a3adb8; --line: #38424d;
    --came: #98a3af; --applied: #46b45c; --pending: #5aa7ff; --held: #d6992b; --failed: #fa6259;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0 auto; max-width: 58rem; padding: 1.5rem 1rem 4rem; background: var(--page);
  color: var(--text); font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere;
}
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .5rem; }
h2 {
  font-size: 1.2rem; line-height: 1.3; margin: 3rem 0 .75rem; padding-top: .75rem;
  border-top: 1px solid var(--line);
}
h3 { font-size: 1rem; margin: 1.75rem 0 .5rem; }
p { margin: .5rem 0; max-width: 44rem; }
.muted, figcaption, .tiles dd, caption { color: var(--muted); font-size: .875rem; }
.tiles {
  display: grid; grid-template-columns: repeat(auto-fill, minmax(8rem, 1fr)); gap: .75rem;
  margin: 1.25rem 0;
}
.tiles:not(:has(> :nth-child(4))) {
  grid-template-columns: repeat(auto-fill, minmax(10.75rem, 1fr));
}
.tiles > div { background: var(--tile); border-radius: .5rem; padding: .75rem .875rem; }
.tiles dt { font-size: .875rem; font-weight: 600; }
.tiles dd { margin: 0; line-height: 1.35; }
.tiles .number {
  color: var(--text); font-size: 1.35rem; font-weight: 600; line-height: 1.5; white-space: nowrap;
  font-variant-numeric: tabular-nums;
}
figure { margin: 1rem 0; }
figcaption { margin: .5rem 0; max-width: 44rem; }
svg { display: block; width: 100%; height: auto; overflow: visible; }
svg text { font-family: system-ui, sans-serif; font-variant-numeric: tabular-nums; }
svg.narrow { display: none; }
@media screen and (max-width: 50rem) {
  svg.wide { display: none; }
  svg.narrow { display: block; }
}
time { white-space: nowrap; }
details { margin: .5rem 0; }
summary { cursor: pointer; font-size: .875rem; padding: .375rem 0; }
.scrolls { overflow-x: auto; }
table { border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; padding: .25rem 0 .5rem; }
th, td {
  text-align: right; padding: .3rem .6rem; border-bottom: 1px solid var(--line);
  vertical-align: top; overflow-wrap: normal;
}
td, thead th { white-space: nowrap; }
th:first-child { text-align: left; padding-left: 0; }
tbody th { font-weight: normal; overflow-wrap: anywhere; min-width: min(11rem, 36vw); }
dl.words { margin: .5rem 0; }
.words dt { font-weight: 600; }
.words dd { margin: 0 0 .5rem; }
@media print {
  body { max-width: none; padding: 0; font-size: 10pt; }
  h2 { break-after: avoid; }
  figure, .tiles > div, tr { break-inside: avoid; }
  details::details-content { content-visibility: visible; display: block; }
  summary { display: none; }
  .scrolls { overflow: visible; }
  th, td { padding: .2rem .35rem; font-size: 8pt; }
}
"""
