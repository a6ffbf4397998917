import type { LiveAgent } from "@salesagent/core/live";
import {
  type JsonObject,
  type JsonValue,
  type Lead,
  type LeadDraft,
  SalesAgentError,
} from "@salesagent/ports";
import { toProblem } from "../problem.js";
import { requireQuota } from "../quota.js";
import { need } from "../request-errors.js";
import type { RouteContext } from "../route.js";
import { toDraft } from "./lead-draft.js";
import type { LeadFactsGiven } from "./lead-schemas.js";

export type LeadGiven = LeadFactsGiven | { readonly leadId: string };
type Context = RouteContext<unknown, unknown, unknown>;

/** A lead with what stands for it in storage. */
interface Candidate {
  readonly lead: { readonly id: string; readonly status: "stored" | "known" };
  readonly input: Lead | LeadDraft;
}

interface Qualified {
  readonly lead: Candidate["lead"];
  readonly runId: string;
  readonly result: JsonValue;
}

interface Failed {
  readonly lead?: Candidate["lead"];
  readonly error: { readonly code: string; readonly message: string };
}

/** Leads of one request that are worked on at once. */
const AT_ONCE = 4;

/** Stores a lead that is not there yet, qualifies what was given, and keeps the result. @throws What ended the run. */
export async function qualifyOne(context: Context, given: LeadGiven): Promise<Qualified> {
  const agent = qualifierOf(context);
  const [candidate] = await candidatesOf(context, [given]);
  if (!candidate || "error" in candidate) throw candidate?.error;
  return qualify(context, agent, candidate);
}

/** As {@link qualifyOne}, for a list: what fails for one lead is told beside it, and the others go on. */
export async function qualifyMany(
  context: Context,
  given: readonly LeadGiven[],
): Promise<readonly (Qualified | Failed)[]> {
  const agent = qualifierOf(context);
  const candidates = await candidatesOf(context, given);
  const outcomes: (Qualified | Failed)[] = [];
  let next = 0;
  const work = async () => {
    for (let index = next++; index < candidates.length; index = next++) {
      const candidate = candidates[index];
      if (candidate) outcomes[index] = await outcomeOf(context, agent, candidate);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return outcomes;
}

async function outcomeOf(
  context: Context,
  agent: LiveAgent,
  candidate: Candidate | { readonly error: unknown },
): Promise<Qualified | Failed> {
  if ("error" in candidate) return { error: told(context, candidate.error) };
  try {
    return await qualify(context, agent, candidate);
  } catch (error) {
    // The caller left, or the time is over: then there is nobody to tell one by one.
    if (context.signal.aborted) throw error;
    return { lead: candidate.lead, error: told(context, error) };
  }
}

function told({ server, requestId }: Context, error: unknown): Failed["error"] {
  const { problem, isFault } = toProblem(error, { requestId, errorDocs: server.errorDocs });
  if (isFault) server.onError(error, { requestId });
  return { code: problem.code, message: problem.detail ?? problem.title };
}

function qualifierOf({ sales, server }: Context): LiveAgent {
  const agent = sales.agents.get(server.qualifier);
  if (agent) return agent;
  throw new SalesAgentError("agent.unknown", {
    message: `No agent "${server.qualifier}" qualifies leads here. Give createSalesAgent one, or name yours in leads.qualifier.`,
    facts: { agent: server.qualifier, known: [...sales.agents.keys()] },
    replay: "safe",
  });
}

/** New leads are stored in one go; a lead whose key is stored already stays as it is. */
async function candidatesOf(
  { stores, principal, server, signal }: Context,
  given: readonly LeadGiven[],
): Promise<readonly (Candidate | { readonly error: unknown })[]> {
  const at = new Date(server.clock.now()).toISOString();
  const drafts = given.map((each) =>
    "leadId" in each ? undefined : toDraft(each, { by: principal.id, at }),
  );
  const fresh = drafts.filter((draft) => draft !== undefined);
  const stored = fresh.length === 0 ? [] : await stores.leads.insertMany(fresh, { signal });
  const outcomes = stored[Symbol.iterator]();
  return Promise.all(
    given.map(async (each, index) => {
      const draft = drafts[index];
      const outcome = draft && outcomes.next().value;
      if (draft && outcome) {
        const status = outcome.status === "inserted" ? ("stored" as const) : ("known" as const);
        return { lead: { id: outcome.id, status }, input: draft };
      }
      const id = "leadId" in each ? each.leadId : "";
      return need(stores.leads.get(id, { signal }), "lead", id).then(
        (lead): Candidate => ({ lead: { id, status: "known" }, input: lead }),
        (error: unknown) => ({ error }),
      );
    }),
  );
}

async function qualify(context: Context, agent: LiveAgent, { lead, input }: Candidate): Promise<Qualified> {
  const { principal, stores, signal, server } = context;
  await requireQuota(context);
  // Which agents fit is the host's word: `leads.qualifier` names one that takes leads.
  const run = agent.run(input as never, {
    tenant: principal.tenant,
    signal,
    leadId: lead.id,
    delivery: "whole",
  });
  const result = JSON.parse(JSON.stringify((await run.output()) ?? null)) as JsonValue;
  const latest = await stores.results.latest(lead.id, "qualification", { signal });
  if (latest?.runId !== run.id) {
    const { score, tier } = result as { readonly score?: unknown; readonly tier?: unknown };
    const record = {
      ...{ id: server.createId(), kind: "qualification" as const, leadId: lead.id, runId: run.id },
      ...(typeof score === "number" && { score }),
      ...(typeof tier === "string" && { tier }),
      data: toObject(result),
      createdAt: new Date(server.clock.now()).toISOString(),
    };
    await stores.results.addMany([record], { signal });
  }
  return { lead, runId: run.id, result };
}

const toObject = (value: JsonValue): JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : { value };
