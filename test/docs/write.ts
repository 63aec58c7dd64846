/** `npm run docs` */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GENERATED } from './generated.ts';
import { ROOT } from './markdown.ts';

for (const [path, text] of Object.entries(GENERATED)) writeFileSync(join(ROOT, path), text());
