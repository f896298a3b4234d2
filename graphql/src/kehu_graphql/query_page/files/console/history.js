// What was run, and what is being written, kept in this browser's localStorage. A browser that keeps nothing is fine too.

const RUNS = "kehu.console.runs";
const DRAFT = "kehu.console.draft";
const MOST_RUNS = 50;

/** The operations that were run, newest first: `{document, variables, at, ok}`. */
export function runs() {
  return read(RUNS) ?? [];
}

/** Remember a run; the same document and variables again only move to the top. */
export function remember({ document, variables, ok }) {
  const others = runs().filter((run) => run.document !== document || run.variables !== variables);
  write(RUNS, [{ document, variables, ok, at: new Date().toISOString() }, ...others].slice(0, MOST_RUNS));
}

export function forgetRuns() {
  write(RUNS, []);
}

/** What stood in the editors when the page was left: `{document, variables}`, or null. */
export function draft() {
  return read(DRAFT);
}

export function keepDraft(document, variables) {
  write(DRAFT, { document, variables });
}

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

function write(key, value) {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // Storage is full or switched off: the page works without.
  }
}
