/** The frame of every page. It works on a phone and without its script, and loads nothing from other hosts. */
import { html } from 'ghtml';

/** HTML that is already escaped. Put it into a page with `!${…}`. */
export type Html = string;

export const STYLE = `
:root { color-scheme: light; --line: #d0d5dd; --soft: #475467; --good: #05603a; --bad: #912018; --wait: #7a2e0e; --link: #1849a9; }
* { box-sizing: border-box; }
body { font: 16px/1.5 system-ui, sans-serif; color: #101828; background: #fff; margin: 0 auto; max-width: 64rem; padding: 0 1rem 3rem; }
header { display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; align-items: baseline; border-bottom: 1px solid var(--line); padding: 1rem 0; }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; }
a { color: var(--link); }
h1 { font-size: 1.4rem; margin: 1.5rem 0 .25rem; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
h1 + p { margin-top: 0; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .35rem .75rem .35rem 0; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: break-word; }
.long { overflow-wrap: anywhere; } table.rows .long { min-width: 13rem; }
th { font-weight: 600; color: var(--soft); }
table.facts { max-width: 44rem; } table.facts td { overflow-wrap: anywhere; } table.facts th { width: 14rem; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
.when { white-space: nowrap; font-variant-numeric: tabular-nums; }
.state { font-weight: 600; }
.transferred { color: var(--good); } .rejected, .unresolved, .differs { color: var(--bad); } .open { color: var(--wait); }
.todo, .notice, .problem { border-left: 4px solid var(--link); padding: .25rem 1rem; background: #eff4ff; margin: 1rem 0; }
.todo h2 { margin: .5rem 0 0; }
.notice { border-color: var(--good); background: #ecfdf3; }
.problem { border-color: var(--bad); background: #fef3f2; }
.soft { color: var(--soft); }
form { margin: .75rem 0; }
.search { display: flex; flex-wrap: wrap; gap: .25rem 1rem; align-items: flex-end; }
.act { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center; margin: .75rem 0; }
fieldset { min-width: 0; border: 1px solid var(--line); border-radius: .4rem; margin: 1rem 0; padding: .5rem 1rem 1rem; }
legend { font-weight: 600; padding: 0 .4rem; }
label { display: block; margin: .5rem 0; }
input[type=text], input[type=search] { display: block; font: inherit; padding: .4rem .5rem; border: 1px solid #667085; border-radius: .3rem; width: 24rem; max-width: 100%; }
.search label { margin: 0; } .search input { width: 19rem; }
button { font: inherit; padding: .45rem 1rem; border: 1px solid #1849a9; border-radius: .3rem; background: #1849a9; color: #fff; cursor: pointer; }
button.second { background: #fff; color: #1849a9; }
progress { width: 100%; }
.tiles, .legend { list-style: none; display: flex; flex-wrap: wrap; gap: .75rem; margin: 1rem 0; padding: 0; }
.tile { border: 1px solid var(--line); border-left: 4px solid var(--line); border-radius: .3rem; padding: .5rem .75rem; flex: 1 1 11rem; }
.tile.bad { border-left-color: var(--bad); background: #fef3f2; } .tile strong { font-size: 1.25rem; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr)); gap: 1rem 2rem; }
.chart { margin: 0; min-width: 0; } .chart h2 { margin: 1rem 0 0; } .chart p { margin: 0 0 .5rem; }
.chart > svg { display: block; width: 100%; height: auto; font-size: 11px; }
.chart text { fill: var(--soft); } .axis { stroke: #98a2b3; } .level { stroke: var(--line); stroke-dasharray: 2 3; }
.legend { gap: .25rem 1rem; margin: .25rem 0; } .scroll { max-height: 16rem; overflow: auto; }
.created { fill: #1849a9; } .adopted { fill: #528bff; } .refused { fill: #dc6803; } .lost { fill: #912018; } .idle { fill: #98a2b3; }
.span { stroke: #528bff; stroke-width: 3; fill: #528bff; } .dot { fill: #1849a9; }
table.bars td.bar { width: 45%; padding-left: .75rem; } table.bars td.bar svg { display: block; }
:focus-visible { outline: 3px solid #b54708; outline-offset: 2px; }
@media (max-width: 40rem) {
  table.rows thead { display: none; } table.rows tr { display: block; border-bottom: 1px solid var(--line); padding: .5rem 0; }
  table.rows td { display: block; border: 0; padding: 0; overflow-wrap: anywhere; } table.rows td.number { text-align: left; }
  table.rows td[title]::before { content: attr(title) ": "; }
  table.facts th { width: 45%; }
}
`;

export const PATH = '/invoices';

/**
 * A page that may still change marks one part with `data-live`. The script fetches the page and replaces that part
 * until it has no such part any more; then it replaces the whole page. Without the script the reader reloads.
 */
export const LIVE_SCRIPT = `
const EVERY_MS = 1000;
const LOOKS = 300;
const live = (of) => of.querySelector('[data-live]');
async function look() {
  const answer = await fetch(location.href);
  const news = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const [shown, next] = [live(document), live(news)];
  if (next === null) document.querySelector('main').replaceWith(news.querySelector('main'));
  else if (shown.innerHTML !== next.innerHTML) shown.innerHTML = next.innerHTML;
}
async function follow() {
  for (let looks = 0; looks < LOOKS && live(document) !== null; looks += 1) {
    await new Promise((done) => setTimeout(done, EVERY_MS));
    await look().catch(() => undefined);
  }
}
follow();
`;

export function page(options: { title: string; language?: string; body: Html }): Html {
  const { title, language = 'en', body } = options;
  return html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · sharefox-24seven</title>
<link rel="stylesheet" href="${PATH}/style.css">
<link rel="icon" href="data:,">
<script defer src="${PATH}/live.js"></script>
</head>
<body>
<header><strong>sharefox-24seven</strong><nav aria-label="Pages"><a href="/">Overview</a><a href="${PATH}">Invoices</a><a href="${PATH}/report">Report</a><a href="/board">Board</a><a href="/metrics">Metrics</a></nav></header>
<main>!${body}</main>
</body>
</html>`;
}

/** `2026-11-24 06:47:03`, UTC. */
export const time = (at: number | string): Html => {
  const iso = new Date(at).toISOString();
  return html`<time datetime="${iso}">${iso.slice(0, 19).replace('T', ' ')}</time>`;
};
