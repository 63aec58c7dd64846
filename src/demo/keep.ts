import { BERG, FJORD } from './sample-shops.ts';
import { type DemoSystem, OPS_LOGIN } from './system.ts';

/** What `--keep` tells: where everything is, and what to do with it. */
export function whatToTry({ redisUrl, sandbox }: DemoSystem, opsUrl: string): string[] {
  const { username, password } = OPS_LOGIN;
  const cli = `REDIS_URL=${redisUrl} npm run --silent cli --`;
  const control = `${sandbox.url}/_control`;
  return [
    'Everything keeps running until Ctrl-C.',
    `  board          ${opsUrl}/board  (login ${username}, password ${password})`,
    `  metrics        ${opsUrl}/metrics`,
    `  24SevenOffice  ${sandbox.url}  (sandbox)`,
    `  Redis          ${redisUrl}`,
    'To try in another terminal:',
    '  one invoice as a story',
    `    ${cli} invoice show ${FJORD.settings.shopId} 1005-1`,
    '  the shops, and what a verify looks at',
    `    ${cli} shop show ${BERG.settings.shopId}`,
    '  what stands in the books of company 501, and how often each operation was called',
    `    curl -s -d '[501]' ${control}/books`,
    `    curl -s -X POST ${control}/counts`,
  ];
}
