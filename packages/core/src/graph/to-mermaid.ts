import { END, START } from "./command.js";
import type { ExitPlan, GraphPlan } from "./graph-plan.js";

/** Prints a graph as a Mermaid flowchart. The same graph gives the same text. */
export function toMermaid(plan: GraphPlan): string {
  const idOf = (name: string) =>
    name === START ? "start" : name === END ? "finish" : `n${plan.nodesByName.get(name)?.order}`;
  const lines = ["flowchart TD", "  start([start])"];
  for (const { name, order, work } of plan.nodes) {
    lines.push(work.kind === "graph" ? `  n${order}[["${name}"]]` : `  n${order}["${name}"]`);
  }
  lines.push("  finish([end])", ...arrows(plan, START, plan.start, undefined, idOf));
  for (const { name, exits, ends } of plan.nodes) lines.push(...arrows(plan, name, exits, ends, idOf));
  return `${lines.join("\n")}\n`;
}

function* arrows(
  plan: GraphPlan,
  source: string,
  exits: ExitPlan,
  ends: ReadonlySet<string> | undefined,
  idOf: (name: string) => string,
): Generator<string> {
  const from = idOf(source);
  for (const order of exits.to) yield `  ${from} --> n${order}`;
  for (const { to } of exits.joins) yield `  ${from} -- all --> n${to}`;
  if (exits.toEnd) yield `  ${from} --> ${idOf(END)}`;
  for (const { mapping } of exits.branches) {
    const choices =
      mapping ?? new Map([...plan.nodesByName.keys(), END].map((name) => [name, name] as const));
    for (const [said, name] of choices) {
      yield said === name
        ? `  ${from} -.-> ${idOf(name)}`
        : `  ${from} -. "${label(said)}" .-> ${idOf(name)}`;
    }
  }
  for (const name of ends ?? []) yield `  ${from} -.-> ${idOf(name)}`;
}

/** What stands between quotes must not hold any. */
const label = (text: string): string => text.replaceAll('"', "#quot;");
