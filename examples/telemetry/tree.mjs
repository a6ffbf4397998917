// Spans as a tree.

/** @typedef {import("./receiver.mjs").ReceivedSpan} ReceivedSpan */

/** What is told of a span besides its name, in this order. */
const TOLD = [
  "salesagent.route.chosen",
  "salesagent.attempt.outcome",
  "gen_ai.usage.input_tokens",
  "gen_ai.usage.output_tokens",
  "salesagent.cost_usd",
  "salesagent.call.attempts",
  "error.type",
];

/**
 * @param {readonly ReceivedSpan[]} spans
 * @returns {string[]} One line for each span, below the one that it belongs to, in the order in which they began.
 */
export function treeOf(spans) {
  const known = new Set(spans.map(({ spanId }) => spanId));
  const ordered = [...spans].sort((one, other) => Number(startOf(one) - startOf(other)));
  const isRoot = ({ parentSpanId }) => !parentSpanId || !known.has(parentSpanId);
  /** @param {ReceivedSpan} span @param {number} depth @returns {string[]} */
  const linesOf = (span, depth) => [
    `${"  ".repeat(depth)}${span.name}${toldOf(span)}`,
    ...ordered
      .filter(({ parentSpanId }) => parentSpanId === span.spanId)
      .flatMap((child) => linesOf(child, depth + 1)),
  ];
  return ordered.filter(isRoot).flatMap((root) => linesOf(root, 0));
}

/** @param {ReceivedSpan} span */
const startOf = ({ startTimeUnixNano }) => BigInt(startTimeUnixNano);

/** @param {ReceivedSpan} span */
function toldOf({ attributes }) {
  const values = new Map(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
  const told = TOLD.filter((key) => values.has(key)).map(
    (key) => `${key.replace(/^.*\./, "")} ${values.get(key)}`,
  );
  return told.length === 0 ? "" : `  (${told.join(", ")})`;
}
