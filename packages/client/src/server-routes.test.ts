import { createSalesAgent } from "@salesagent/core/app";
import { createServer } from "@salesagent/server";
import { memoryStorage } from "@salesagent/storage-memory";
import { expect, it } from "vitest";
import { ClientError } from "./client-error.js";
import { createClient, type SalesClient } from "./create-client.js";

/** Every method once, with all that it takes. */
const calls: Record<string, (client: SalesClient) => Promise<unknown> | AsyncGenerator> = {
  "leads.list": ({ leads }) =>
    leads.list({
      ...{ limit: 5, stage: "new", source: "csv:x" },
      search: "figma ada",
      minScore: 50,
      order: "score",
    }),
  "leads.get": ({ leads }) => leads.get("1"),
  "leads.qualify": ({ leads }) => leads.qualify({ company: "Figma", domain: "figma.com" }),
  "leads.qualifyMany": ({ leads }) => leads.qualifyMany([{ leadId: "1" }, { company: "Figma" }]),
  "leads.import": ({ leads }) =>
    leads.import("Company\nFigma", { name: "x.csv", mapping: { Company: "company.name" } }),
  "agents.list": ({ agents }) => agents.list(),
  "agents.invoke": ({ agents }) => agents.invoke("writer", { input: "x", threadId: "t", waitMs: 5 }),
  "agents.stream": ({ agents }) => agents.stream("writer", { input: "x", leadId: "1", campaignId: "c" }),
  "runs.list": ({ runs }) => runs.list({ agent: "writer", status: "failed", threadId: "t" }),
  "runs.get": ({ runs }) => runs.get("1"),
  "runs.cancel": ({ runs }) => runs.cancel("1", { reason: "why" }),
  "runs.resume": ({ runs }) => runs.resume("1", { yes: true }, { name: "reply" }),
  "runs.retry": ({ runs }) => runs.retry("1"),
  "runs.trace": ({ runs }) => runs.trace("1"),
  "approvals.list": ({ approvals }) => approvals.list({ status: "pending", runId: "1" }),
  "approvals.get": ({ approvals }) => approvals.get("1"),
  "approvals.decide": ({ approvals }) => approvals.decide("1", { decision: "approved", editedArguments: {} }),
  "streams.start": ({ streams }) => streams.start({ workflow: "nurture", input: {}, version: "2" }),
  "streams.list": ({ streams }) => streams.list({ status: "open", source: "agent:writer" }),
  "streams.get": ({ streams }) => streams.get("1"),
  "streams.follow": ({ streams }) => streams.follow("1", { after: 4, maxFailures: 0 }),
  "streams.stop": ({ streams }) => streams.stop("1"),
  "sync.status": ({ sync }) => sync.status(),
  "sync.get": ({ sync }) => sync.get("close"),
  "sync.history": ({ sync }) => sync.history("close", { status: "failed" }),
  "sync.run": ({ sync }) => sync.run("close", { kinds: ["contact"], direction: "both", full: true }),
  "sync.plan": ({ sync }) => sync.plan("close", { limit: 3 }),
  "sync.allowRemovals": ({ sync }) => sync.allowRemovals("close", "contact"),
  "sync.metrics": ({ sync }) => sync.metrics({ since: "2026-01-01T00:00:00Z" }),
  "sync.health": ({ sync }) => sync.health(),
  "sync.conflicts.list": ({ sync }) => sync.conflicts.list({ connection: "close", status: "open" }),
  "sync.conflicts.get": ({ sync }) => sync.conflicts.get("1"),
  "sync.conflicts.resolve": ({ sync }) => sync.conflicts.resolve("1", { take: "crm" }),
  "sync.deadLetters.list": ({ sync }) => sync.deadLetters.list({ kind: "deal" }),
  "sync.deadLetters.get": ({ sync }) => sync.deadLetters.get("1"),
  "sync.deadLetters.replay": ({ sync }) => sync.deadLetters.replay("1"),
  "sync.deadLetters.drop": ({ sync }) => sync.deadLetters.drop("1"),
  usage: (client) => client.usage({ from: "2026-01-01", until: "2026-01-31", by: ["day", "model"] }),
  request: (client) => client.request("POST", "/keys", { json: { name: "report", role: "viewer" } }),
  analytics: (client) => client.analytics({ from: "2026-01-01", until: "2026-01-31", agent: "writer" }),
};

function methodsOf(value: object, path = ""): string[] {
  return Object.entries(value).flatMap(([name, member]) =>
    typeof member === "function" ? [path + name] : methodsOf(member as object, `${path}${name}.`),
  );
}

/** An app without anything in it: what a request has to pass before is the server's own. */
const sales = createSalesAgent({ storage: memoryStorage() });
const server = createServer({
  ...{ sales, prefix: "/sales" },
  authorize: () => ({ tenant: "acme", id: "user:1", role: "owner" }),
});
const client = createClient({
  url: "https://app.example/sales",
  fetch: (url, init) => server.fetch(new Request(url as string, init)),
});

it("has a call in this test for each of its methods", () => {
  expect(Object.keys(calls).toSorted()).toEqual(methodsOf(client).toSorted());
});

it.each(Object.entries(calls))("asks for what the server has, in its shape: %s", async (_name, call) => {
  const failure = await finish(call(client)).catch((error: unknown) => error);
  if (failure === undefined) return;
  expect(ClientError.is(failure)).toBe(true);
  const { code, status, detail } = failure as ClientError;
  expect([code, detail]).not.toContain("request.invalid");
  expect(code === "request.unknown_route" ? detail : "").toBe("");
  expect([400, 405, 413, 415]).not.toContain(status);
});

async function finish(called: Promise<unknown> | AsyncGenerator): Promise<void> {
  await (Symbol.asyncIterator in called ? called.next() : called);
}
