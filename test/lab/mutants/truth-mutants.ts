/** The guards of "an answer must be true". */
import { type Mutant, mutant, unit } from './mutant.ts';

export const TRUTH_MUTANTS: readonly Mutant[] = [
  mutant(
    'paid: in the year 1900',
    'src/domain/service-date.ts',
    'const FIRST_REAL_YEAR = 2000;',
    'const FIRST_REAL_YEAR = 1900;',
    unit.payment,
  ),
];
