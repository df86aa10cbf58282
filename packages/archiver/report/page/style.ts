/** The page's style sheet: dark where the reader's system is dark; cards instead of columns on a phone. */
export const style = `
:root {
  color-scheme: light dark;
  --page: #f5f6f8; --card: #ffffff; --text: #1b2330; --quiet: #586274; --line: #e1e5eb; --link: #0b57b0;
  --bad: #b3202c; --bad-soft: #fde8e9; --warn: #855300; --warn-soft: #fdf0d5; --ok: #17692f; --ok-soft: #e1f5e6; --none-soft: #eceff3;
  --size: #1f6fd1; --size-soft: #1f6fd122; --duration: #7a46c2; --duration-soft: #7a46c222;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #11151b; --card: #1a2029; --text: #e5e9f0; --quiet: #9ba6b7; --line: #2b333f; --link: #7db8ff;
    --bad: #ff9096; --bad-soft: #471b20; --warn: #f5c165; --warn-soft: #3d2e0f; --ok: #7bd893; --ok-soft: #16351f; --none-soft: #2a313c;
    --size: #6aaeff; --size-soft: #6aaeff26; --duration: #bb96f5; --duration-soft: #bb96f526;
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
html { scroll-behavior: auto; -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--page); color: var(--text); font: 15px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
.page { max-width: 1240px; margin: 0 auto; padding: 24px 20px 40px; }
bdi, code { overflow-wrap: anywhere; }
a { color: var(--link); }
a:focus-visible, summary:focus-visible, input:focus-visible, .scroll:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 4px; }
h1 { margin: 0; font-size: 26px; line-height: 1.2; }
h2 { margin: 32px 0 10px; font-size: 18px; }
header p { margin: 4px 0 0; color: var(--quiet); }
.quiet, .legend, footer { color: var(--quiet); }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.card, .tile, .findings, table.applications { background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
.card { padding: 14px 16px; }
.card p { margin: 6px 0 0; }
.empty { padding: 18px; border: 1px dashed var(--line); border-radius: 10px; color: var(--quiet); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(215px, 1fr)); gap: 12px; margin-top: 20px; }
.tile { padding: 12px 16px; border-left-width: 5px; min-width: 0; }
.tile h2 { margin: 0; font-size: 13px; font-weight: 600; color: var(--quiet); }
.tile p { margin: 0; color: var(--quiet); }
.tile .figure { font-size: 25px; font-weight: 650; line-height: 1.35; color: var(--text); }
.tile.bad { border-left-color: var(--bad); } .tile.warn { border-left-color: var(--warn); } .tile.ok { border-left-color: var(--ok); }
.tile.bad .figure { color: var(--bad); } .tile.warn .figure { color: var(--warn); } .tile.ok .figure { color: var(--ok); }
.badge { display: inline-block; padding: 1px 9px; border-radius: 99px; font-size: 13px; font-weight: 600; white-space: nowrap; background: var(--none-soft); color: var(--quiet); }
.badge.bad { background: var(--bad-soft); color: var(--bad); } .badge.warn { background: var(--warn-soft); color: var(--warn); } .badge.ok { background: var(--ok-soft); color: var(--ok); }
.findings { list-style: none; margin: 0 0 10px; padding: 0; }
.findings li { display: grid; grid-template-columns: 118px 1fr; gap: 10px; padding: 8px 14px; border-top: 1px solid var(--line); align-items: start; }
.findings li:first-child { border-top: 0; }
.findings .badge { justify-self: start; }
.findings p { margin: 0; min-width: 0; }
.subject { font-weight: 600; }
.more summary { cursor: pointer; padding: 2px 4px 8px; color: var(--link); }
.filter { margin: 0 0 10px; display: flex; flex-wrap: wrap; gap: 6px 14px; align-items: center; color: var(--quiet); }
input { font: inherit; padding: 5px 10px; border: 1px solid var(--quiet); border-radius: 7px; background: var(--card); color: var(--text); width: 250px; max-width: 100%; }
table { border-collapse: collapse; width: 100%; }
table.applications { border-collapse: separate; border-spacing: 0; }
th { text-align: left; font-weight: 600; }
thead th { font-size: 13px; color: var(--quiet); padding: 8px 10px; white-space: nowrap; }
tbody th, tbody td { padding: 6px 10px; border-top: 1px solid var(--line); vertical-align: middle; }
.figures { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
tbody th { min-width: 0; }
th a { text-decoration: none; } th a:hover { text-decoration: underline; }
.slash { color: var(--quiet); padding: 0 2px; font-weight: 400; }
.version { color: var(--quiet); font-weight: 400; font-size: 13px; }
.chart-cell { width: 130px; line-height: 0; }
.spark { width: 120px; height: 28px; }
.fill { fill: var(--size-soft); } .stroke { fill: none; stroke: var(--size); stroke-width: 1.6; stroke-linejoin: round; } circle { fill: var(--size); }
.durations .fill { fill: var(--duration-soft); } .durations .stroke { stroke: var(--duration); } .durations circle { fill: var(--duration); }
.chart { display: block; width: 100%; height: auto; }
.chart text, .ages text { fill: var(--quiet); font-size: 11px; }
.grid { fill: none; stroke: var(--line); stroke-width: 1; }
.forecast { stroke-dasharray: 5 4; } .limit { fill: none; stroke: var(--bad); stroke-width: 1.2; stroke-dasharray: 2 3; } .chart .limit-name { fill: var(--bad); }
.legend { margin: 0 0 8px; }
.key { display: inline-block; width: 3px; height: 13px; margin: 0 4px 0 10px; vertical-align: -2px; background: var(--size); } .key:first-child { margin-left: 0; }
.key.leaving { background: var(--warn); } .key.gone { height: 6px; vertical-align: 0; background: var(--quiet); opacity: 0.6; }
.rows { padding: 10px 0 4px; }
.row, .axis { display: grid; grid-template-columns: minmax(150px, 260px) 1fr 44px; gap: 14px; align-items: center; padding: 4px 16px; }
.row { border-top: 1px solid var(--line); min-height: 32px; }
.many > .row, .many > details { content-visibility: auto; contain-intrinsic-size: auto 32px; }
.narrow { display: none; }
summary.row { cursor: pointer; list-style: none; } summary.row::-webkit-details-marker { display: none; }
summary .name::before { content: "\\25b8"; display: inline-block; width: 16px; color: var(--quiet); } details[open] > summary .name::before { content: "\\25be"; }
div.row .name { padding-left: 16px; }
.name { min-width: 0; overflow-wrap: anywhere; }
.held { text-align: right; font-variant-numeric: tabular-nums; color: var(--quiet); }
.ages { display: block; overflow: visible; }
.timeline { display: block; width: 100%; height: 20px; }
.timeline path { fill: none; vector-effect: non-scaling-stroke; } .timeline .kept { stroke: var(--size); stroke-width: 2.5; } .timeline .leaving { stroke: var(--warn); stroke-width: 2.5; } .timeline .gone { stroke: var(--quiet); stroke-opacity: 0.5; stroke-width: 1.5; }
.details { padding: 4px 16px 16px; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(300px, 100%), 1fr)); gap: 8px 20px; }
figure { margin: 0; min-width: 0; } figcaption { font-size: 13px; font-weight: 600; color: var(--quiet); }
.scroll { overflow-x: auto; }
.archives { font-size: 14px; margin-top: 10px; } .archives tbody th { font-weight: 400; white-space: nowrap; font-variant-numeric: tabular-nums; } .archives em { color: var(--warn); font-style: normal; }
footer { margin-top: 32px; font-size: 13px; }
@media (max-width: 900px) { .applications .durations { display: none; } .applications thead th:nth-child(7) { display: none; } }
@media (max-width: 720px) {
  .page { padding: 16px 12px 32px; }
  h1 { font-size: 22px; }
  .tiles { grid-template-columns: 1fr 1fr; gap: 8px; } .tile { padding: 10px 12px; } .tile .figure { font-size: 20px; }
  .findings li { grid-template-columns: 1fr; gap: 3px; }
  .applications thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .applications, .applications tbody { display: block; }
  .applications tr { display: grid; grid-template-columns: 1fr 1fr 1fr; gap: 4px 10px; padding: 10px 12px; border-top: 1px solid var(--line); }
  .applications tbody tr:first-child { border-top: 0; }
  .applications tbody th, .applications tbody td { display: block; padding: 0; border: 0; text-align: left; white-space: normal; }
  .applications tbody th { grid-column: 1 / -1; grid-row: 1; }
  .applications .chart-cell { order: 1; width: auto; align-self: end; } .applications td:first-child { align-self: center; } .applications .spark { width: 100%; height: auto; }
  .applications .figures .quiet { font-size: 12px; white-space: nowrap; }
  .wide, .ages .minor { display: none; } .narrow { display: block; }
  .applications td[data-title]::before { content: attr(data-title) " "; display: block; font-size: 12px; color: var(--quiet); }
  .applications td[data-title=took] { display: none; }
  .row, .axis { grid-template-columns: 1fr 34px; gap: 2px 8px; padding: 5px 12px; } .name { grid-column: 1 / -1; } .axis span:first-child { display: none; }
  .details { padding: 4px 12px 14px; }
}
@media print { .filter { display: none; } .page { max-width: none; } }
`;
