import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { rootFolder } from "../workspace/root.mjs";
import { drawFlowchart, readFlowchart } from "./draw-flowchart.mjs";

const chart = `flowchart TD
  start([start])
  n0["look <up>"]
  n1[["review"]]
  finish([end])
  start --> n0
  n0 -- all --> n1
  n0 -. "none, again" .-> finish
  n1 -.-> n0
`;

it("reads nodes, sub-graphs, and arrows of all kinds", () => {
  expect(readFlowchart(chart)).toEqual({
    nodes: [
      { id: "start", label: "start", round: true },
      { id: "n0", label: "look <up>", round: false },
      { id: "n1", label: "review", round: false },
      { id: "finish", label: "end", round: true },
    ],
    edges: [
      { from: "start", to: "n0", label: "", dashed: false },
      { from: "n0", to: "n1", label: "all", dashed: false },
      { from: "n0", to: "finish", label: "none, again", dashed: true },
      { from: "n1", to: "n0", label: "", dashed: true },
    ],
  });
});

it("draws each node and each arrow, and says in words what it shows", () => {
  const svg = drawFlowchart(chart) ?? "";

  expect(svg.match(/<rect /g)).toHaveLength(4);
  expect(svg.match(/marker-end/g)).toHaveLength(4);
  expect(svg.match(/<path d="M\d+ \d+V\d+"/g)).toHaveLength(2); // to the next one, straight down
  expect(svg.match(/<path d="M\d+ \d+H[\d.]+V\d+H\d+"/g)).toHaveLength(2); // to others, by a lane
  expect(svg.match(/rx="6"/g)).toHaveLength(2); // start and end are round
  expect(svg).toContain(">none, again</text>");
  expect(svg).toContain("look &lt;up&gt; to end (none, again)");
});

it("leaves charts of other kinds alone", () => {
  expect(drawFlowchart("sequenceDiagram\n  A->>B: hello\n")).toBeUndefined();
  expect(drawFlowchart('flowchart LR\n  a["a"]\n')).toBeUndefined();
  expect(drawFlowchart("flowchart TD\n  a{decision}\n")).toBeUndefined();
  expect(drawFlowchart('flowchart TD\n  a["a"]\n  a --> b\n')).toBeUndefined();
});

it("draws every chart of the documents", () => {
  const folder = join(rootFolder, "docs/agents");
  const charts = readdirSync(folder).flatMap((file) =>
    [...readFileSync(join(folder, file), "utf8").matchAll(/```mermaid\n(.*?)```/gs)].map(
      ([, text = ""]) => text,
    ),
  );

  expect(charts.length).toBeGreaterThan(0);
  for (const text of charts) expect(drawFlowchart(text)).toContain("<svg");
});
