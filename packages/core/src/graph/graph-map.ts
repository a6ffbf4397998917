import type { IssueFact } from "@salesagent/ports";
import { END, START } from "./command.js";
import type { GraphDraft } from "./compile-plan.js";

/** Which nodes may come after which. A condition without a mapping may lead to any node. */
export class GraphMap {
  readonly #names: readonly string[];
  readonly #targets = new Map<string, Set<string>>();
  readonly #joins: readonly { readonly from: readonly string[]; readonly to: string }[];

  constructor({ nodes, edges }: GraphDraft) {
    this.#names = nodes.map(({ name }) => name);
    this.#joins = edges.flatMap((edge) => (edge.kind === "join" ? [edge] : []));
    for (const edge of edges) {
      if (edge.kind === "edge") this.#add(edge.from, [edge.to]);
      if (edge.kind === "branch") {
        this.#add(edge.from, edge.branch.mapping?.values() ?? [...this.#names, END]);
      }
    }
    for (const { name, ends } of nodes) if (ends) this.#add(name, ends);
  }

  issues(): readonly IssueFact[] {
    if (!this.#targets.has(START)) return [{ path: "START", message: "nothing leads on from the start" }];
    const reached = this.#reached();
    const ending = this.#ending();
    const issues: IssueFact[] = [];
    for (const path of this.#names) {
      if (!reached.has(path)) issues.push({ path, message: "no way leads here from the start" });
      else if (!this.#leadsOn(path))
        issues.push({ path, message: `nothing leads on; add an edge, to END if it is the last` });
      else if (!ending.has(path)) issues.push({ path, message: "no way leads from here to the end" });
    }
    return issues;
  }

  #add(from: string, to: Iterable<string>): void {
    const targets = this.#targets.get(from) ?? new Set();
    for (const name of to) targets.add(name);
    this.#targets.set(from, targets);
  }

  #leadsOn(name: string): boolean {
    return (this.#targets.get(name)?.size ?? 0) > 0 || this.#joins.some(({ from }) => from.includes(name));
  }

  /** From the start on; a join is reached when all of its sources are. */
  #reached(): ReadonlySet<string> {
    return closure([START], (reached) => [
      ...[...reached].flatMap((name) => [...(this.#targets.get(name) ?? [])]),
      ...this.#joins.filter(({ from }) => from.every((name) => reached.has(name))).map(({ to }) => to),
    ]);
  }

  /** From the end backwards. */
  #ending(): ReadonlySet<string> {
    return closure([END], (ending) => [
      ...this.#names.filter((name) => [...(this.#targets.get(name) ?? [])].some((to) => ending.has(to))),
      ...this.#joins.filter(({ to }) => ending.has(to)).flatMap(({ from }) => from),
    ]);
  }
}

/** Adds what follows from a set until nothing new does. */
function closure(
  first: Iterable<string>,
  following: (set: ReadonlySet<string>) => Iterable<string>,
): ReadonlySet<string> {
  const set = new Set(first);
  for (let size = 0; size < set.size; ) {
    size = set.size;
    for (const name of following(set)) set.add(name);
  }
  return set;
}
