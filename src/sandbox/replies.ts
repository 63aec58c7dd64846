import type { QuotaAnswer, SandboxBehaviour } from './behaviour.ts';
import type { FaultEffect } from './faults.ts';
import { contentType, readingFault, type SoapVersion, serverFault, writeFault } from './soap-envelope.ts';

export type Reply = { status: number; contentType: string; headers: Record<string, string>; body: string };

/** What goes back over the wire, if anything does. */
export type Outcome =
  | { kind: 'reply'; reply: Reply }
  | { kind: 'cut'; reply: Reply }
  | { kind: 'reset' }
  | { kind: 'hang'; ms: number | undefined };

const aspNet = { 'X-AspNet-Version': '4.0.30319' };

export function xmlReply(version: SoapVersion, status: number, body: string): Reply {
  const headers = { ...aspNet, 'Cache-Control': 'private, max-age=0' };
  return { status, contentType: contentType(version), headers, body };
}

type FaultText = SandboxBehaviour['faultText'];

/** A fault that the service throws, in .NET's words. */
export function serverFaultReply(
  version: SoapVersion,
  message: string,
  faultText: FaultText,
  status = 500,
): Reply {
  return xmlReply(version, status, serverFault(version, message, faultText));
}

/** Answer to a request that could not be read. ASP.NET sends it before its caching rules apply. */
export function readingFaultReply(
  version: SoapVersion,
  at: { position: string; message: string },
  faultText: FaultText,
): Reply {
  return unread(version, readingFault(version, at.position, at.message, faultText));
}

export function wrongActionReply(version: SoapVersion, action: string | undefined): Reply {
  const message = `Server did not recognize the value of HTTP Header SOAPAction: ${action ?? ''}.`;
  return unread(version, writeFault(version, 'Client', message));
}

function unread(version: SoapVersion, body: string): Reply {
  const headers = { ...aspNet, 'Cache-Control': 'private' };
  return { status: 500, contentType: contentType(version), headers, body };
}

/** A page as a web server or a proxy sends it. */
export function htmlReply(status: number, text: string): Reply {
  const body = `<!DOCTYPE html><html><head><title>${status}</title></head><body><h1>${text}</h1></body></html>`;
  return { status, contentType: 'text/html; charset=utf-8', headers: {}, body };
}

export function tooManyRequests(message = 'Too Many Requests'): Reply {
  return { status: 429, contentType: 'text/plain; charset=utf-8', headers: {}, body: message };
}

export function quotaRefusal(
  version: SoapVersion,
  { quotaAnswer, faultText }: { quotaAnswer: QuotaAnswer; faultText: FaultText },
  message: string,
): Reply {
  if (quotaAnswer === 'http429') return tooManyRequests(message);
  return serverFaultReply(version, message, faultText, quotaAnswer === 'fault500' ? 500 : 200);
}

/** What an injected fault sends instead of `whole()`; `undefined` where it changes nothing. */
export function replace(
  effect: FaultEffect,
  version: SoapVersion,
  faultText: FaultText,
  whole: () => Reply,
): Outcome | undefined {
  switch (effect.kind) {
    case 'reset':
      return { kind: 'reset' };
    case 'hang':
      return { kind: 'hang', ms: effect.ms };
    case 'http':
      return { kind: 'reply', reply: htmlReply(effect.status, 'The service is unavailable.') };
    case 'empty':
      return { kind: 'reply', reply: xmlReply(version, 200, '') };
    case 'soapFault':
      return { kind: 'reply', reply: serverFaultReply(version, effect.text, faultText, effect.status) };
    case 'throttled':
      return { kind: 'reply', reply: tooManyRequests() };
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
