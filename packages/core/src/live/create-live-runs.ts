import type { Clock, Storage } from "@salesagent/ports";
import type { DurableFlows } from "../graph/index.js";
import type { Workflows } from "../workflow/index.js";
import type { LiveAgent, LiveRuns } from "./live-runs.js";
import type { LiveStreams } from "./live-streams.js";

/** What durable runs are begun and told with. */
export interface LiveRunsOptions {
  readonly storage: Pick<Storage, "tenant">;
  readonly streams: LiveStreams;
  /** Keeps the runs, in the same storage. */
  readonly flows: DurableFlows;
  /** Agents by themselves; by their names where other processes have them, and this one only begins their runs. */
  readonly agents: readonly (LiveAgent | string)[];
  readonly workflows?: Workflows | undefined;
  /** @defaultValue the machine's clock */
  readonly clock?: Clock | undefined;
  /** Makes ids of runs and of audit records. @defaultValue UUIDs of version 7, which sort by time */
  readonly createId?: (() => string) | undefined;
  /** Told when something of a stream could not be kept though its run went on. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

/**
 * Durable runs of agents and workflows that are told in streams.
 *
 * @throws TypeError where two agents have the same name.
 */
export function createLiveRuns(_options: LiveRunsOptions): LiveRuns {
  throw new Error("createLiveRuns is on its way");
}
