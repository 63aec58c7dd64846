/** The product's own worker process, as `npm start` runs it. */
import { answerUsage, sayReady } from './child.ts';

answerUsage();
await import('../../../workers/main.ts');
sayReady();
