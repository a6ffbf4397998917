import type { FlowRecord, JsonObject, JsonValue } from "@salesagent/ports";
import type { GraphPlan } from "../graph-plan.js";

/**
 * Graphs that are data: a worker that has never seen one finds it by what the run was begun with. Their runs are all kept under one
 * name and one version, which every worker can claim.
 */
export interface StoredGraphs {
  /** Under which their runs are kept, such as `workflow`. */
  readonly name: string;
  /** Of the way in which origins are read, not of a graph. */
  readonly version: string;
  /**
   * The graph of a run. Asked once for each claim: keep what was compiled.
   *
   * @param origin - What the run was begun with; the same for as long as it lasts.
   * @throws Where this process can't run it. The run stays, and other processes are asked.
   */
  resolve(
    origin: JsonObject,
    scope: { readonly tenant: string; readonly signal?: AbortSignal | undefined },
  ): Promise<GraphPlan>;
}

const ORIGIN = ":origin";

/** What is kept as the input of a run whose graph is data. No field of a graph has such a name. */
export const withOrigin = (origin: JsonObject, input: JsonValue): JsonObject => ({ [ORIGIN]: origin, input });

/** What finds the graph of a run; nothing where the run is pinned to a version of a graph in code. */
export function originOf({ input }: Pick<FlowRecord, "input">): JsonObject | undefined {
  if (typeof input !== "object" || input === null || !(ORIGIN in input)) return undefined;
  return (input as JsonObject)[ORIGIN] as JsonObject;
}

/** What the graph itself was given. */
export function inputOf(record: Pick<FlowRecord, "input">): JsonValue {
  if (originOf(record) === undefined) return record.input;
  return (record.input as JsonObject)["input"] as JsonValue;
}

/** The version that a run is pinned to; one whose graph is data has it from there. */
export const versionOf = (record: Pick<FlowRecord, "input" | "version">, plan: GraphPlan): string =>
  originOf(record) === undefined ? record.version : plan.version;
