import { exposeAgent, type McpAgent, type McpRun } from "@salesagent/mcp";
import { type JsonObject, SalesAgentError, type StandardSchema } from "@salesagent/ports";
import type { AgentEntry, RunField, RunFields } from "../agents/agent-entry.js";
import { endOfGraph } from "../run/run-end.js";
import type { StoreSession, WorkSession } from "../session/open-session.js";
import type { RunEvents } from "./run-events.js";

const WORDS: Readonly<Record<RunField, string>> = {
  company: "The company's name.",
  domain: "Its site, such as works.example.",
  email: "The mail address of the person whom it is about.",
  person: "The name of that person.",
  goal: "What to look for.",
  offer: "What is offered.",
  channels: "email, linkedin, sms.",
  text: "What the person says or writes.",
};

/** An agent of the command line as clients call it: by the fields that the command line has options for. */
export function servedAgent(
  entry: AgentEntry,
  store: StoreSession,
  work: WorkSession,
  events: RunEvents,
): McpAgent {
  const { name, summary, toInput } = entry;
  const run = (
    fields: RunFields,
    { signal = new AbortController().signal, effectScope }: RunCall,
  ): McpRun => {
    const given = toInput(fields);
    if (!given) throw lacksFields(entry);
    const runId = effectScope?.runId ?? "";
    const input = entry.inThread?.(given, runId) ?? given;
    return entry.work.kind === "agent"
      ? plainRun(entry, work, input, { tenant: store.tenant, signal, runId })
      : graphRun(entry, store, work, events, input, { tenant: store.tenant, signal, runId });
  };
  return exposeAgent({
    agent: { name, run },
    description: `${summary}.`,
    input: fieldsOf(entry),
    writes: entry.work.kind === "graph",
  });
}

type RunCall = Parameters<McpAgent["run"]>[1];
type OwnCall = { readonly tenant: string; readonly signal: AbortSignal; readonly runId: string };

function lacksFields({ name, fields, example }: AgentEntry): SalesAgentError {
  return new SalesAgentError("agent.input_invalid", {
    message: `${name} needs more of: ${fields.join(", ")}. An example of its whole input: ${JSON.stringify(example)}`,
    facts: { agent: name, issues: [] },
    replay: "safe",
  });
}

/** The first field is what most agents need; which others they can do without, they say themselves. */
function fieldsOf({ fields }: AgentEntry): StandardSchema<unknown, RunFields> {
  const text = (field: RunField) => ({ type: "string", maxLength: 20_000, description: WORDS[field] });
  const list = { type: "array", items: { type: "string" }, description: WORDS.channels };
  const properties = Object.fromEntries(
    fields.map((field) => [field, field === "channels" ? list : text(field)]),
  );
  const schema: JsonObject = { type: "object", properties, additionalProperties: false };
  return {
    "~standard": {
      version: 1,
      vendor: "salesagent",
      validate: (value) => readFields(fields, value),
      jsonSchema: { input: () => ({ ...schema }), output: () => ({ ...schema }) },
    },
  };
}

function readFields(fields: readonly RunField[], value: unknown) {
  const given = Object.entries(typeof value === "object" && value !== null ? value : {});
  const isText = (item: unknown) => typeof item === "string" && item.trim() !== "";
  const issues = given.flatMap(([name, item]) => {
    if (!fields.some((field) => field === name))
      return [{ message: "is not a field of this agent", path: [name] }];
    const fits = name === "channels" ? Array.isArray(item) && item.every(isText) : isText(item);
    return fits
      ? []
      : [{ message: name === "channels" ? "must be a list of texts" : "must be a text", path: [name] }];
  });
  return issues.length > 0 ? { issues } : { value: Object.fromEntries(given) as unknown as RunFields };
}

function plainRun(entry: AgentEntry, work: WorkSession, input: JsonObject, call: OwnCall): McpRun {
  const agent = work.openAgent(entry);
  if (!agent) throw new TypeError(`${entry.name} is a graph`);
  const run = agent.run(input, call);
  const output = async () => told(entry.toResult(toData((await run.result()).output)), work);
  return { [Symbol.asyncIterator]: () => run[Symbol.asyncIterator](), output };
}

function graphRun(
  entry: AgentEntry,
  { stores }: StoreSession,
  work: WorkSession,
  events: RunEvents,
  input: JsonObject,
  { tenant, signal, runId }: OwnCall,
): McpRun {
  const agent = work.openGraph(entry);
  if (!agent) throw new TypeError(`${entry.name} is no graph`);
  const stop = () => void stores.flows.stop(runId, { by: "mcp", reason: "the client left" }).catch(() => {});
  signal.addEventListener("abort", stop, { once: true });
  const happened = events.of(runId);
  const ending = endOfGraph(agent.graph.invoke(input, { tenant, runId, signal }), signal).finally(() => {
    signal.removeEventListener("abort", stop);
    happened.end();
  });
  ending.catch(() => {}); // told by `output`
  const output = async () => {
    const end = await ending;
    if (end.status === "completed") return told(entry.toResult(end.state), work);
    if (end.status === "waiting")
      return { status: "waiting", runId, waitsFor: toData({ on: end.on })["on"] ?? null };
    throw new Error(end.status === "failed" ? end.error.message : end.reason);
  };
  return { [Symbol.asyncIterator]: () => happened[Symbol.asyncIterator](), output };
}

/** Nothing pretends to be a model. */
const told = (result: JsonObject, { world }: WorkSession): JsonObject =>
  world.kind === "rehearsal" ? { ...result, simulated: true } : result;

const toData = (output: unknown): JsonObject => JSON.parse(JSON.stringify(output ?? {})) as JsonObject;
