/** Draws the charts that `toMermaid()` of a graph writes, as SVG in the colours of the page: no script, nothing from outside. */

/**
 * @typedef {object} Chart
 * @property {{ id: string, label: string, round: boolean }[]} nodes In the order of the text.
 * @property {{ from: string, to: string, label: string, dashed: boolean }[]} edges
 */

const NODE = /^(\w+)(?:\(\[([^\]]+)\]\)|\[\[?"([^"]+)"\]?\])$/;
const EDGE = /^(\w+) (?:(-->|-\.->)|-- (.+?) -->|-\. "?(.+?)"? \.->) (\w+)$/;

/**
 * @param {string} text Of a fence `mermaid`.
 * @returns {Chart | undefined} Nothing for a chart of another kind.
 */
export function readFlowchart(text) {
  const [head, ...lines] = text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
  if (head !== "flowchart TD") return undefined;
  /** @type {Chart} */
  const chart = { nodes: [], edges: [] };
  for (const line of lines) {
    const [, id, round, label] = NODE.exec(line) ?? [];
    const [, from, arrow, solid, dashed, to] = EDGE.exec(line) ?? [];
    if (id) chart.nodes.push({ id, label: round ?? label ?? id, round: round !== undefined });
    else if (from && to) {
      chart.edges.push({
        from,
        to,
        label: solid ?? dashed ?? "",
        dashed: dashed !== undefined || arrow === "-.->",
      });
    } else return undefined;
  }
  const ids = new Set(chart.nodes.map(({ id }) => id));
  return chart.edges.every(({ from, to }) => ids.has(from) && ids.has(to)) ? chart : undefined;
}

const WIDTH = 130;
const GAP = 40;
const PORT = 20;
const LANE = 18;
const LETTER = 6.6;
const MARGIN = 12;

/**
 * Nodes stand in one column. An edge to the next one goes straight down; all others leave to the right, run in the lane of their
 * target, and come back to it from there, so that no line crosses a label.
 *
 * @param {string} text Of a fence `mermaid`.
 * @returns {string | undefined} Nothing for a chart of another kind.
 */
export function drawFlowchart(text) {
  const chart = readFlowchart(text);
  if (!chart) return undefined;
  const places = placeNodes(chart);
  const far = farEdges(chart);
  const targets = [...new Set(far.map(({ to }) => to))].sort(
    (one, other) => spanOf(far, places, one) - spanOf(far, places, other),
  );
  const longest = Math.max(0, ...far.map(({ label }) => label.length));
  const firstLane = MARGIN + WIDTH + 14 + longest * LETTER + 10;
  const laneOf = (/** @type {string} */ id) => firstLane + targets.indexOf(id) * LANE;
  const right = targets.length > 0 ? laneOf(targets.at(-1) ?? "") : MARGIN + WIDTH;
  const width = Math.ceil(Math.max(right, MARGIN + WIDTH / 2 + 10 + longestDown(chart) * LETTER) + MARGIN);
  const last = [...places.values()].at(-1);
  const height = Math.ceil((last ? last.top + last.height : 0) + MARGIN);
  const parts = [
    ...chart.nodes.map((node) => drawNode(node, places)),
    ...nearEdges(chart).map((edge) => drawDown(edge, places)),
    ...far.map((edge) => drawFar(edge, places, laneOf(edge.to))),
  ];
  return [
    `<svg class="flowchart" role="img" aria-label="${toXmlText(inWords(chart))}" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" style="max-width: 100%; height: auto" font-size="13" font-family="sans-serif" fill="none" stroke="currentColor">`,
    '<defs><marker id="flowchart-tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0 8 4 0 8z" fill="currentColor" stroke="none"/></marker></defs>',
    ...parts,
    "</svg>\n",
  ].join("");
}

/**
 * @typedef {object} Place
 * @property {number} at Its number in the column.
 * @property {number} top
 * @property {number} height
 * @property {Map<object | string, number>} ports Where edges leave, and where those of a lane come in, by edge or by "in".
 */

/**
 * @param {Chart} chart
 * @returns {Map<string, Place>}
 */
function placeNodes(chart) {
  const far = farEdges(chart);
  /** @type {Map<string, Place>} */
  const places = new Map();
  let top = MARGIN;
  for (const [at, { id }] of chart.nodes.entries()) {
    /** @type {(object | string)[]} */
    const keys = far.some(({ to }) => to === id) ? ["in"] : [];
    keys.push(...far.filter(({ from }) => from === id));
    const height = Math.max(34, keys.length * PORT + 8);
    const first = top + (height - (keys.length - 1) * PORT) / 2;
    places.set(id, {
      at,
      top,
      height,
      ports: new Map(keys.map((key, index) => [key, first + index * PORT])),
    });
    top += height + GAP;
  }
  return places;
}

/** @param {Chart} chart */
const nearEdges = (chart) => chart.edges.filter((edge) => isNear(chart, edge));

/** @param {Chart} chart */
const farEdges = (chart) => chart.edges.filter((edge) => !isNear(chart, edge));

/**
 * @param {Chart} chart
 * @param {Chart["edges"][number]} edge
 */
function isNear({ nodes }, { from, to }) {
  const at = nodes.findIndex(({ id }) => id === from);
  return nodes[at + 1]?.id === to;
}

/**
 * @param {Chart["edges"]} far
 * @param {Map<string, Place>} places
 * @param {string} target
 */
function spanOf(far, places, target) {
  const atOf = (/** @type {string} */ id) => places.get(id)?.at ?? 0;
  return Math.max(
    ...far.filter(({ to }) => to === target).map(({ from }) => Math.abs(atOf(from) - atOf(target))),
  );
}

/** @param {Chart} chart */
const longestDown = (chart) => Math.max(0, ...nearEdges(chart).map(({ label }) => label.length));

/**
 * @param {Chart["nodes"][number]} node
 * @param {Map<string, Place>} places
 */
function drawNode({ id, label, round }, places) {
  const { top, height } = /** @type {Place} */ (places.get(id));
  const shape = `<rect x="${MARGIN}" y="${top}" width="${WIDTH}" height="${height}" rx="${round ? height / 2 : 6}"/>`;
  return shape + drawText(MARGIN + WIDTH / 2, top + height / 2 + 4, label, "middle");
}

/**
 * @param {Chart["edges"][number]} edge
 * @param {Map<string, Place>} places
 */
function drawDown({ from, to, label, dashed }, places) {
  const x = MARGIN + WIDTH / 2;
  const { top, height } = /** @type {Place} */ (places.get(from));
  const start = top + height;
  const end = /** @type {Place} */ (places.get(to)).top;
  return drawLine(`M${x} ${start}V${end}`, dashed) + drawText(x + 8, (start + end) / 2 + 3, label, "start");
}

/**
 * @param {Chart["edges"][number]} edge
 * @param {Map<string, Place>} places
 * @param {number} lane
 */
function drawFar(edge, places, lane) {
  const right = MARGIN + WIDTH;
  const start = /** @type {number} */ (places.get(edge.from)?.ports.get(edge));
  const end = /** @type {number} */ (places.get(edge.to)?.ports.get("in"));
  const line = drawLine(`M${right} ${start}H${lane}V${end}H${right}`, edge.dashed);
  return line + drawText(right + 8, start - 4, edge.label, "start");
}

/**
 * @param {string} path
 * @param {boolean} dashed
 */
function drawLine(path, dashed) {
  return `<path d="${path}" marker-end="url(#flowchart-tip)"${dashed ? ' stroke-dasharray="4 3"' : ""}/>`;
}

/**
 * @param {number} x
 * @param {number} y
 * @param {string} text
 * @param {"start" | "middle"} anchor
 */
function drawText(x, y, text, anchor) {
  if (text === "") return "";
  return `<text x="${x}" y="${y}" text-anchor="${anchor}" fill="currentColor" stroke="none">${toXmlText(text)}</text>`;
}

/** @param {Chart} chart */
function inWords({ nodes, edges }) {
  const labelOf = (/** @type {string} */ id) => nodes.find((node) => node.id === id)?.label ?? id;
  const ways = edges.map(
    ({ from, to, label }) => `${labelOf(from)} to ${labelOf(to)}${label ? ` (${label})` : ""}`,
  );
  return `A chart: ${ways.join("; ")}.`;
}

/** @param {string} text */
function toXmlText(text) {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
