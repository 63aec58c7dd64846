import { describe, expect, it } from 'vitest';
import { withoutForbidden } from '../../../src/twentyfourseven/wire/forbidden.ts';
import { envelope } from '../fake-soap-server.ts';
import { readXml } from '../read.ts';

describe('characters that XML 1.0 forbids', () => {
  it.each(['&#xB;', '&#11;', '&#x0;', '&#x0000b;', '&#x1F;', '&#x1f;', '&#xFFFE;', '&#xD800;', '&#0011;'])(
    '%s is dropped',
    (reference) => {
      expect(withoutForbidden(`<a>x${reference}y</a>`)).toBe('<a>xy</a>');
    },
  );

  it.each(['&#x9;', '&#10;', '&#xD;', '&#x20;', '&#xe5;', '&#128512;', '&amp;#xB;', '&#xB', '&lt;'])(
    '%s stays',
    (reference) => {
      expect(withoutForbidden(`<a>x${reference}y</a>`)).toBe(`<a>x${reference}y</a>`);
    },
  );

  it('raw ones are dropped, pairs of surrogates stay', () => {
    expect(withoutForbidden('a\u0000b\u000bc\ufffed\ud83de😀\t\r\n')).toBe('abcde😀\t\r\n');
  });

  it('in a customer do not spoil the answer, nor in a fault', () => {
    const company = '<Company><Id>7</Id><Name>Kontroll&#xB;&#x1;Tegn\u0002</Name></Company>';
    const result = `<GetCompaniesResponse xmlns="http://24sevenOffice.com/webservices"><GetCompaniesResult>${company}</GetCompaniesResult></GetCompaniesResponse>`;
    expect(readXml('company', envelope(result))).toMatchObject({
      content: { GetCompaniesResult: { Company: [{ Name: 'KontrollTegn' }] } },
    });
    const fault =
      '<soap:Fault><faultcode>soap:Server</faultcode><faultstring>no &#xB;one</faultstring></soap:Fault>';
    expect(readXml('company', envelope(fault))).toMatchObject({ kind: 'fault', text: 'no one' });
  });
});
