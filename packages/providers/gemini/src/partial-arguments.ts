import type { JsonValue } from "@salesagent/ports";
import type { WirePartialArgument } from "./gemini-wire.js";

interface Leaf {
  /** Names and positions from the root to here. */
  readonly path: readonly (string | number)[];
  readonly value: JsonValue;
}

const STEP = /\.([^.[\]]+)|\[(\d+)\]|\["([^"]*)"\]|\['([^']*)'\]/g;

/** Builds the arguments of a call from pieces that name their place by a JSON path, such as `$.people[0].name`. */
export class PartialArguments {
  readonly #leaves = new Map<string, Leaf>();

  push(piece: WirePartialArgument): void {
    const { jsonPath = "$" } = piece;
    const value = pieceValue(piece);
    if (value === undefined) return;
    const before = this.#leaves.get(jsonPath)?.value;
    const joined = typeof before === "string" && typeof value === "string" ? before + value : value;
    this.#leaves.set(jsonPath, { path: stepsOf(jsonPath), value: joined });
  }

  /** All of them; `{}` where none came. */
  build(): JsonValue {
    return this.#leaves.size === 0 ? {} : buildAt([...this.#leaves.values()], 0);
  }
}

function pieceValue(piece: WirePartialArgument): JsonValue | undefined {
  if ("nullValue" in piece) return null;
  return piece.stringValue ?? piece.numberValue ?? piece.boolValue;
}

function stepsOf(jsonPath: string): (string | number)[] {
  return [...jsonPath.matchAll(STEP)].map(([, name, position, quoted, single]) =>
    position === undefined ? (name ?? quoted ?? single ?? "") : Number(position),
  );
}

function buildAt(leaves: readonly Leaf[], depth: number): JsonValue {
  const here = leaves.find((leaf) => leaf.path.length === depth);
  if (here) return here.value;
  const children = new Map<string | number, Leaf[]>();
  for (const leaf of leaves) {
    const step = leaf.path[depth] ?? "";
    const group = children.get(step);
    if (group) group.push(leaf);
    else children.set(step, [leaf]);
  }
  const entries = [...children].map(([step, group]) => [step, buildAt(group, depth + 1)] as const);
  const isList = entries.every(([step]) => typeof step === "number");
  // Positions only order the items: a hostile one must not make a list of a billion holes.
  if (isList) return entries.sort(([a], [b]) => Number(a) - Number(b)).map(([, value]) => value);
  return Object.fromEntries(entries);
}
