import type { ErrorCode } from '../contract/errors.ts';

/** A refusal that the business expects: returned, never thrown. `message` holds no personal data. */
export interface Refusal {
  kind: 'rejected';
  code: ErrorCode;
  message: string;
}

export function refuse(code: ErrorCode, message: string): Refusal {
  return { kind: 'rejected', code, message };
}
