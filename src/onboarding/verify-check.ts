/** One line of `shop verify`, and the ways to come to one. */
import { TransferFailure } from '../errors.ts';

export interface VerifyCheck {
  name: string;
  ok: boolean;
  /** Passes, but a person should read it. */
  warning?: boolean;
  detail: string;
  /** What to do, where a check fails or warns. */
  remedy?: string;
}

const REMEDIES: Partial<Record<TransferFailure['code'], string>> = {
  'service.login_refused': 'check TFSO_USERNAME, TFSO_PASSWORD and TFSO_APPLICATION_ID',
  'service.permission_missing':
    "in the shop's 24SevenOffice, give Sharefox's user the rights of this module; the account needs its licence",
  'service.identity_blocked':
    "ask the shop's administrator to let Sharefox's user into the account, then verify again",
  'transfer.bug': 'tell the developers',
};
export const TRY_AGAIN = 'run the command again in some minutes';

export const passes = (name: string, detail: string): VerifyCheck => ({ name, ok: true, detail });
export const warns = (name: string, detail: string, remedy?: string): VerifyCheck => ({
  name,
  ok: true,
  warning: true,
  detail,
  ...(remedy === undefined ? {} : { remedy }),
});
export const fails = (name: string, detail: string, remedy: string): VerifyCheck => ({
  name,
  ok: false,
  detail,
  remedy,
});

export type Attempt<T> = { ok: true; value: T } | { ok: false; failure: TransferFailure; check: VerifyCheck };

/** The value, or the failed check that says why there is none. Bugs are thrown on. */
export async function attempt<T>(name: string, work: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    if (!(error instanceof TransferFailure)) throw error;
    const check = fails(name, `${error.code}: ${error.message}`, REMEDIES[error.code] ?? TRY_AGAIN);
    return { ok: false, failure: error, check };
  }
}
