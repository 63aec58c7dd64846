/**
 * Our additions to Bull Board's page: controls for forbidden actions are hidden, buttons get names, greys get
 * readable. Icons and class names are those of the pinned version; the browser test fails if they change.
 */

/** Actions an operator may take: retry, remove, promote. Any other icon on a job is a write that we deny. */
const JOB_ICONS = '.lucide-refresh-cw, .lucide-trash-2, .lucide-corner-up-left';
/** In menus: retry, and how to sort. */
const MENU_ICONS = '.lucide-refresh-cw, [class*="lucide-arrow"], [class*="lucide-chevron"]';

export const BOARD_STYLE = `
ul[class^="jobActions-"] li:not(:has(${JOB_ICONS})) { display: none; }
[role="menuitem"]:has(svg):not(:has(${MENU_ICONS})) { display: none; }
body:not([data-status="completed"], [data-status="failed"]) [class^="queueActions-"] li:has(.lucide-trash-2) { display: none; }
[class*="badgeWrap-"], button[class^="badge-"] { display: none; }
small { opacity: 1 !important; }
[class^="undefinedValue-"] { color: var(--muted-foreground) !important; }
[class^="externalLink-"] { text-decoration: underline !important; }
@media (max-width: 40rem) { [class^="titleWithLink-"] { flex-wrap: wrap; } [class^="jobNameInline-"] { display: none; } }
`;

/** Darker than the board's own, on its light greys. */
export const BOARD_THEME = {
  light: { 'muted-foreground': '#475059', primary: '#0a564e', 'status-failed': '#b42318' },
};

const NAMES = {
  'lucide-refresh-cw': 'Retry',
  'lucide-trash-2': 'Remove',
  'lucide-corner-up-left': 'Promote',
  'lucide-copy': 'Copy',
  'lucide-maximize': 'Full screen',
  'lucide-settings': 'Settings',
  'lucide-circle-user': 'Other pages',
  'lucide-ellipsis-vertical': 'More',
};

export const BOARD_SCRIPT = `
const names = ${JSON.stringify(NAMES)};
function name() {
  document.body.dataset.status = new URLSearchParams(location.search).get('status') ?? '';
  for (const button of document.querySelectorAll('button:not([aria-label])')) {
    const picture = button.querySelector('svg');
    if (picture === null || button.textContent.trim() !== '' && picture.querySelector('style') === null) continue;
    const known = Object.keys(names).find((icon) => picture.classList.contains(icon));
    button.setAttribute('aria-label', known === undefined ? 'Redis' : names[known]);
    picture.setAttribute('aria-hidden', 'true');
  }
}
new MutationObserver(name).observe(document.body, { childList: true, subtree: true });
`;

/** The page loads fonts from another host, which our policy forbids. The reader's own fonts are enough. */
export const overlaid = (page: string): string =>
  page
    .replace(/<link href="https:[^>]*>/g, '')
    .replace(
      '</head>',
      '<link href="overlay.css" rel="stylesheet"><script defer src="overlay.js"></script></head>',
    );
