/** The guards of reading answers: defaults and bounds. */
import { BOOKS, type Mutant, mutant, unit } from './mutant.ts';

const ANSWER = `${BOOKS}/wire/answer.ts`;
const CUSTOMERS = `${BOOKS}/customers.ts`;
const { byRule, recorded, bounds, askedFor } = unit;

export const WIRE_MUTANTS: readonly Mutant[] = [
  mutant(
    'defaults: a missing element is not set',
    ANSWER,
    'if (!(name in entity)) entity[name] = value;',
    'void [name, value];',
    byRule,
  ),
  mutant(
    'defaults: an empty element is not set',
    ANSWER,
    "else if (frame.type !== undefined && frame.text !== '') {",
    'else if (frame.type !== undefined) {',
    byRule,
  ),
  mutant(
    'defaults: a sentinel is a value',
    `${BOOKS}/wire/scalars.ts`,
    "plain === '' || UNSET[type]?.test(plain) ? undefined",
    "plain === '' ? undefined",
    byRule,
  ),
  mutant(
    'defaults: a status of Web is missing',
    `${BOOKS}/orders.ts`,
    "orderStatus: requiredText(entity, 'OrderStatus'),",
    "orderStatus: entity.OrderStatus === 'Web' ? '' : requiredText(entity, 'OrderStatus'),",
    byRule,
  ),
  mutant(
    'defaults: a normal row has no type',
    `${BOOKS}/orders.ts`,
    "const type = requiredText(row, 'Type');",
    "const type = row.Type === 'Normal' ? '' : requiredText(row, 'Type');",
    byRule,
  ),
  mutant(
    'defaults: a customer of type None has no type',
    CUSTOMERS,
    "customerType.safeParse(requiredText(company, 'Type'))",
    "customerType.safeParse(company.Type === 'None' ? '' : requiredText(company, 'Type'))",
    byRule,
  ),
  mutant(
    'defaults: a discount of 0 is missing',
    CUSTOMERS,
    "discount: decimalOf(company, 'Discount'),",
    "discount: Number(company.Discount) === 0 ? undefined : decimalOf(company, 'Discount'),",
    byRule,
  ),
  mutant(
    'defaults: an account of 0 is missing (debit)',
    CUSTOMERS,
    "accountDebit: intOf(company, 'AccountDebit'),",
    "accountDebit: intOf(company, 'AccountDebit') || undefined,",
    byRule,
  ),
  mutant(
    'defaults: an account of 0 is missing (credit)',
    CUSTOMERS,
    "accountCredit: intOf(company, 'AccountCredit'),",
    "accountCredit: intOf(company, 'AccountCredit') || undefined,",
    byRule,
  ),
  mutant(
    'defaults: not blocked is missing',
    CUSTOMERS,
    "blockInvoice: booleanOf(company, 'BlockInvoice'),",
    "blockInvoice: booleanOf(company, 'BlockInvoice') || undefined,",
    byRule,
  ),
  mutant(
    'defaults: the local currency is missing',
    CUSTOMERS,
    "currencyId: textOf(company, 'CurrencyId'),",
    "currencyId: company.CurrencyId === 'LOCAL' ? undefined : textOf(company, 'CurrencyId'),",
    byRule,
  ),
  mutant(
    'defaults: an identity that is not disabled does not say',
    `${BOOKS}/session/login.ts`,
    "isDisabled: requiredBoolean(identity, 'IsDisabled'),",
    "isDisabled: requiredBoolean(identity, 'IsDisabled') || (undefined as never),",
    byRule,
  ),
  mutant(
    'reading: nil counts as empty',
    ANSWER,
    'if (parent?.entity === undefined || frame.isNil) return;',
    'if (parent?.entity === undefined) return;',
    byRule,
  ),
  mutant(
    "reading: another namespace's element is ours",
    ANSWER,
    'const isForeign = known.namespace !== undefined && uri !== known.namespace;',
    'const isForeign = known.namespace !== undefined && uri === undefined;',
    byRule,
  ),
  mutant(
    'reading: numbers keep their leading zeros',
    `${BOOKS}/wire/scalars.ts`,
    'const FRACTION = /^([+-]?)0*(\\d*)(?:\\.(\\d*))?$/;',
    'const FRACTION = /^([+-]?)(\\d*)(?:\\.(\\d*))?$/;',
    byRule,
  ),
  mutant(
    'reading: forbidden characters reach the parser',
    ANSWER,
    'const text = withoutForbidden(xml);',
    'const text = xml;',
    recorded,
  ),
  mutant('asked for: the discount is read unasked', CUSTOMERS, "  'Discount',\n", '', askedFor),
  mutant(
    'bounds: any depth',
    ANSWER,
    'if (stack.length >= MAX_DEPTH)',
    'if (stack.length >= Infinity)',
    bounds,
  ),
  mutant('bounds: any number', ANSWER, 'if (elements > MAX_ELEMENTS)', 'if (elements > Infinity)', bounds),
  mutant(
    'bounds: a long answer is read at once',
    ANSWER,
    'if (start > 0) await new Promise((resolve) => setImmediate(resolve));',
    'await undefined;',
    bounds,
  ),
];
