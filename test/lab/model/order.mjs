// One invoice, two workers, one Redis record, a remote system without an idempotency key.
// Each of RULES can be taken out: `rules` says which are on.
export const RULES = ['uniqueFence', 'quietLook', 'settleFromWrite', 'restartEpoch', 'rejectNeedsLook', 'unknownNeverRejects',
  'noSkipLook', 'lateSweep', 'verifyId', 'resolveEnqueues', 'requestId', 'laterJobKeepsRecord', 'wallClock', 'sentRevision', 'claimedResolve', 'sweepOpen', 'resolveSettles', 'denialSettles'];
const [NONE, PREP, SENDING, ORDERED, TRANSF, REJ, UNRES] = [0, 1, 2, 3, 4, 5, 6];
const STATE = ['none', 'preparing', 'sending', 'ordered', 'transferred', 'rejected', 'unresolved'];
const [UNK, DUP, VANISHED, EXHAUSTED] = [1, 2, 3, 4];
// Redis block
const ST = 0, FENCE = 1, LEASE = 2, SENT = 3, MISS = 4, OID = 5, FL = 6, SREV = 7, REV = 8, EVC = 9, EVU = 10, EVR = 11, CODE = 12, EPOCH = 13, QUIET = 14, JOBS = 15, PAY = 16, TOLD = 17, OWN = 18, RB = 19;
// JOBS: bits 1 and 2 are Sharefox's clicks, 4 is a click of our own (resolve, sweep). PAY: whose content the record keeps.
// TOLD: who was told "superseded". OWN: revision and content (x 4) of click 4.
const CLICKS = [1, 2, 4], SWEEP = 8;
// F_DENIED: the service said of the last send that it wrote nothing.
const F_UNKNOWN = 1, F_DENIED = 2;
// everything else
const SH = RB, SL = 2 * RB, CUST = SL + 9, CRASH = CUST + 1, WIPE = CRASH + 1, ROLL = WIPE + 1, VIOL = ROLL + 1, DET = VIOL + 1, ECNT = DET + 1, FREEZE = ECNT + 1, CLAIMS = FREEZE + 1, WK = CLAIMS + 1;
const PC = 0, WF = 1, WE = 2, IAGE = 3, SLOT = 4, JOB = 5, RES = 6, RID = 7, WFL = 8, WST = 9, WB = 10;
const W_CREATED = 1, W_FROZEN = 2, W_SETTLED = 4;
const [IDLE, CLAIMED, LOOKED, WAIT, INTENT, ANS, GOTOK, GOTUNK, GOTREF, VERIFY, VERIFIED, ENDED, SWEPT, GOTDEN] = Array(14).keys();
const VIOLS = ['', 'two orders', 'rejected while an order may exist', 'two events for one end', 'revision 2 reported as transferred, the order has revision 1', 'resolved twice'];

export function orderModel({ rules = RULES, S = 2, D = 1, L = 2, crash = 1, wipe = 1, roll = 0, freeze = 0, late = false, afterUnknown = 'resend', jobs = 1,
  rev2 = false, cust = false, reject = false, lookErr = true, refuse = true, denies = false, fallible = false, slots = 2, maxClaims = 5, ignore = [], allowTwo = false } = {}) {
  const on = Object.fromEntries(RULES.map((f) => [f, rules.includes(f)]));
  const SP = S + 1 + (on.settleFromWrite ? D : 0), CAP = SP + 1, size = WK + 2 * WB;
  const init = () => { const s = new Uint8Array(size); s[EPOCH] = s[ECNT] = 1; s[JOBS] = jobs; s[CRASH] = crash; s[WIPE] = wipe; s[ROLL] = roll; s[FREEZE] = freeze; s[WK + WE] = s[WK + WB + WE] = 1; return s; };
  const live = (s) => { let n = 0; for (let k = 0; k < slots; k++) if (s[SL + 3 * k] >= 1 && s[SL + 3 * k] <= 3) n++; return n; };
  const committed = (s) => { let n = 0; for (let k = 0; k < slots; k++) if (s[SL + 3 * k] >= 2) n++; return n; };
  const look = (s) => { let n = 0, id = 0; for (let k = 0; k < slots; k++) if (s[SL + 3 * k] === 3) { n++; if (!id) id = k + 1; } return [n, id]; };

  function next(s, t, emit) {
    const start = () => t.set(s);
    const revOf = (j) => !rev2 ? 1 : j === 4 ? s[OWN] & 3 : j, contentOf = (j) => !rev2 ? 1 : j === 4 ? s[OWN] >> 2 : j;
    const ownClick = () => { t[JOBS] |= 4; t[EVR] &= ~4; t[TOLD] &= ~4; if (rev2) t[OWN] = s[REV] | (contentOf(s[PAY] || 1) << 2); };
    const wr = () => { if (s[ROLL]) t.copyWithin(SH, 0, RB); };               // keep the state before this write
    const go = (label) => emit(label);
    const idle = (w) => { const e = t[w + WE]; t.fill(0, w, w + WB); t[w + WE] = e; };
    const setDead = (k) => t.fill(0, SL + 3 * k, SL + 3 * k + 3);
    const newFence = () => { if (!on.uniqueFence) return s[FENCE] + 1; for (let f = 1; ; f++) if (s[FENCE] !== f && s[SH + FENCE] !== f && s[WK + WF] !== f && s[WK + WB + WF] !== f) return f; };
    const stale = (w) => s[ST] === NONE || s[FENCE] !== s[w + WF] || (on.uniqueFence && s[EPOCH] !== s[w + WE]);
    const end = (w, st, code, name, label) => {       // the end script
      start();
      if (stale(w)) { idle(w); go(`${name}: ${label}: refused, stale fence`); return; }
      wr();
      const was = s[ST]; let waits = false;                                               // waits: an earlier content has ended, this job's own is decided next
      if (st === TRANSF) { if (was !== TRANSF) { t[EVC]++; if (t[EVC] > s[EVU] + 1) t[VIOL] = 3; } if (s[OID]) { const r = s[SL + 3 * (s[OID] - 1) + 2]; if (rev2 && r !== contentOf(s[w + JOB])) { if (!on.sentRevision) t[VIOL] = 4; else waits = true; } } }
      if (st === REJ) { const bit = s[w + JOB]; if (was === REJ || s[EVR] & bit) t[VIOL] = 3; t[EVR] |= bit; if (live(s)) t[VIOL] = 2; }
      if (st === UNRES) { if (was === SENDING || was === ORDERED) t[FL] |= F_UNKNOWN; if (was !== UNRES) { t[EVU] = Math.min(2, s[EVU] + 1); } if (code === DUP) t[DET] = 1; t[CODE] = code; }
      t[ST] = st; t[LEASE] = 0;
      if (st !== UNRES) t[PAY] = t[MISS] = 0;
      const j = s[w + JOB]; idle(w); if (j < SWEEP && !waits) { t[w + PC] = ENDED; t[w + JOB] = j; }
      go(`${name}: ${label}`);
    };
    const write = (w, name, label, f, then) => {       // a fenced write
      start();
      if (stale(w)) { idle(w); go(`${name}: ${label}: refused, stale fence`); return; }
      wr(); f(); then?.(); go(`${name}: ${label}`);
    };
    const release = (w, name, label) => write(w, name, label, () => { t[LEASE] = 0; }, () => idle(w));

    // time
    let forced = false;
    if (!late) for (let k = 0; k < slots; k++) { const p = s[SL + 3 * k]; if ((p === 1 || p === 2) && s[SL + 3 * k + 1] >= S) forced = true; }
    if (!forced) {
      start();
      for (const o of [0, SH]) { if (o && !s[ROLL]) break; if (t[o + LEASE]) t[o + LEASE]--; if (t[o + QUIET]) t[o + QUIET]--; if (t[o + SENT] && t[o + SENT] <= CAP) t[o + SENT]++; if (t[o + MISS] && t[o + MISS] <= CAP) t[o + MISS]++; }
      for (let k = 0; k < slots; k++) if (t[SL + 3 * k] && t[SL + 3 * k] !== 3 && t[SL + 3 * k + 1] < S) t[SL + 3 * k + 1]++;
      for (const w of [WK, WK + WB]) if (t[w + PC] === INTENT && !(t[w + WFL] & W_FROZEN && !on.wallClock) && t[w + IAGE] <= D) t[w + IAGE]++;
      go('time passes');
    }
    // remote
    for (let k = 0; k < slots; k++) {
      const o = SL + 3 * k, p = s[o];
      if (p === 1) {
        start(); t[o] = 2; if (committed(t) >= 2 && !allowTwo) t[VIOL] = 1; go(`remote: request ${k + 1} commits, not visible yet`); 
        start(); setDead(k); for (const w of [WK, WK + WB]) if (t[w + PC] === ANS && t[w + SLOT] === k + 1) { t[w + PC] = GOTUNK; t[w + SLOT] = 0; } go(`remote: request ${k + 1} is lost before commit`);
      }
      if (p === 2) { start(); t[o] = 3; t[o + 1] = 0; go(`remote: order ${k + 1} becomes visible`); }
    }
    if (cust && s[CUST] === 1 && s[ECNT] > 1) { start(); t[CUST] = 2; go('bookkeeper: changes the customer so that it no longer matches'); }
    // Redis
    if (s[WIPE]) { start(); t.fill(0, 0, RB); t[WIPE]--; go('Redis: emptied'); }
    if (s[ROLL]) { start(); t.copyWithin(0, SH, SH + RB); t.fill(0, SH, SH + RB); t[ROLL]--; if (on.restartEpoch) { t[EPOCH] = ++t[ECNT]; t[QUIET] = SP; } go('Redis: restarts without its last write'); }
    if (s[WIPE] < wipe || s[ROLL] < roll) if (s[ST] === NONE && !s[JOBS]) { start(); wr(); t[JOBS] = 1; go('Sharefox: adds the invoice again'); }
    // person
    if (s[ST] === UNRES && s[WK + PC] !== ENDED && s[WK + WB + PC] !== ENDED && !s[QUIET] && (s[LEASE] === 0 || !on.claimedResolve)) {
      const [n, id] = look(s);
      const fen = () => { if (on.claimedResolve) t[FENCE] = newFence(); };
      if (n && !allowTwo) { start(); wr(); fen(); t[ST] = TRANSF; t[OID] = id; t[EVC]++; if (t[EVC] > s[EVU]) t[VIOL] = 3; go(`person: resolves with order ${id}`); }
      if (n && allowTwo && s[CODE] !== DUP) { start(); wr(); fen(); t[ST] = TRANSF; t[OID] = id; t[EVC]++; go(`person: resolves with order ${id}`); }
      if ((fallible ? !n : !live(s)) && !s[OID] && !(on.resolveSettles && (s[SENT] && s[SENT] - 1 < SP || s[MISS] && s[MISS] - 1 < SP))) { start(); wr(); fen(); t[ST] = PREP; t[SENT] = t[MISS] = t[CODE] = t[SREV] = 0; t[FL] &= ~F_UNKNOWN; if (on.resolveEnqueues) ownClick(); go('person: says not created'); }
    }
    // the sweep adds jobs, it does no work itself; a record that has been transferred it looks at without a claim (below)
    const mayRescue = s[ST] >= PREP && s[ST] < TRANSF && on.sweepOpen && !s[JOBS], mayLookAgain = s[ST] === UNRES && !s[JOBS];
    if (s[EPOCH] && (mayRescue || mayLookAgain)) {
      const p = s[PAY] || 1;
      start(); wr(); if (mayRescue && (s[EVR] | s[TOLD]) & p) ownClick(); else t[JOBS] |= p; go(`sweep: adds ${mayRescue ? 'an invoice under way without a job' : 'an unresolved invoice'}`);
    }
    // a claim that is not given raises the known revision all the same
    if (rev2 && on.sentRevision && s[ST] && s[JOBS] & 2 && s[REV] < 2) { start(); wr(); t[REV] = 2; go('job 2: told to wait, its revision is known'); }
    // workers
    for (let i = 0; i < 2; i++) {
      const w = WK + i * WB, name = `W${i + 1}`, pc = s[w + PC], job = s[w + JOB];
      if (pc !== IDLE && s[CRASH]) { start(); t[CRASH]--; idle(w); if (s[EPOCH]) t[w + WE] = s[EPOCH]; go(`${name}: killed and restarted`); }
      if (pc === IDLE) {
        if (s[EPOCH] === 0) { if (s[JOBS]) { start(); wr(); t[EPOCH] = ++t[ECNT]; t[QUIET] = SP; t[w + WE] = t[EPOCH]; go(`${name}: finds no epoch, makes one, quiet for the settle time`); } continue; }
        if (s[w + WE] !== s[EPOCH]) { start(); t[w + WE] = s[EPOCH]; go(`${name}: learns the epoch`); continue; }
        if (s[ST] === TRANSF && on.lateSweep && late) {
          const [n, id] = look(s);
          if (n > 1 || (n === 1 && id !== s[OID])) { start(); t[w + PC] = SWEPT; t[w + SLOT] = s[OID]; go(`${name}: sweep: looks, finds another order under the mark`); }
        }
        for (const j of CLICKS) {
          if (!(s[JOBS] & j)) continue;
          if (s[LEASE] || (on.quietLook && s[QUIET])) continue;                                  // NotNow
          const st = s[ST], ack = (why) => { start(); wr(); t[JOBS] &= ~j; go(`${name}: job ${j}: ${why}`); };
          const lower = rev2 && on.sentRevision && revOf(j) < s[REV];
          const told = (why) => { start(); wr(); t[JOBS] &= ~j; t[TOLD] |= j; go(`${name}: job ${j}: ${why}`); };
          if (st !== UNRES && s[TOLD] & j) { ack('superseded, as told before'); continue; }
          if (st === TRANSF) {
            if (lower && contentOf(j) !== s[SREV]) { told('superseded'); continue; }
            if (rev2 && contentOf(j) !== s[SREV]) {
              if (on.laterJobKeepsRecord) ack('changed after transfer, job refused, record kept');
              else { start(); wr(); t[JOBS] &= ~j; t[ST] = REJ; if (live(s)) t[VIOL] = 2; go(`${name}: job ${j}: changed after transfer, writes rejected`); }
            } else ack('already transferred');
            continue;
          }
          if (on.requestId && st !== UNRES && s[EVR] & j) { ack('this request has ended already'); continue; }
          if (lower && st !== NONE && st !== UNRES) { told('superseded'); continue; }
          if (st === SENDING && s[SENT] && s[SENT] - 1 < SP) continue;                           // settling
          if (st === SENDING && s[MISS] && s[MISS] - 1 < SP) continue;
          if (!on.uniqueFence && s[CLAIMS] >= maxClaims) continue;
          start(); wr();
          if (st === NONE || st === REJ) { t[ST] = PREP; t[PAY] = j; }
          t[REV] = Math.max(s[REV], revOf(j));
          if (!on.uniqueFence) t[CLAIMS]++;
          t[FENCE] = newFence(); t[LEASE] = L; t[w + PC] = t[ST] === ORDERED ? VERIFY : CLAIMED; t[w + WF] = t[FENCE]; t[w + JOB] = j; t[w + WST] = t[ST];
          go(`${name}: claims job ${j} (${STATE[t[ST]]})`);
        }
        continue;
      }
      if (pc !== ENDED && pc !== SWEPT && s[FENCE] === s[w + WF] && s[ST] && s[LEASE] && s[LEASE] < L) { start(); wr(); t[LEASE] = L; go(`${name}: renews its lease`); }
      const wst = s[w + WST];
      const giveUp = (label) => wst === PREP && !(on.unknownNeverRejects && s[FL] & F_UNKNOWN) && !(on.rejectNeedsLook && pc === CLAIMED)
        ? end(w, REJ, 0, name, `${label}: rejected`) : end(w, UNRES, EXHAUSTED, name, `${label}: unresolved`);
      if (pc === CLAIMED) {
        if (cust && !on.noSkipLook && wst === PREP && !(s[w + WFL] & 8)) {
          start();
          if (s[CUST] === 1) { t[w + WFL] |= 8; go(`${name}: finds the customer`); }
          else { t[CUST] = 1; t[w + WFL] |= 8 | W_CREATED; go(`${name}: creates the customer`); }
          continue;
        }
        if (reject && wst <= SENDING) {
          // data or shop says no before the look; with the rule, a look comes first (see LOOKED)
          if (!on.rejectNeedsLook) end(w, REJ, 0, name, 'the data or the shop says no: rejected');
        }
        if (cust && s[w + WFL] & W_CREATED && !on.noSkipLook && wst === PREP) { start(); t[w + PC] = WAIT; go(`${name}: customer made in this attempt, skips the look, queues the order`); }
        else {
          const [n, id] = look(s); start(); t[w + PC] = LOOKED; t[w + RES] = Math.min(n, 2); t[w + RID] = id;
          go(`${name}: looks, ${n} found`);
          if (lookErr) { release(w, name, 'look-up fails, tries later'); if (wst !== UNRES) giveUp('look-up fails, attempts used up'); }
        }
      } else if (pc === LOOKED) {
        const n = s[w + RES], toSend = wst === PREP || (wst === SENDING && (s[FL] & F_DENIED || s[MISS] && afterUnknown !== 'ask'));
        if (n === 0 && cust && on.noSkipLook && toSend && !(s[w + WFL] & 8)) {                    // only once the look has found none
          start(); t[w + WFL] |= 8;
          if (s[CUST] === 1) go(`${name}: finds the customer`); else { t[CUST] = 1; t[w + WFL] |= W_CREATED; go(`${name}: creates the customer`); }
        } else if (n === 0) {
          if (wst === PREP) {
            if (reject && on.rejectNeedsLook) end(w, s[FL] & F_UNKNOWN && on.unknownNeverRejects ? UNRES : REJ, EXHAUSTED, name, 'none found, the data or the shop says no: ends');
            write(w, name, 'none found, keeps what it is to send, queues the order', () => { t[w + PC] = WAIT; t[PAY] = job; });
          } else if (wst === SENDING) {
            if (s[FL] & F_DENIED) write(w, name, 'denied and not found, queues the order again', () => { t[w + PC] = WAIT; t[PAY] = job; });
            else if (!s[MISS]) write(w, name, 'notes the first miss, waits', () => { t[MISS] = 1; t[LEASE] = 0; t[FL] |= F_UNKNOWN; }, () => idle(w));
            else if (afterUnknown === 'ask') end(w, UNRES, UNK, name, 'second miss: asks a person');
            else write(w, name, 'second miss, queues the order again', () => { t[FL] |= F_UNKNOWN; t[w + PC] = WAIT; t[PAY] = job; });
          } else write(w, name, 'still unresolved, job ends', () => { t[LEASE] = 0; t[JOBS] &= ~job; }, () => idle(w));
        } else if (n === 1) {
          if (s[OID] && s[w + RID] !== s[OID]) end(w, UNRES, DUP, name, 'another order than the one known: unresolved');
          else if (wst === UNRES && s[CODE] === DUP) write(w, name, 'still a duplicate, job ends', () => { t[LEASE] = 0; t[JOBS] &= ~job; }, () => idle(w));
          else write(w, name, `adopts order ${s[w + RID]}`, () => { if (wst !== UNRES) t[ST] = ORDERED; t[OID] = s[w + RID]; if (!s[SREV]) t[SREV] = contentOf(job); t[w + PC] = VERIFIED; t[w + RES] = 1; });   // verified as it was just seen
        } else end(w, UNRES, DUP, name, 'two orders found: unresolved');
      } else if (pc === WAIT) {
        start();
        if (s[EPOCH] !== s[w + WE] || stale(w)) { idle(w); go(`${name}: token: stale, dropped`); }
        else if (!s[QUIET] && !(rev2 && on.sentRevision && s[REV] > revOf(job))) {
          let free = 0; while (free < slots && s[SL + 3 * free]) free++;
          if (free < slots) { wr(); t[ST] = SENDING; t[SENT] = 1; t[MISS] = 0; t[FL] &= ~F_DENIED; t[LEASE] = L; t[SREV] = contentOf(job); t[w + PC] = INTENT; t[w + IAGE] = 0; go(`${name}: has the token, writes intent`); }
        } else if (rev2 && on.sentRevision && s[REV] > revOf(job)) write(w, name, 'superseded before the send, told so', () => { t[ST] = PREP; t[SENT] = t[LEASE] = 0; t[TOLD] |= job; }, () => { idle(w); t[w + PC] = ENDED; t[w + JOB] = job; });
        // it has not left, and that is proven: back to preparing also where an earlier send had been missed twice
        write(w, name, 'quota, quarantine or quiet: tries later', () => { t[ST] = PREP; t[SENT] = t[LEASE] = 0; }, () => idle(w));
        if (!on.uniqueFence && s[EPOCH] && s[w + WE] !== s[EPOCH]) { start(); t[w + WE] = s[EPOCH]; go(`${name}: its process learns the new epoch (through another job)`); }
        if (wst === PREP) giveUp('seven days over'); else end(w, UNRES, EXHAUSTED, name, 'seven days over: unresolved');
      } else if (pc === INTENT) {
        if (s[w + IAGE] <= D) {
          let free = 0; while (free < slots && s[SL + 3 * free]) free++;
          if (free < slots) { start(); const o = SL + 3 * free; t[o] = 1; t[o + 1] = 0; t[o + 2] = contentOf(job); t[w + PC] = ANS; t[w + SLOT] = free + 1; t[w + WFL] &= ~W_FROZEN; go(`${name}: writes request ${free + 1} to the socket`); }
          if (s[FREEZE] && !(s[w + WFL] & W_FROZEN)) { start(); t[FREEZE]--; t[w + WFL] |= W_FROZEN; go(`${name}: machine suspended, its monotonic clock stands still`); }
        } else write(w, name, 'too late after intent, sends nothing, back to preparing', () => { t[ST] = PREP; t[SENT] = 0; t[LEASE] = 0; }, () => idle(w));
      } else if (pc === ANS) {
        const o = SL + 3 * (s[w + SLOT] - 1), p = s[o];
        if (p >= 2) { start(); t[w + PC] = GOTOK; go(`${name}: gets the order id`); }
        // It may have committed, and says that it has not; what was answered comes no later.
        if (denies && p) { start(); if (p === 1) setDead(s[w + SLOT] - 1); t[w + PC] = GOTDEN; t[w + SLOT] = 0; go(`${name}: is told that nothing was written`); }
        if (p === 1 && refuse) { start(); setDead(s[w + SLOT] - 1); t[w + PC] = GOTREF; t[w + SLOT] = 0; go(`${name}: is refused, nothing written`); }
        start(); t[w + PC] = GOTUNK; t[w + SLOT] = 0; go(`${name}: timeout, 5xx or reset, outcome unknown`);
      } else if (pc === GOTUNK) {
        write(w, name, 'outcome unknown, delays the job', () => { t[LEASE] = 0; t[FL] |= F_UNKNOWN; }, () => idle(w));
        end(w, UNRES, EXHAUSTED, name, 'outcome unknown, attempts used up: unresolved');
      } else if (pc === GOTDEN) {
        write(w, name, 'denied, keeps that it was sent', () => { if (on.denialSettles) t[FL] |= F_DENIED; else { t[ST] = PREP; t[SENT] = 0; } t[LEASE] = 0; }, () => idle(w));
      } else if (pc === GOTREF) {
        write(w, name, 'back to preparing', () => { t[ST] = PREP; t[SENT] = 0; t[LEASE] = 0; }, () => idle(w));
        end(w, on.unknownNeverRejects && s[FL] & F_UNKNOWN ? UNRES : REJ, EXHAUSTED, name, 'order refused by the service: ends');
      } else if (pc === GOTOK) write(w, name, 'records the order id', () => { t[ST] = ORDERED; t[OID] = s[w + SLOT]; t[w + SLOT] = 0; t[w + PC] = VERIFY; });
      else if (pc === VERIFY) {
        const [n, id] = look(s); start(); t[w + PC] = VERIFIED; t[w + RES] = Math.min(n, 2); t[w + RID] = id; if (!s[SENT] || s[SENT] - 1 >= SP) t[w + WFL] |= W_SETTLED;
        go(`${name}: reads back, ${n} found`);
        if (lookErr) { release(w, name, 'read-back fails, tries later'); end(w, UNRES, EXHAUSTED, name, 'read-back fails, attempts used up: unresolved'); }
      } else if (pc === VERIFIED) {
        const n = s[w + RES];
        if (n === 0) { if (s[w + WFL] & W_SETTLED) end(w, UNRES, VANISHED, name, 'order vanished: unresolved'); else release(w, name, 'not visible yet, again later'); }
        else if (n >= 2 || (on.verifyId && s[w + RID] !== s[OID])) end(w, UNRES, DUP, name, 'another order under the mark: unresolved');
        else end(w, TRANSF, 0, name, 'agrees: transferred');
      } else if (pc === SWEPT) {
        if (!s[LEASE] && !s[QUIET] && s[ST] === TRANSF && s[OID] === s[w + SLOT] && s[w + WE] === s[EPOCH]) {
          start(); wr(); t[FENCE] = newFence(); t[LEASE] = L; t[w + WF] = t[FENCE]; t[w + JOB] = SWEEP; t[w + PC] = LOOKED; t[w + RES] = 2; t[w + WST] = TRANSF; t[w + SLOT] = 0; go(`${name}: sweep: claims what it has seen`);
        }
        start(); idle(w); go(`${name}: sweep: leaves it for a minute`);
      } else if (pc === ENDED) {
        const o = WK + (1 - i) * WB, other = s[o + JOB] === job && s[o + PC] !== ENDED; start(); wr(); if (!other && s[EPOCH] === s[w + WE]) t[JOBS] &= ~job; idle(w); go(`${name}: job ${job} done`);
      }
    }
  }
  const canon = (s) => {
    if (s[EVC] > 3) s[EVC] = 3;
    for (let i = 0; i < WB; i++) { const a = s[WK + i], b = s[WK + WB + i]; if (a < b) return; if (a > b) { for (let j = 0; j < WB; j++) { const x = s[WK + j]; s[WK + j] = s[WK + WB + j]; s[WK + WB + j] = x; } return; } }
  };
  const check = (s) => {
    if (s[VIOL] && !ignore.includes(VIOLS[s[VIOL]])) return VIOLS[s[VIOL]];
    if (s[ST] === REJ && live(s) && !ignore.includes(VIOLS[2])) return VIOLS[2];
    return null;
  };
  const goals = !on.uniqueFence ? {} : allowTwo
    ? { 'a second order is detected': (s) => { let v = 0; for (let k = 0; k < slots; k++) if (s[SL + 3 * k] >= 2) v++; return v < 2 || s[DET] === 1; } }
    : { 'an end (transferred, rejected, unresolved)': (s) => s[ST] >= TRANSF, 'transferred or rejected, with a person\'s help': (s) => s[ST] === TRANSF || s[ST] === REJ };
  const describe = (s) => `record ${STATE[s[ST]]}, lease ${s[LEASE]}, jobs ${s[JOBS]}, orders ${committed(s)}, events C${s[EVC]} U${s[EVU]} R${s[EVR]}, epoch ${s[EPOCH]} quiet ${s[QUIET]}, pcs ${s[WK]} ${s[WK + WB]}`;
  return { size, init, next, canon, check, goals, describe };
}
