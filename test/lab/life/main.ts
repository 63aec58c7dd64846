/**
 * `npm run life -- [--months 3] [--before REVISION]`: lets months pass, then counts the books. REVISION is the
 * version that is replaced and rolled back to, from the history of this repository.
 */
import process from 'node:process';
import { parseArgs } from 'node:util';
import { build, buildVersion } from '../chaos/build.ts';
import { live } from './life.ts';
import { isWell, lines } from './report.ts';

const { values } = parseArgs({
  options: { months: { type: 'string', default: '3' }, before: { type: 'string' } },
});
const months = Number(values.months);
if (!Number.isInteger(months) || months < 1) {
  process.stderr.write('usage: npm run life -- [--months 3] [--before REVISION]\n');
  process.exit(2);
}
const now = build();
const before = values.before === undefined ? undefined : buildVersion(values.before);
try {
  const life = await live({
    now,
    ...(before && { before }),
    months,
    onProgress: (line) => console.log(line),
  });
  console.log(['', ...lines(life)].join('\n'));
  process.exitCode = isWell(life) ? 0 : 1;
} finally {
  now.remove();
  before?.remove();
}
