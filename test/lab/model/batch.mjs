// Two invoices joined in one SaveInvoices, two processes with one lane each. Verify is left out (order.mjs has it): an order id known ends the record.
export const RULES = ['singlyIntent', 'dropStale', 'uniqueFence'];
const ST = 0, FENCE = 1, LEASE = 2, SENT = 3, MISS = 4, SLOT = 5, INV = 9;               // per invoice; SLOT: two of (phase, age)
const PF = 1, WIN = 2, PW = 3;                                                    // per process and invoice
const [PREP, SENDING, DONE] = [0, 1, 2], [IDLE, LOOKED0, LOOKED1, WAIT, INTENT, ANS, OK, UNK, REFUSED, SINGLE, SINT] = Array(11).keys();
export function batchModel({ rules = RULES, S = 1, D = 0, L = 1, crash = 1 } = {}) {
  const on = Object.fromEntries(RULES.map((f) => [f, rules.includes(f)])), SP = S + D + 1, CAP = SP + 1;
  const P = 2 * INV, PB = 2 * PW + 1, CRASH = P + 2 * PB, VIOL = CRASH + 1, size = VIOL + 1, IAGE = 2 * PW;
  const init = () => { const s = new Uint8Array(size); s[CRASH] = crash; return s; };
  const N = ['A', 'B'];
  function next(s, t, emit) {
    const start = () => t.set(s);
    let forced = false;
    for (const i of [0, 1]) for (const k of [0, 2]) { const o = i * INV + SLOT + k; if ((s[o] === 1 || s[o] === 2) && s[o + 1] >= S) forced = true; }
    if (!forced) {
      start();
      for (const i of [0, 1]) { const r = i * INV; if (t[r + LEASE]) t[r + LEASE]--; if (t[r + SENT] && t[r + SENT] <= CAP) t[r + SENT]++; if (t[r + MISS] && t[r + MISS] <= CAP) t[r + MISS]++; for (const k of [0, 2]) { const o = r + SLOT + k; if (t[o] && t[o] !== 3 && t[o + 1] < S) t[o + 1]++; } }
      for (const p of [0, 1]) { const o = P + p * PB; if (t[o + IAGE] && t[o + IAGE] <= D + 1) t[o + IAGE]++; }
      emit('time passes');
    }
    for (const i of [0, 1]) for (const k of [0, 2]) {
      const o = i * INV + SLOT + k;
      if (s[o] === 1) {
        start(); t[o] = 2; if (t[i * INV + SLOT] >= 2 && t[i * INV + SLOT + 2] >= 2) t[VIOL] = 1; emit(`remote: order ${N[i]}${k / 2 + 1} commits`);
        start(); t[o] = t[o + 1] = 0; for (const p of [0, 1]) { const w = P + p * PB + i * PW; if (t[w] === ANS && t[w + WIN] === k / 2 + 1) { t[w] = UNK; t[w + WIN] = 0; } } emit(`remote: order ${N[i]}${k / 2 + 1} is not written (lost, or a failed member)`);
      }
      if (s[o] === 2) { start(); t[o] = 3; t[o + 1] = 0; emit(`remote: order ${N[i]}${k / 2 + 1} becomes visible`); }
    }
    for (const p of [0, 1]) {
      const b = P + p * PB, n = `P${p + 1}`, pcs = [s[b], s[b + PW]], w = (i) => b + i * PW;
      const fine = (i) => s[i * INV + FENCE] === s[w(i) + PF];
      const idle = (i) => t.fill(0, w(i), w(i) + PW);
      if (s[CRASH] && (pcs[0] || pcs[1])) { start(); t[CRASH]--; t.fill(0, b, b + PB); emit(`${n}: killed and restarted`); }
      for (const i of [0, 1]) {
        const r = i * INV, pc = pcs[i], x = N[i];
        const write = (label, f) => { start(); if (fine(i)) f(); idle(i); emit(`${n} ${x}: ${label}${fine(i) ? '' : ': refused, stale fence'}`); };
        if (pc !== IDLE && fine(i) && s[r + LEASE] && s[r + LEASE] < L) { start(); t[r + LEASE] = L; emit(`${n} ${x}: renews`); }
        if (pc === IDLE) {
          if (s[r] === DONE || s[r + LEASE] || (s[r] === SENDING && (s[r + SENT] - 1 < SP || (s[r + MISS] && s[r + MISS] - 1 < SP)))) continue;
          start(); let f = 1; if (on.uniqueFence) while (f === s[r + FENCE] || f === s[P + i * PW + PF] || f === s[P + PB + i * PW + PF]) f++; else f = (s[r + FENCE] % 3) + 1;
          t[r + FENCE] = f; t[r + LEASE] = L; t[w(i) + PF] = f; const found = s[r + SLOT] === 3 || s[r + SLOT + 2] === 3; t[w(i)] = found ? LOOKED1 : LOOKED0; emit(`${n} ${x}: claims, looks, ${found ? 1 : 0} found`);
        }
        if (pc === LOOKED1) write('adopts', () => { t[r] = DONE; t[r + LEASE] = t[r + SENT] = t[r + MISS] = 0; });
        if (pc === LOOKED0) {
          if (s[r] === SENDING && !s[r + MISS]) write('notes a miss', () => { t[r + MISS] = 1; t[r + LEASE] = 0; });
          else { start(); t[w(i)] = WAIT; emit(`${n} ${x}: queues the order`); }
        }
        if (pc === OK) write('has its id, ends', () => { t[r] = DONE; t[r + LEASE] = t[r + SENT] = t[r + MISS] = 0; });
        if (pc === UNK) write('outcome unknown, delayed', () => { t[r + LEASE] = 0; });
        if (pc === ANS) {
          const o = r + SLOT + (s[w(i) + WIN] - 1) * 2;
          if (s[o] >= 2) { start(); t[w(i)] = OK; t[w(i) + WIN] = 0; emit(`${n} ${x}: answer with its mark and id`); }
          start(); t[w(i)] = UNK; t[w(i) + WIN] = 0; emit(`${n} ${x}: missing in the answer, or an exception beside an id`);
        }
      }
      // the lane: one request in flight
      const busy = pcs.some((x) => x === INTENT || x === ANS || x === SINT);
      const intents = (members, label) => {
        start(); let any = false;
        const held = members.every(fine) || !on.dropStale;                                  // one refused: nothing leaves, the others ask again
        for (const i of members) { const r = i * INV; if (fine(i) || !on.dropStale) { any = true; t[r] = SENDING; t[r + SENT] = 1; t[r + MISS] = 0; t[r + LEASE] = L; t[w(i)] = held ? INTENT : pcs[i]; } else idle(i); }
        t[b + IAGE] = any && held ? 1 : 0; emit(`${n}: token, ${label} for ${members.map((i) => N[i]).join('+')}${!any ? ', all stale' : held ? '' : ', one stale, withheld'}`);
      };
      const ready = [0, 1].filter((i) => pcs[i] === WAIT), single = [0, 1].filter((i) => pcs[i] === SINGLE);
      if (!busy) {
        if (ready.length && !single.length) { intents(ready, 'one intent script'); if (ready.length === 2) for (const i of ready) intents([i], 'intent (the other came later)'); }
        for (const i of single) if (on.singlyIntent) intents([i], 'own intent, singly'); else { start(); t[w(i)] = SINT; emit(`${n} ${N[i]}: sent again singly, no new intent`); }
      }
      const atIntent = [0, 1].filter((i) => pcs[i] === INTENT || pcs[i] === SINT);
      if (atIntent.length) {
        if (s[b + IAGE] - 1 <= D || pcs.includes(SINT)) {
          start(); let room = true;
          for (const i of atIntent) { const r = i * INV + SLOT, k = !s[r] ? 0 : !s[r + 2] ? 2 : -1; if (k < 0) { room = false; break; } t[r + k] = 1; t[r + k + 1] = 0; t[w(i)] = ANS; t[w(i) + WIN] = k / 2 + 1; }
          t[b + IAGE] = 0;
          if (room) emit(`${n}: writes one request with ${atIntent.map((i) => N[i]).join('+')}`);
        } else {
          start(); for (const i of atIntent) { const r = i * INV; if (fine(i)) { t[r] = PREP; t[r + SENT] = 0; t[r + LEASE] = 0; } idle(i); } t[b + IAGE] = 0; emit(`${n}: too late, sends nothing`);
        }
      }
      const flying = [0, 1].filter((i) => pcs[i] === ANS);
      if (flying.length) {
        start(); for (const i of flying) { t[w(i)] = UNK; t[w(i) + WIN] = 0; } emit(`${n}: the whole answer is lost`);
        const slot = (i) => i * INV + SLOT + (s[w(i) + WIN] - 1) * 2;
        if (flying.every((i) => s[slot(i)] === 1)) {
          start(); for (const i of flying) { t[slot(i)] = t[slot(i) + 1] = 0; t[w(i) + WIN] = 0; if (flying.length === 2) t[w(i)] = SINGLE; else { const r = i * INV; if (fine(i)) { t[r] = PREP; t[r + SENT] = 0; t[r + LEASE] = 0; } idle(i); } }
          emit(`${n}: validation fault for the whole request`);
        }
      }
    }
  }
  const canon = (s) => { // the two processes are alike
    for (let i = 0; i < PB; i++) { const a = s[P + i], b = s[P + PB + i]; if (a < b) return; if (a > b) { for (let j = 0; j < PB; j++) { const x = s[P + j]; s[P + j] = s[P + PB + j]; s[P + PB + j] = x; } return; } }
  };
  return { size, init, next, canon, check: (s) => (s[VIOL] ? 'two orders for one invoice' : null), goals: { 'both invoices end': (s) => s[0] === DONE && s[INV] === DONE }, describe: (s) => [...s].join(' ') };
}
