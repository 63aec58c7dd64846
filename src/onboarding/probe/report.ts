/** What was found, for people and for the sandbox. */
import type { Finding, Found, Inquiry, ProbeState } from './inquiry.ts';
import { MOST_REQUESTS, NOT_ASKED, NOT_TOLD, PLAN } from './run.ts';

const cell = (text: string) => text.replace(/\|/g, '\\|').replace(/\s+/g, ' ');

const MARKS: Record<Finding['verdict'], string> = {
  holds: 'ok  ',
  'does not hold': 'FAIL',
  'could not be told': '?   ',
};

/** One line for the terminal. */
export function findingLine(inquiry: Inquiry, finding: Finding): string {
  return `${MARKS[finding.verdict]} ${inquiry.question} ${finding.came}; "${inquiry.decision}" ${finding.verdict}`;
}

/** All that was found, by the sandbox's names. */
export function behaviourOf(findings: readonly Finding[]): Found {
  return Object.assign({}, ...findings.map(({ found }) => found));
}

/** What stands there now, and what may stand there: saves without an answer. */
export function madeLines({ made, sent }: ProbeState): string[] {
  return [
    ...made.map(({ kind, id, name }) => `${kind} ${id}: ${name}`),
    ...Object.keys(sent).map((key) => `perhaps SF-PROBE-${key}-…: its save was not answered`),
  ];
}

export function writeReport(state: ProbeState, stopped: string | undefined, at: string): string {
  const asked = PLAN.flatMap((inquiry) => {
    const finding = state.findings.find(({ id }) => id === inquiry.id);
    return finding === undefined ? [] : [{ inquiry, finding }];
  });
  const left = PLAN.filter(({ id }) => !asked.some(({ inquiry }) => inquiry.id === id));
  const rows = asked.map(({ inquiry, finding }) =>
    [
      inquiry.section,
      inquiry.question,
      finding.tried,
      finding.came,
      `${inquiry.decision} (\`${inquiry.file}\`)`,
      finding.verdict,
    ]
      .map(cell)
      .join(' | '),
  );
  const made = madeLines(state);
  return [
    `# Probe of ${state.shopId}`,
    '',
    `Company ${state.clientId}, ${at}. ${state.requests} requests of at most ${MOST_REQUESTS}.`,
    ...(stopped === undefined
      ? []
      : ['', `It stopped: ${stopped}. Run it again; it goes on where it stopped.`]),
    '',
    '| § 14 | question | tried | came | decision that rests on it | it |',
    '|---|---|---|---|---|---|',
    ...rows.map((row) => `| ${row} |`),
    ...(left.length === 0 ? [] : ['', '## Not asked yet', '']),
    ...left.map(
      ({ question, needsWrite }) => `- ${question}${needsWrite === true ? ' (needs `--write`)' : ''}`,
    ),
    '',
    '## To delete by hand',
    '',
    ...(made.length === 0 ? ['Nothing was made.'] : made.map((line) => `- ${line}`)),
    '',
    '## What no probe tells',
    '',
    ...NOT_ASKED.map((line) => `- ${line}`),
    ...Object.entries(NOT_TOLD).map(([name, reason]) => `- \`${name}\`: ${reason}`),
    '',
  ].join('\n');
}
