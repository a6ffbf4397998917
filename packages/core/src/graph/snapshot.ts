import type { JsonObject } from "@salesagent/ports";
import type { ArrivedJoins, FlowSnapshot, PlannedTask } from "./flow.js";
import { jsonSize } from "./state-size.js";

/** A snapshot that knows how large its values are at most, so that they need not be measured in each superstep. */
export class Snapshot implements FlowSnapshot {
  readonly superstep: number;
  readonly values: JsonObject;
  readonly tasks: readonly PlannedTask[];
  readonly joins: ArrivedJoins;
  readonly #bytes: number;

  constructor(
    superstep: number,
    values: JsonObject,
    tasks: readonly PlannedTask[],
    joins: ArrivedJoins,
    bytes: number,
  ) {
    this.superstep = superstep;
    this.values = values;
    this.tasks = tasks;
    this.joins = joins;
    this.#bytes = bytes;
  }

  /** An upper bound; one that was read back is measured. */
  static bytesOf(snapshot: FlowSnapshot): number {
    return snapshot instanceof Snapshot ? snapshot.#bytes : jsonSize(snapshot.values);
  }
}
