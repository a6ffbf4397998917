import type { Checkpointer, DurableFlows, GraphPlan, RunMeans } from "@salesagent/core/graph";
import type { FlowRecord } from "@salesagent/ports";
import type { WorldKind } from "./world.js";

const MARKS: Readonly<Record<WorldKind, string>> = { rehearsal: "+cli-rehearsal", live: "+cli" };

/**
 * Keeps runs of this command apart from all others, by their version: it must never work on a run of a host's own program, whose
 * mail it would only rehearse, nor on a rehearsal with a real model, nor the other way round.
 *
 * @param world - Absent: runs of other programs, to look at.
 */
export function ownVersions(flows: Checkpointer, world: WorldKind | undefined): Checkpointer {
  if (world === undefined) return flows;
  return {
    runs: <State, Update, Input>(plan: GraphPlan, means: RunMeans) =>
      flows.runs<State, Update, Input>(marked(plan, MARKS[world]), means),
  };
}

/** The same for runs of graphs that are data, which have a version of their own to be kept under. */
export function ownStored(
  flows: Pick<DurableFlows, "stored">,
  world: WorldKind | undefined,
): Pick<DurableFlows, "stored"> {
  if (world === undefined) return flows;
  return { stored: (graphs) => flows.stored({ ...graphs, version: graphs.version + MARKS[world] }) };
}

/** The same graph under versions of its own; older ones are those of this command, too. */
function marked(plan: GraphPlan, mark: string): GraphPlan {
  const migrations = [...plan.migrations].map(([version, migration]) => {
    const { from, to } = migration;
    return [version + mark, { ...migration, from: from + mark, to: to + mark }] as const;
  });
  return { ...plan, version: plan.version + mark, migrations: new Map(migrations) };
}

/** The world that a run was begun in; nothing for one that another program began. */
export function worldOf({ version }: Pick<FlowRecord, "version">): WorldKind | undefined {
  if (version.endsWith(MARKS.rehearsal)) return "rehearsal";
  return version.endsWith(MARKS.live) ? "live" : undefined;
}
