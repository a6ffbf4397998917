import { callerWord, failuresOf, LEGEND, providerWord, versionsInWords } from "./drilled.mjs";

const FAULT_CHARS = 30;
const CALLER_CHARS = 9;
const VENDORS_CHARS = 9;

/**
 * All subjects side by side, what failed below, and how each was set up.
 *
 * @param {readonly import("./drilled.mjs").Drilled[]} subjects
 * @returns {string}
 */
export function drillTable(subjects) {
  const [first] = subjects;
  const line = (/** @type {string} */ left, /** @type {readonly string[]} */ cells) =>
    [left.padEnd(FAULT_CHARS), ...cells].join(" │ ").trimEnd();
  const pair = (/** @type {string} */ caller, /** @type {string} */ vendors) =>
    caller.padEnd(CALLER_CHARS) + vendors.padEnd(VENDORS_CHARS);
  const rows = (first?.rows ?? []).map(({ id, title }) => {
    const cells = subjects.map(({ rows: all }) => {
      const row = all.find((each) => each.id === id);
      return row ? pair(callerWord(row), providerWord(row)) : pair("", "");
    });
    return line(`${String(id).padStart(2)} ${title}`, cells);
  });
  const whole = CALLER_CHARS + VENDORS_CHARS;
  const totals = [
    line(
      "passed from both sides",
      subjects.map(({ passed, total }) => `${passed} of ${total}`.padEnd(whole)),
    ),
    line(
      "calls that got an answer",
      subjects.map(({ answered, calls }) => `${answered} of ${calls}`.padEnd(whole)),
    ),
  ];
  return [
    line(
      "",
      subjects.map(({ subject }) => subject.padEnd(whole)),
    ),
    line(
      "",
      subjects.map(() => pair("caller", "vendors")),
    ),
    ...rows,
    "",
    ...totals,
    "",
    LEGEND,
    ...subjects.flatMap(failures),
    "",
    ...subjects.map((each) => `${each.subject}: ${versionsInWords(each)}. ${each.note}`),
    "",
  ].join("\n");
}

/** @param {import("./drilled.mjs").Drilled} drilled */
function failures(drilled) {
  const list = failuresOf(drilled).map(({ id, title, side, what }) => `  ✗ ${id} ${title}, ${side}: ${what}`);
  return list.length > 0 ? ["", drilled.subject, ...list] : [];
}
