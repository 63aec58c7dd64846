/** How long things take here; all follow from TFSO_TIMEOUT_MS and TFSO_SETTLE_MS. */
export interface Timing {
  timeoutMs: number;
  /** From intent to the write on the socket, at most. */
  sendWindowMs: number;
  /** TFSO_SETTLE_MS + the send window: from then on a look can be believed. */
  settleMs: number;
  leaseMs: number;
}
