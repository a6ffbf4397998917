import { type CrmSetup, type CrmWorld, type CrmWorldFault, PLANTED_KEY } from "@salesagent/conformance";
import type { CrmKind } from "@salesagent/ports";
import {
  type CloseDoc,
  type CloseSandbox,
  type CloseSandboxOptions,
  type CloseType,
  type CloseWrite,
  type CrmFault,
  closeSandbox,
  createManualClock,
  type FaultedRequest,
  type ManualClock,
  signClose,
} from "@salesagent/sandbox/crm";
import { type CloseOptions, type CloseProvider, close } from "../index.js";

/** A key of a subscription, as Close gives them. */
export const SIGNATURE_KEY = "058bfb6a3d8cfdc4da7c3be5901b16ae11da982b46a25fb2cd7016e97a140a1c";
export const TIER_FIELD = "cf_tier";

/** An adapter before a sandbox, with a clock that both go by. */
export interface CloseScene {
  readonly sandbox: CloseSandbox;
  readonly clock: ManualClock;
  readonly provider: CloseProvider;
}

const FREE = Number.POSITIVE_INFINITY;

/** Opens a sandbox without limits of the rate, and an adapter before it. */
export function closeScene(sandboxOptions: CloseSandboxOptions = {}, options: CloseOptions = {}): CloseScene {
  const clock = createManualClock();
  const sandbox = closeSandbox({
    clock,
    apiKeys: [PLANTED_KEY],
    rates: { search: FREE, general: FREE, leadDelete: FREE },
    customFields: [
      { owner: "contact", name: "Tier", type: "choices", choices: ["gold", "silver"], id: TIER_FIELD },
    ],
    ...sandboxOptions,
  });
  const provider = close(
    { apiKey: PLANTED_KEY },
    {
      clock,
      fetch: sandbox.fetch,
      random: () => 0.5,
      mapping: { contact: { tier: { field: TIER_FIELD, type: "choice" } } },
      webhook: { signatureKeys: SIGNATURE_KEY },
      ...options,
    },
  );
  return { sandbox, clock, provider };
}

/** The same as the conformance suite takes it. */
export function closeSetup(sandboxOptions?: CloseSandboxOptions, options?: CloseOptions): CrmSetup {
  const scene = closeScene(sandboxOptions, options);
  return { provider: scene.provider, world: closeWorld(scene) };
}

const TYPES: Readonly<Record<CrmKind, CloseType>> = {
  contact: "contact",
  company: "lead",
  deal: "opportunity",
  activity: "activity.note",
};
const PATHS: Readonly<Record<CrmKind, string>> = {
  contact: "/contact/",
  company: "/lead/",
  deal: "/opportunity/",
  activity: "/activity/note/",
};

type Fields = Readonly<Record<string, unknown>>;

function closeWorld({ sandbox, clock }: CloseScene): CrmWorld {
  return {
    async create({ kind, fields, links }) {
      const leadId = links?.company?.[0];
      const body = { ...toClose(kind, { ...fields }), ...(leadId === undefined ? {} : { lead_id: leadId }) };
      return String((await sandbox.act("POST", PATHS[kind], body))["id"]);
    },
    async edit({ kind, id, fields }) {
      await sandbox.act(
        "PUT",
        `${PATHS[kind]}${id}/`,
        toClose(kind, { ...fields }, sandbox.find(TYPES[kind], id)),
      );
    },
    async remove(kind, id) {
      await sandbox.act("DELETE", `${PATHS[kind]}${id}/`);
    },
    async merge(kind, survivorId, loserId) {
      if (kind !== "company") return undefined;
      await sandbox.act("POST", "/lead/merge/", { source: loserId, destination: survivorId });
      return survivorId;
    },
    read(kind, id) {
      const doc = sandbox.find(TYPES[kind], id);
      return doc === undefined ? undefined : { fields: fromClose(kind, doc), updatedAt: doc.date_updated };
    },
    standing: (kind) => sandbox.standing(TYPES[kind]).map(({ id }) => id),
    writes: () => sandbox.writes.flatMap(toWrite),
    requests: () => sandbox.calls.length,
    fail(fault, { on, after = 0, times = 1 } = {}) {
      const picks = (request: FaultedRequest) =>
        on === undefined || on === (isWrite(request) ? "write" : "read");
      sandbox.fail({ on: picks, after, times, fault: toFault(fault) });
    },
    pass: (ms) => clock.advance(ms),
    async webhook({ kind, id, action }, { wrongSecret = false, offsetMs = 0 } = {}) {
      const event = {
        id: `ev_${id}`,
        object_type: TYPES[kind],
        object_id: id,
        action: action === "removed" ? "deleted" : action,
        date_updated: "2026-11-01T10:00:04.001000",
        meta: {},
      };
      const body = JSON.stringify({ event, subscription_id: "whsub_1" });
      const key = wrongSecret ? SIGNATURE_KEY.replaceAll("0", "1") : SIGNATURE_KEY;
      const headers = await signClose(key, body, clock.now() + offsetMs);
      const rawBody = new TextEncoder().encode(body);
      return { method: "POST", url: "https://app.test/hooks/close", headers, rawBody };
    },
  };
}

function toClose(kind: CrmKind, fields: Fields, standing?: CloseDoc): object {
  const set = Object.entries({ ...fromClose(kind, standing), ...fields });
  const all = Object.fromEntries(set.filter(([, value]) => value !== undefined && value !== null));
  const has = (...names: string[]) => names.some((name) => name in fields);
  switch (kind) {
    case "contact":
      return {
        ...(has("firstName", "lastName")
          ? { name: [all["firstName"], all["lastName"]].filter(Boolean).join(" ") }
          : {}),
        ...(has("title") ? { title: all["title"] ?? "" } : {}),
        ...(has("email") ? { emails: all["email"] === undefined ? [] : [{ email: all["email"] }] } : {}),
        ...(has("phone") ? { phones: all["phone"] === undefined ? [] : [{ phone: all["phone"] }] } : {}),
      };
    case "company":
      return {
        ...(has("name") ? { name: all["name"] ?? "" } : {}),
        ...(has("domain")
          ? { url: all["domain"] === undefined ? null : `https://${String(all["domain"])}` }
          : {}),
      };
    case "deal":
      return {
        ...(has("amountMinor") ? { value: all["amountMinor"] ?? null } : {}),
      };
    case "activity":
      return has("body") ? { note: all["body"] ?? "" } : {};
  }
}

function fromClose(kind: CrmKind, doc: CloseDoc | undefined): Fields {
  if (doc === undefined) return {};
  const first = (list: string, key: string) => (doc[list] as Fields[] | undefined)?.[0]?.[key];
  const [firstName, ...rest] = String(doc["name"] ?? "").split(" ");
  const read: Readonly<Record<CrmKind, Fields>> = {
    contact: {
      firstName: firstName || undefined,
      lastName: rest.join(" ") || undefined,
      email: first("emails", "email"),
      phone: first("phones", "phone"),
      title: doc["title"] || undefined,
    },
    company: {
      name: doc["name"] || undefined,
      domain: String(doc["url"] ?? "").replace(/^https:\/\//, "") || undefined,
    },
    deal: { amountMinor: doc["value"] ?? undefined, currency: doc["value_currency"] },
    activity: { type: "note", body: doc["note"] || undefined },
  };
  return Object.fromEntries(Object.entries(read[kind]).filter(([, value]) => value !== undefined));
}

function toWrite({ method, path, body }: CloseWrite) {
  const nested = (body["contacts"] as readonly Fields[] | undefined)?.[0];
  if (nested !== undefined) return [{ op: "create", kind: "contact", sent: Object.keys(nested) } as const];
  const kind = (Object.keys(PATHS) as CrmKind[]).find((name) => path.startsWith(PATHS[name]));
  const isTask = path.startsWith("/task/") || path.startsWith("/activity/");
  if (kind === undefined && !isTask) return [];
  const op = method === "DELETE" ? "remove" : method === "PUT" ? "update" : "create";
  return [{ op, kind: kind ?? "activity", sent: Object.keys(body) } as const];
}

const isWrite = ({ method, path }: FaultedRequest) => method !== "GET" && !path.endsWith("/data/search/");

function toFault(fault: CrmWorldFault): CrmFault {
  switch (fault.type) {
    case "response-lost":
      return { type: "lost", when: "after" };
    case "request-lost":
      return { type: "lost", when: "before" };
    case "server-error":
      return { type: "status", status: 500, body: { error: "Internal error" } };
    case "unauthorised":
      return { type: "status", status: 401, body: { error: "Invalid API key." } };
    case "cut-body":
      return { type: "cut-body", afterBytes: 12, clean: true };
    case "silent":
      return { type: "silence", when: "before" };
    case "rate-limited":
      return fault.retryAfterMs === undefined
        ? { type: "rate-limited" }
        : { type: "rate-limited", retryAfterSeconds: fault.retryAfterMs / 1000 };
  }
}
