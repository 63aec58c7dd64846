/** Customers that an invoice could be for, for a person to choose one. Names are shown here only, and kept nowhere. */
import { html } from 'ghtml';
import type { CustomerCandidate } from '../../transfer/choose-customer.ts';
import type { RecordKey } from '../../transfer/ports/records.ts';
import { type Html, page } from './layout.ts';
import { pathOf } from './list-pages.ts';

/** @param told a refusal is a sentence: why nobody can be shown now */
export function candidatesPage(
  key: RecordKey,
  told: { candidates: CustomerCandidate[] } | { refusal: string },
): Html {
  const title = `Customer of invoice ${key.invoiceId}`;
  const body = html`<h1>${title}</h1>
<p>${key.shopId}. Nothing was written. <a href="${pathOf(key)}">Back to the invoice</a></p>
!${'refusal' in told ? html`<p class="problem" role="alert">${told.refusal}</p>` : choice(key, told.candidates)}`;
  return page({ title, body });
}

function choice(key: RecordKey, candidates: CustomerCandidate[]): Html {
  if (candidates.length === 0)
    return html`<p class="todo">No customer in 24SevenOffice has the invoice’s e-mail address any more. Go back and retry.</p>`;
  const options = candidates.map(
    ({ id, name }) =>
      html`<label><input type="radio" name="customer" value="${id}" required> ${id} · ${name}</label>`,
  );
  return html`<form method="post" action="${pathOf(key)}/choose-customer"><fieldset><legend>These have its e-mail address: which one is it?</legend>
<p>From now on each invoice of this Sharefox customer goes to the one you choose, until <code>customer unpin</code> undoes it. Its name, address, e-mail and phone become those of the invoice. Nothing is sent yet. In doubt, ask the shop.</p>
!${options}<label>Why, for the trail; no names, no addresses <input type="text" name="reason" required maxlength="200"></label>
<button type="submit">Choose this customer</button></fieldset></form>`;
}

/** What follows a choice. */
export const afterChoice = (key: RecordKey): Html =>
  html`Chosen: from now on this Sharefox customer’s invoices go to that customer.
<form class="act" method="post" action="${pathOf(key)}/retry"><button type="submit">Send the invoice again</button></form>`;
