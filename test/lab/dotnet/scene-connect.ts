import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { check, same } from './checks.ts';
import { SHOPS, type Stage } from './stage.ts';

/** `shop add` and `shop verify`, as README.md describes them. */
export const connect = async (stage: Stage, directory: string): Promise<void> => {
  for (const shop of SHOPS) {
    const file = join(directory, `${shop.shopId}.json`);
    const settings = {
      shopId: shop.shopId,
      accountName: shop.account,
      rentalProductName: 'SharefoxRental',
      vatCodes: { '0': shop.taxIds['0'] },
      resend: shop.resend,
    };
    writeFileSync(file, JSON.stringify(settings));
    const added = stage.product.cli('shop', 'add', file);
    same(`shop add ${shop.shopId}`, added.code, 0);
    const verified = stage.product.cli('shop', 'verify', shop.shopId);
    check(`shop verify ${shop.shopId}`, verified.code === 0, verified.out);
    check(`it is company ${shop.client}`, verified.out.includes(`is company ${shop.client}`), verified.out);
    for (const [percent, taxId] of Object.entries(shop.taxIds))
      check(
        `${percent} % is TaxId ${taxId}`,
        verified.out.includes(`tax code ${percent} %: TaxId ${taxId}`),
        verified.out,
      );
  }
  const wrong = join(directory, 'wrong.json');
  writeFileSync(
    wrong,
    JSON.stringify({
      shopId: 'wrong.mysharefox.com',
      accountName: 'Fjord Utleie as',
      rentalProductName: 'SharefoxRental',
    }),
  );
  stage.product.cli('shop', 'add', wrong);
  same(
    'shop verify of an account name that is almost right ends with 1',
    stage.product.cli('shop', 'verify', 'wrong.mysharefox.com').code,
    1,
  );
  const { companies } = await stage.office.books();
  const written = companies.flatMap(({ customers, products, categories, orders }) => [
    ...customers,
    ...products,
    ...categories,
    ...orders,
  ]);
  same('verify wrote nothing', written, []);
};
