import type { FlowRecord, RunRecord } from "@salesagent/ports";
import { type AgentEntry, isGraph } from "../agents/agent-entry.js";
import { AGENTS } from "../agents/catalogue.js";
import { UsageError } from "../command/usage-error.js";
import type { StoreSession } from "../session/open-session.js";
import { workflowEntryOf } from "../workflow/workflow-entry.js";

/** A run of a graph, or of an agent that works in one go. */
export type FoundRun =
  | { readonly kind: "graph"; readonly record: FlowRecord; readonly entry: AgentEntry | undefined }
  | { readonly kind: "agent"; readonly record: RunRecord };

/** Runs that are looked through for one whose id is only begun. */
const RECENT = 1_000;

/** The agent that a graph is, where it is one of ours, or the workflow. */
function entryOf(record: FlowRecord): AgentEntry | undefined {
  return workflowEntryOf(record) ?? AGENTS.find((entry) => entry.name === record.graph && isGraph(entry));
}

/** A run by its id, or by the beginning or the end of it. @throws UsageError when there is none, or several fit. */
export async function findRun(
  { stores, tenant }: Pick<StoreSession, "stores" | "tenant">,
  id: string,
): Promise<FoundRun> {
  const [flow, run] = await Promise.all([stores.flows.get(id), stores.runs.get(id)]);
  if (flow) return { kind: "graph", record: flow, entry: entryOf(flow) };
  if (run) return { kind: "agent", record: run };
  const recent = await Promise.all([
    stores.flows.list({}, { limit: RECENT }),
    stores.runs.list({}, { limit: RECENT }),
  ]);
  const ids = recent.flatMap(({ items }) => items.map((item) => item.id));
  const near = id.length >= 4 ? ids.filter((known) => known.startsWith(id) || known.endsWith(id)) : [];
  const [only, ...others] = near;
  if (only !== undefined && others.length === 0) return findRun({ stores, tenant }, only);
  const hint =
    near.length > 0 ? ` Several fit: ${near.slice(0, 3).join(", ")}.` : " `salesagent runs list` shows them.";
  throw new UsageError(`There is no run ${id} of the tenant "${tenant}".${hint}`);
}

/** The same, where only a graph's run will do. @throws UsageError */
export async function findGraphRun(store: StoreSession, id: string) {
  const found = await findRun(store, id);
  if (found.kind === "graph") return found;
  throw new UsageError(
    `The run ${found.record.id} is of ${found.record.agent}, which works in one go: it can't be gone on with.`,
  );
}

/** The one word that a command is given. @throws UsageError */
export function theOperand(operands: readonly string[], what: string): string {
  const [id, ...more] = operands;
  if (id === undefined)
    throw new UsageError(`Which ${what}? Give its id; \`salesagent runs list\` shows them.`);
  if (more.length > 0) throw new UsageError(`One ${what} at a time; got ${operands.length}.`);
  return id;
}
