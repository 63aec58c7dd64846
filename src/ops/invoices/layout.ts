/** The frame of every page: readable on a phone, no script, nothing from elsewhere. */
import { html } from 'ghtml';

/** HTML, escaped already; into a page with `!${…}`. */
export type Html = string;

export const STYLE = `
:root { color-scheme: light; --line: #d0d5dd; --soft: #475467; --good: #05603a; --bad: #912018; --wait: #7a2e0e; --link: #1849a9; }
* { box-sizing: border-box; }
body { font: 16px/1.5 system-ui, sans-serif; color: #101828; background: #fff; margin: 0 auto; max-width: 60rem; padding: 0 1rem 3rem; }
header { display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; align-items: baseline; border-bottom: 1px solid var(--line); padding: 1rem 0; }
header a, nav a { margin-right: 1rem; }
a { color: var(--link); }
h1 { font-size: 1.4rem; margin: 1.5rem 0 .5rem; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .35rem .75rem .35rem 0; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
th { font-weight: 600; color: var(--soft); }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
.state { font-weight: 600; }
.transferred { color: var(--good); } .rejected, .unresolved { color: var(--bad); } .open { color: var(--wait); }
.todo { border-left: 4px solid var(--link); padding: .25rem 1rem; background: #eff4ff; }
.notice { border-left: 4px solid var(--good); padding: .25rem 1rem; background: #ecfdf3; }
.problem { border-left: 4px solid var(--bad); padding: .25rem 1rem; background: #fef3f2; }
.soft { color: var(--soft); }
form { margin: .75rem 0; } form.inline { display: inline-block; margin: 0 .75rem .75rem 0; }
fieldset { border: 1px solid var(--line); border-radius: .4rem; margin: 1rem 0; padding: .5rem 1rem 1rem; }
label { display: block; margin: .5rem 0; }
input[type=text], input[type=search], select { font: inherit; padding: .4rem .5rem; border: 1px solid #667085; border-radius: .3rem; max-width: 100%; }
button { font: inherit; padding: .45rem 1rem; border: 1px solid #1849a9; border-radius: .3rem; background: #1849a9; color: #fff; cursor: pointer; }
button.second { background: #fff; color: #1849a9; }
:focus-visible { outline: 3px solid #f79009; outline-offset: 2px; }
@media (max-width: 40rem) { table.rows thead { display: none; } table.rows td { display: block; border: 0; padding: 0; } table.rows tr { display: block; border-bottom: 1px solid var(--line); padding: .5rem 0; } }
`;

export const PATH = '/invoices';

export function page(options: {
  title: string;
  language?: string;
  body: Html;
  refreshSeconds?: number;
}): Html {
  const { title, language = 'en', body, refreshSeconds } = options;
  const refresh =
    refreshSeconds === undefined ? '' : html`<meta http-equiv="refresh" content="${refreshSeconds}">`;
  return html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
!${refresh}
<title>${title} · sharefox-24seven</title>
<link rel="stylesheet" href="${PATH}/style.css">
<link rel="icon" href="data:,">
</head>
<body>
<header><a href="${PATH}"><strong>Invoices</strong></a><nav aria-label="Pages"><a href="/board">Board</a><a href="/metrics">Metrics</a></nav></header>
<main>!${body}</main>
</body>
</html>`;
}

/** `2026-11-24 06:47:03`, UTC. */
export const time = (at: number | string): Html => {
  const iso = new Date(at).toISOString();
  return html`<time datetime="${iso}">${iso.slice(0, 19).replace('T', ' ')}</time>`;
};
