import { html } from 'ghtml';
import type { BulkRetry } from './bulk-retry.ts';
import { type Html, PATH, page } from './layout.ts';

const TOLD: Record<BulkRetry['state'], string> = {
  running: 'runs',
  done: 'is done',
  cancelled: 'was stopped',
  failed: 'failed; the log says why',
};

export function bulkPage({ id, what, total, sent, skipped, state }: BulkRetry, mayAct: boolean): Html {
  const isRunning = state === 'running';
  const stop =
    isRunning && mayAct
      ? html`<form method="post" action="${PATH}/retries/${id}/cancel"><button type="submit">Stop</button></form>`
      : '';
  const left = skipped === 0 ? '' : html` ${skipped} skipped: what Sharefox sent is no longer kept.`;
  const body = html`<h1>Retry of ${what}</h1>
<div role="status" !${isRunning ? 'data-live' : ''}><p>It ${TOLD[state]}: ${sent} of ${total} sent again.!${left}</p>
<progress max="${total}" value="${sent + skipped}" aria-label="Progress">${sent + skipped} of ${total}</progress></div>
!${stop}<p><a href="${PATH}?code=${what}">What is still rejected for ${what}</a></p>`;
  return page({ title: `Retry of ${what}`, body });
}
