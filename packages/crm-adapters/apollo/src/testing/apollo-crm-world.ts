import {
  type CrmSetup,
  type CrmWorld,
  type CrmWorldFault,
  type CrmWorldFaultScope,
  PLANTED_KEY,
} from "@salesagent/conformance";
import type { CrmChange, CrmDraft, CrmKind, CrmRecord } from "@salesagent/ports";
import {
  type ApolloRow,
  type ApolloSandbox,
  apolloSandbox,
  type CrmFault,
  createManualClock,
} from "@salesagent/sandbox/crm";
import { apollo } from "../apollo.js";
import type { ApolloMapping } from "../apollo-mapping.js";
import type { ApolloOptions } from "../apollo-options.js";
import { fromRecord } from "../from-record.js";
import { toRecord } from "../to-record.js";

const KINDS = { contact: "contact", company: "account", deal: "opportunity" } as const;

/** An Apollo in memory with an adapter in front of it. */
export function apolloSetup(options: Partial<ApolloOptions> = {}): CrmSetup {
  const clock = createManualClock();
  const sandbox = apolloSandbox({ clock, limits: { general: {}, contactSearch: {}, enrichment: {} } });
  const score = sandbox.world.addField({ modality: "contact", label: "Score", type: "number" });
  const mapping: ApolloMapping = { contact: { score: { field: score.id, type: "number" } } };
  const provider = apollo(
    { apiKey: PLANTED_KEY },
    { crm: true, mapping, fetch: sandbox.fetch, clock, random: () => 0.5, ...options },
  );
  return { provider, world: worldOf(sandbox, (ms) => clock.advance(ms), mapping) };
}

/** The id that the world's custom field has: ids follow from the seed. */
export function scoreFieldId(): string {
  return apolloSandbox().world.addField({ modality: "contact", label: "Score", type: "number" }).id;
}

function worldOf(sandbox: ApolloSandbox, pass: (ms: number) => void, mapping: ApolloMapping): CrmWorld {
  const { world } = sandbox;
  const means = { mapping, currency: "USD" };
  const tables = { contact: world.contacts, company: world.accounts, deal: world.opportunities };
  const tableOf = (kind: CrmKind) => {
    if (kind === "activity") throw new RangeError("Apollo keeps no activities");
    return tables[kind];
  };
  return {
    create: (draft: CrmDraft) => {
      const body = bodyOf(draft, means);
      if (draft.kind === "contact") return world.addContact(body).id;
      return draft.kind === "company" ? world.addAccount(body).id : world.addOpportunity(body).id;
    },
    edit: (change: CrmChange) => {
      const body = bodyOf(change, means);
      if (change.kind === "contact") world.editContact(change.id, body);
      else if (change.kind === "company") world.editAccount(change.id, body);
      else world.editOpportunity(change.id, body);
    },
    remove: (kind, id) => void tableOf(kind).remove(id),
    read: (kind, id) => {
      const row = tableOf(kind).get(id);
      const record: CrmRecord | undefined = row && fromRecord(kind, row, means);
      return record && { fields: { ...record.fields, ...record.custom }, updatedAt: record.updatedAt };
    },
    standing: (kind) =>
      tableOf(kind)
        .rows()
        .map((row: ApolloRow) => row.id),
    writes: () =>
      world.writes.flatMap(({ op, kind, sent }) => {
        const found = Object.entries(KINDS).find(([, one]) => one === kind);
        return found === undefined
          ? []
          : [{ op, kind: found[0] as CrmKind, sent: sent.filter((name) => name !== "id") }];
      }),
    requests: () => sandbox.calls.length,
    fail: (fault, scope) => planFault(sandbox, fault, scope),
    pass,
  };
}

function bodyOf(
  written: CrmDraft | CrmChange,
  means: Parameters<typeof toRecord>[1],
): Parameters<ApolloSandbox["world"]["addContact"]>[0] {
  return JSON.parse(JSON.stringify(toRecord(written, means)));
}

function planFault(sandbox: ApolloSandbox, fault: CrmWorldFault, scope: CrmWorldFaultScope = {}): void {
  const { on, after = 0, times = 1 } = scope;
  sandbox.fail({
    on: ({ method, path }) => on === undefined || (on === "write") === isWrite(method, path),
    after,
    times,
    fault: faultOf(fault),
  });
}

const isWrite = (method: string, path: string) =>
  method === "PATCH" || (method === "POST" && !path.endsWith("/search"));

function faultOf(fault: CrmWorldFault): CrmFault {
  switch (fault.type) {
    case "response-lost":
      return { type: "lost", when: "after" };
    case "request-lost":
      return { type: "lost", when: "before" };
    case "server-error":
      return { type: "status", status: 500, body: { error: "Internal server error" } };
    case "unauthorised":
      return {
        type: "status",
        status: 401,
        headers: { "content-type": "text/plain" },
        body: "Invalid API key.",
      };
    case "cut-body":
      return { type: "cut-body", afterBytes: 20 };
    case "silent":
      return { type: "silence", when: "before" };
    case "rate-limited":
      return fault.retryAfterMs === undefined
        ? { type: "rate-limited" }
        : { type: "rate-limited", retryAfterSeconds: fault.retryAfterMs / 1000 };
  }
}
