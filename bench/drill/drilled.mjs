/**
 * @typedef {object} Row As `@salesagent/sandbox/drill` has it.
 * @property {number} id
 * @property {string} title
 * @property {"pass" | "fail"} caller
 * @property {string} callerNote
 * @property {"pass" | "fail"} provider
 * @property {string} providerNote
 * @property {{ primary: number, fallback: number }} requests
 * @property {number} calls
 * @property {number} answered
 * @property {number} elapsedMs
 *
 * @typedef {object} Drilled One subject with its rows.
 * @property {string} subject
 * @property {string} note How it was set up.
 * @property {Record<string, string>} versions
 * @property {number} passed
 * @property {number} total
 * @property {number} calls
 * @property {number} answered
 * @property {Row[]} rows
 */

/**
 * Reads what a drilled process printed: lines of JSON, and whatever else its packages write.
 *
 * @param {string} name
 * @param {string} output
 * @param {Partial<Drilled>} more
 * @returns {Drilled}
 * @throws Error with the output when it does not end in a summary.
 */
export function readDrilled(name, output, more = {}) {
  const values = output
    .split("\n")
    .filter((line) => line.startsWith('{"type":'))
    .map((line) => JSON.parse(line));
  const { type: _, ...summary } = values.find(({ type }) => type === "summary") ?? {};
  if (summary.subject === undefined) throw new Error(`The drill of ${name} broke off:\n${output.trimEnd()}`);
  const rows = values.filter(({ type }) => type === "row").map(({ type: _type, ...row }) => row);
  return { note: "", versions: {}, ...summary, ...more, rows };
}

/**
 * What became of a row's calls, in a word or two.
 *
 * @param {Row} row
 */
export function callerWord({ caller, calls, answered }) {
  if (caller === "fail") return "✗";
  if (answered === calls) return "✓ answer";
  return answered === 0 ? "✓ error" : "✓ both";
}

/**
 * What a row's vendors saw: requests to the primary and the fallback.
 *
 * @param {Row} row
 */
export function providerWord({ provider, requests }) {
  return `${provider === "pass" ? "✓" : "✗"} ${requests.primary}+${requests.fallback}`;
}

/**
 * The verdicts of a subject that failed, in words.
 *
 * @param {Drilled} drilled
 */
export function failuresOf({ rows }) {
  return rows.flatMap(({ id, title, caller, callerNote, provider, providerNote }) => [
    ...(caller === "fail" ? [{ id, title, side: "caller", what: callerNote }] : []),
    ...(provider === "fail" ? [{ id, title, side: "vendors", what: providerNote }] : []),
  ]);
}

/**
 * @param {Drilled} drilled
 */
export function versionsInWords({ versions }) {
  return Object.entries(versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(", ");
}

export const LEGEND =
  "Caller: an answer whole and once, a clear error in time, or both over several calls. Vendors: requests to the primary + the fallback.";
