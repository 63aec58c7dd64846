import type { QuotaAnswer } from './behaviour.ts';
import type { FaultEffect } from './faults.ts';
import { contentType, type SoapVersion, writeFault } from './soap-envelope.ts';

export type Reply = { status: number; contentType: string; headers: Record<string, string>; body: string };

/** What goes back over the wire, if anything does. */
export type Outcome =
  | { kind: 'reply'; reply: Reply }
  | { kind: 'cut'; reply: Reply }
  | { kind: 'reset' }
  | { kind: 'hang'; ms: number | undefined };

export function xmlReply(version: SoapVersion, status: number, body: string): Reply {
  return { status, contentType: contentType(version), headers: {}, body };
}

/** The kind of page a web server or a proxy before it answers with. */
export function htmlReply(status: number, text: string): Reply {
  const body = `<!DOCTYPE html><html><head><title>${status}</title></head><body><h1>${text}</h1></body></html>`;
  return { status, contentType: 'text/html; charset=utf-8', headers: {}, body };
}

export function tooManyRequests(message: string): Reply {
  return { status: 429, contentType: 'text/plain; charset=utf-8', headers: {}, body: message };
}

export function quotaRefusal(version: SoapVersion, shape: QuotaAnswer, message: string): Reply {
  if (shape === 'http429') return tooManyRequests(message);
  return xmlReply(version, shape === 'fault500' ? 500 : 200, writeFault(version, 'Server', message));
}

/** What an injected fault sends in place of `whole()`; `undefined` where it leaves the answer alone. */
export function replace(effect: FaultEffect, version: SoapVersion, whole: () => Reply): Outcome | undefined {
  switch (effect.kind) {
    case 'reset':
      return { kind: 'reset' };
    case 'hang':
      return { kind: 'hang', ms: effect.ms };
    case 'http':
      return { kind: 'reply', reply: htmlReply(effect.status, 'The service is unavailable.') };
    case 'empty':
      return { kind: 'reply', reply: xmlReply(version, 200, '') };
    case 'soapFault': {
      const body = writeFault(version, 'Server', effect.text);
      return { kind: 'reply', reply: xmlReply(version, effect.status ?? 500, body) };
    }
    case 'throttled':
      return { kind: 'reply', reply: tooManyRequests('Too Many Requests') };
    case 'truncated': {
      const reply = whole();
      const body = reply.body.slice(0, Math.floor(reply.body.length / 2));
      return { kind: 'reply', reply: { ...reply, body } };
    }
    case 'cut':
      return { kind: 'cut', reply: whole() };
    default:
      return undefined;
  }
}
