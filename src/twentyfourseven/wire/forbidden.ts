/** Characters that XML 1.0 cannot hold. .NET writes them all the same, and a parser refuses the whole answer. */

// biome-ignore lint/suspicious/noControlCharactersInRegex: it is these that must go
const RAW = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu;
/** Digits hold no `&`, so that no character is looked at twice. */
const REFERENCE = /&#(?:x([0-9a-f]+)|(\d+));/gi;

const LARGEST = 0x10_ff_ff;

function isForbidden(code: number): boolean {
  return (
    (code < 0x20 && code !== 0x9 && code !== 0xa && code !== 0xd) ||
    (code >= 0xd8_00 && code <= 0xdf_ff) ||
    code === 0xff_fe ||
    code === 0xff_ff ||
    code > LARGEST
  );
}

/** Others wrote them (`&#xB;` in a customer's name), and one would block all that is read beside it. */
export function withoutForbidden(xml: string): string {
  return xml
    .replace(RAW, '')
    .replace(REFERENCE, (reference, hex: string | undefined, digits: string | undefined) =>
      isForbidden(hex === undefined ? Number(digits) : Number(`0x${hex}`)) ? '' : reference,
    );
}
