/** Session ids as they may lie in the store: readable only with the login that opened them. */
import { createCipheriv, createDecipheriv, createHash, randomBytes, scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import type { Credentials } from './login.ts';

const IV_BYTES = 12;
const TAG_BYTES = 16;
const deriveKey = promisify<string, string, number, Buffer>(scrypt);

export interface Seal {
  /** Equal for equal credentials; tells nothing of them. */
  fingerprint: string;
  seal(clientId: string, text: string): string;
  /** Undefined where it was sealed with another login, for another company, or is damaged. */
  open(clientId: string, sealed: string): string | undefined;
}

/**
 * A slow derivation; once per login. The application id, which Redis does not hold, is part of the secret: who reads a
 * sealed session cannot try passwords against it.
 */
export async function createSeal({ username, password, applicationId }: Credentials): Promise<Seal> {
  const secret = JSON.stringify([password, applicationId]);
  const key = await deriveKey(secret, `sharefox-24seven session ${username}`, 32);
  return {
    fingerprint: createHash('sha256').update(key).digest('hex'),

    seal(clientId, text) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(clientId));
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64');
    },

    open(clientId, sealed) {
      const bytes = Buffer.from(sealed, 'base64');
      if (bytes.byteLength < IV_BYTES + TAG_BYTES) return undefined;
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES), {
        authTagLength: TAG_BYTES,
      });
      decipher.setAAD(Buffer.from(clientId));
      decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
      try {
        const text = decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES));
        return Buffer.concat([text, decipher.final()]).toString('utf8');
      } catch {
        return undefined;
      }
    },
  };
}
