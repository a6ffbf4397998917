import type { JsonValue } from "@salesagent/ports";

/** Where every run begins; the source of the first edges. */
export const START = "__start__";
/** Where a branch of a run ends; a target of edges. */
export const END = "__end__";

/** Runs a node once with a payload of its own in place of the state: many of them map a node over items. */
export class Send<Node extends string = string> {
  /**
   * @param node - The node to run in the next superstep.
   * @param payload - What its function is given; JSON.
   */
  constructor(
    readonly node: Node,
    readonly payload: JsonValue,
  ) {}
}

/** Where a command leads to. */
export type Goto = string | Send | readonly (string | Send)[];

/** What a node returns to say at once what it writes and where it goes on. */
export class Command<Update = object> {
  readonly update?: Update;
  readonly goto?: Goto;

  /**
   * @param init.update - Fields to write.
   * @param init.goto - Where this task goes on, in place of the edges of its node; `END` or an empty list ends the branch.
   *   The node must name its targets in `ends`.
   */
  constructor(init: { readonly update?: Update; readonly goto?: Goto }) {
    if (init.update !== undefined) this.update = init.update;
    if (init.goto !== undefined) this.goto = init.goto;
  }
}
