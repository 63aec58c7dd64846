/** What the probe needs of the wire: requests of its own making, and answers as they came. */

/** An element's content: children by name, in wire order; a list repeats its element, null is xsi:nil. */
export type Content =
  | string
  | number
  | boolean
  | null
  | readonly Content[]
  | { readonly [name: string]: Content | undefined };

/** An element of an answer, by its local name. */
export interface Element {
  name: string;
  nil: boolean;
  children: Element[];
  text: string;
}

export interface Ask {
  service: 'authenticate' | 'company' | 'product' | 'invoice' | 'account' | 'client';
  operation: string;
  content?: Content;
  /** The shop's own session where left out; another one by the name it was opened under. */
  session?: string;
}

export interface Answer {
  status: number;
  /** By their names in lower case. */
  headers: Readonly<Record<string, string>>;
  /** The operation's response element; undefined for a fault, a page and whatever else is no answer. */
  result: Element | undefined;
  /** The service's last words in a fault, without what we said to it. */
  fault: string | undefined;
  /** Whether the fault showed exception types or a stack. */
  showsStack: boolean;
  /** What our own table takes the failure for; undefined where there is a result. */
  signal: string | undefined;
}

export interface Identity {
  identityId: string;
  clientId: string;
  clientName: string;
  isDisabled: boolean;
}

/** The shop's own session was gone: how old it was, and how long unused, in ms. */
export interface LostSession {
  ageMs: number;
  idleMs: number;
}

/**
 * Each call takes a token of the shared quota and is counted. Throws Retryable where no answer came, NotNow
 * where quota or a closed gate stand in the way.
 */
export interface ProbeWire {
  /** Where the own session is gone, it is renewed once and the call repeated: it was refused. */
  ask(ask: Ask): Promise<Answer>;
  /** One more session beside the shop's; the answer's result holds its id, which stays in here. */
  login(name: string, identityId: string): Promise<{ answer: Answer; isOpen: boolean }>;
  identities(): Promise<Identity[]>;
  /** Forget the shop's own session; the next call opens one. */
  renew(): Promise<void>;
  /** Requests so far. */
  sent(): number;
  lost(): readonly LostSession[];
}

/** Every descendant of that name. */
export function all(element: Element | undefined, name: string): Element[] {
  if (element === undefined) return [];
  return element.children.flatMap((child) => [...(child.name === name ? [child] : []), ...all(child, name)]);
}

/** The child of that name. */
export function child(element: Element | undefined, name: string): Element | undefined {
  return element?.children.find((each) => each.name === name);
}

/** Its text, trimmed; undefined where it is left out or nil. */
export function textOf(element: Element | undefined, name: string): string | undefined {
  const found = child(element, name);
  return found === undefined || found.nil ? undefined : found.text.trim();
}
