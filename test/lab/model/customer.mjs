// Two first invoices of one new customer, two workers, find-or-create under a lease of (Client.Id, kind).
export const RULES = ['createIntent', 'keepId', 'quietSearch', 'settleFromWrite', 'uniqueFence'];
// Redis: lease remaining, fence, creatingSince (0 none, 1+age), id known (under the key), epoch, quiet
const LEASE = 0, FENCE = 1, SINCE = 2, KNOWN = 3, EPOCH = 4, QUIET = 5, SL = 6, CRASH = 10, WIPE = 11, VIOL = 12, ECNT = 13, CLAIMS = 14, WK = 15;
const PC = 0, WF = 1, WE = 2, IAGE = 3, SLOT = 4, RES = 5, WB = 6;
const [IDLE, HELD, SEARCHED, WAIT, INTENT, ANS, GOTOK, GOTUNK, KEPT, JOINED, DONE] = Array(11).keys();
export function customerModel({ rules = RULES, S = 1, D = 1, L = 1, crash = 1, wipe = 0, late = false, joined = false } = {}) {
  const on = Object.fromEntries(RULES.map((f) => [f, rules.includes(f)])), SP = S + 1 + (on.settleFromWrite ? D : 0), CAP = SP + 1, size = WK + 2 * WB;
  const init = () => { const s = new Uint8Array(size); s[EPOCH] = s[ECNT] = 1; s[CRASH] = crash; s[WIPE] = wipe; s[WK + WE] = s[WK + WB + WE] = 1; return s; };
  const vis = (s) => (s[SL] === 3) + (s[SL + 2] === 3);
  function next(s, t, emit) {
    const start = () => t.set(s), idle = (w) => { const e = t[w + WE]; t.fill(0, w, w + WB); t[w + WE] = e; };
    const stale = (w) => s[FENCE] !== s[w + WF] || (on.uniqueFence && s[EPOCH] !== s[w + WE]);
    let forced = false;
    if (!late) for (const o of [SL, SL + 2]) if ((s[o] === 1 || s[o] === 2) && s[o + 1] >= S) forced = true;
    if (!forced) {
      start(); if (t[LEASE]) t[LEASE]--; if (t[QUIET]) t[QUIET]--; if (t[SINCE] && t[SINCE] <= CAP) t[SINCE]++;
      for (const o of [SL, SL + 2]) if (t[o] && t[o] !== 3 && t[o + 1] < S) t[o + 1]++;
      for (const w of [WK, WK + WB]) if (t[w + PC] === INTENT && t[w + IAGE] <= D) t[w + IAGE]++;
      emit('time passes');
    }
    for (const k of [1, 2]) {
      const o = SL + 2 * (k - 1);
      if (s[o] === 1) {
        start(); t[o] = 2; if ((t[SL] >= 2) + (t[SL + 2] >= 2) === 2) t[VIOL] = 1; emit(`remote: create ${k} commits, not visible yet`);
        start(); t[o] = t[o + 1] = 0; for (const w of [WK, WK + WB]) if (t[w + PC] === ANS && t[w + SLOT] === k) { t[w + PC] = GOTUNK; t[w + SLOT] = 0; } emit(`remote: create ${k} is lost`);
      }
      if (s[o] === 2) { start(); t[o] = 3; t[o + 1] = 0; emit(`remote: customer ${k} becomes visible`); }
    }
    if (s[WIPE]) { start(); t[WIPE]--; t.fill(0, 0, 6); emit('Redis: emptied'); }
    for (let i = 0; i < 2; i++) {
      const w = WK + i * WB, other = WK + (1 - i) * WB, n = `W${i + 1}`, pc = s[w + PC];
      if (pc !== IDLE && pc !== DONE && s[CRASH]) { start(); t[CRASH]--; idle(w); if (joined && s[other] !== DONE) idle(other); emit(`${n}: killed and restarted`); }
      if (pc === IDLE) {
        if (!s[EPOCH]) { start(); t[EPOCH] = ++t[ECNT]; t[QUIET] = SP; t[w + WE] = t[EPOCH]; emit(`${n}: makes a new epoch`); continue; }
        if (s[w + WE] !== s[EPOCH]) { start(); t[w + WE] = s[EPOCH]; emit(`${n}: learns the epoch`); continue; }
        // both in one process: who wants the same goes under the same lease, after the other
        if (joined && s[other] === HELD && s[other + WE] === s[w + WE]) { start(); t[w + PC] = JOINED; t[w + WF] = s[other + WF]; emit(`${n}: joins`); continue; }
        if (s[LEASE] || (on.quietSearch && s[QUIET]) || (s[SINCE] && s[SINCE] - 1 < SP)) continue;
        if (!on.uniqueFence && s[CLAIMS] >= 6) continue;
        start(); t[LEASE] = L; let f = s[FENCE] + 1; if (on.uniqueFence) for (f = 1; f === s[FENCE] || f === s[WK + WF] || f === s[WK + WB + WF]; f++); else t[CLAIMS]++;
        t[FENCE] = f; t[w + WF] = f; t[w + PC] = HELD; emit(`${n}: takes the lease`); continue;
      }
      if (pc < GOTOK && s[FENCE] === s[w + WF] && s[LEASE] && s[LEASE] < L) { start(); t[LEASE] = L; emit(`${n}: renews its lease`); }
      // what was found or made is kept without the lease; the one who joined goes next under it
      const next = () => { if (s[other] === JOINED) { t[other + PC] = HELD; return true; } return false; };
      const free = () => { if (!next() && !stale(w)) t[LEASE] = 0; };
      const settled = () => { if (!next() && !stale(w)) t[LEASE] = t[SINCE] = 0; };
      if (pc === HELD) {
        if (on.keepId && s[KNOWN]) { start(); free(); idle(w); t[w + PC] = DONE; emit(`${n}: finds the id kept in Redis`); }
        else { start(); t[w + PC] = SEARCHED; t[w + RES] = vis(s); emit(`${n}: searches, ${vis(s)} found`); start(); free(); idle(w); emit(`${n}: search fails, tries later`); }
      } else if (pc === SEARCHED) {
        start();
        if (s[w + RES]) { if (on.keepId) t[KNOWN] = 1; settled(); idle(w); t[w + PC] = DONE; emit(`${n}: uses the customer found`); }
        else if (on.createIntent) { t[w + PC] = WAIT; emit(`${n}: queues the create`); }
        else if (stale(w)) { next(); idle(w); emit(`${n}: stale`); }
        else { t[SINCE] = 1; t[w + PC] = WAIT; emit(`${n}: writes creatingSince, queues the create`); }
      } else if (pc === WAIT) {
        start();
        if (on.createIntent) {
          if (stale(w) || s[EPOCH] !== s[w + WE]) { next(); idle(w); emit(`${n}: token: stale, dropped`); }
          else if (!s[QUIET]) { t[SINCE] = 1; t[LEASE] = L; t[w + PC] = INTENT; t[w + IAGE] = 0; emit(`${n}: has the token, writes creatingSince`); }
        } else if (s[EPOCH] === s[w + WE] && !s[QUIET]) { t[w + PC] = INTENT; t[w + IAGE] = 0; emit(`${n}: has the token`); }
        else if (s[EPOCH] && s[EPOCH] !== s[w + WE]) { next(); idle(w); emit(`${n}: lane dropped`); }
      } else if (pc === INTENT) {
        if (s[w + IAGE] <= D || !on.createIntent) { const k = !s[SL] ? 1 : !s[SL + 2] ? 2 : 0; if (k) { start(); t[SL + 2 * (k - 1)] = 1; t[SL + 2 * (k - 1) + 1] = 0; t[w + PC] = ANS; t[w + SLOT] = k; emit(`${n}: writes create ${k} to the socket`); } }
        else { start(); settled(); idle(w); emit(`${n}: too late, sends nothing`); }
      } else if (pc === ANS) {
        const o = SL + 2 * (s[w + SLOT] - 1);
        if (s[o] >= 2) { start(); t[w + PC] = GOTOK; emit(`${n}: gets the customer id`); }
        if (s[o] === 1) { start(); t[o] = t[o + 1] = 0; settled(); idle(w); emit(`${n}: create refused`); }
        start(); t[w + PC] = GOTUNK; t[w + SLOT] = 0; emit(`${n}: outcome unknown`);
      } else if (pc === GOTUNK) { start(); if (!stale(w)) t[LEASE] = 0; if (s[other] === JOINED) idle(other); idle(w); emit(`${n}: gives the lease back, creatingSince stays; who had joined waits as well`); }
      else if (pc === GOTOK) { start(); if (on.keepId) t[KNOWN] = 1; t[w + PC] = KEPT; emit(`${n}: has its customer${on.keepId ? ', keeps the id' : ''}`); }
      else if (pc === KEPT) { start(); settled(); idle(w); t[w + PC] = DONE; emit(`${n}: frees the lease`); }
    }
  }
  const check = (s) => (s[VIOL] ? 'two customers' : null);
  return { size, init, next, check, goals: on.uniqueFence && !late ? { 'both have a customer': (s) => s[WK] === DONE && s[WK + WB] === DONE } : {} , describe: (s) => [...s].join(' ') };
}
