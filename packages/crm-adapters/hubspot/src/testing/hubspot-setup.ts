import {
  type CrmSetup,
  type CrmWorld,
  type CrmWorldFault,
  type CrmWorldFaultScope,
  PLANTED_KEY,
} from "@salesagent/conformance";
import type { CrmKind, CrmLinks } from "@salesagent/ports";
import {
  type CrmFault,
  createManualClock,
  type FaultedRequest,
  type HubspotEvent,
  type HubspotSandbox,
  type HubspotSandboxOptions,
  hubspotSandbox,
  type ManualClock,
} from "@salesagent/sandbox/crm";
import { FieldMap } from "../field-map.js";
import { hubspot } from "../hubspot.js";
import { type HubspotOptions, resolveHubspot } from "../hubspot-options.js";
import {
  addressOf,
  LINKED_TYPE,
  OBJECT_TYPES,
  type ObjectAddress,
  TYPES_OF_KIND,
  toRecordId,
  typeOfSingular,
} from "../object-types.js";

/** Where the webhooks of a setup are sent. */
export const WEBHOOK_URL = "https://app.example.com/hooks/hubspot?tenant=1";

/** An adapter, the sandbox behind it, and the clock of both. */
export interface HubspotSetup extends CrmSetup {
  readonly sandbox: HubspotSandbox;
  readonly clock: ManualClock;
}

/** Makes an adapter over a sandbox. */
export function hubspotSetup(options: HubspotOptions = {}, quirks: HubspotSandboxOptions = {}): HubspotSetup {
  const clock = createManualClock();
  const sandbox = hubspotSandbox({
    clock,
    acceptsToken: (token) => token === PLANTED_KEY,
    client: { id: "client", secret: PLANTED_KEY },
    mergeGapShare: 0,
    ...quirks,
  });
  sandbox.world.defineProperty("contacts", { name: "lead_score", type: "number" });
  sandbox.world.defineProperty("companies", { name: "renewal", type: "date" });
  sandbox.world.defineProperty("contacts", { name: "app_id", unique: true });
  sandbox.world.defineProperty("companies", { name: "app_id", unique: true });
  const resolved: HubspotOptions = {
    mapping: {
      contact: { score: { property: "lead_score", type: "number" } },
      company: { renewal: { property: "renewal", type: "date" } },
    },
    webhook: { secret: PLANTED_KEY },
    fetch: sandbox.fetch,
    clock,
    random: () => 0.5,
    ...options,
  };
  const provider = hubspot({ token: PLANTED_KEY }, resolved);
  return { provider, sandbox, clock, world: hubspotWorld(sandbox, clock, resolved) };
}

/** The sandbox as the suite's world. */
function hubspotWorld(sandbox: HubspotSandbox, clock: ManualClock, options: HubspotOptions): CrmWorld {
  const map = new FieldMap(resolveHubspot(options));
  const { world } = sandbox;
  const place = (kind: CrmKind, id: string): ObjectAddress => {
    const address = addressOf(kind, id);
    if (address === undefined) throw new RangeError(`${id} is no id of a ${kind}`);
    return address;
  };
  const tie = ({ type, id }: ObjectAddress, links: CrmLinks = {}) => {
    for (const [kind, ids] of Object.entries(links)) {
      for (const other of ids) world.associate(type, id, LINKED_TYPE[kind as CrmKind], other);
    }
  };
  return {
    create({ kind, fields, custom, links }) {
      const named = "type" in fields ? fields.type : undefined;
      const type = typeOfSingular(named ?? "")?.type ?? LINKED_TYPE[kind];
      const id = world.create(type, map.write(type, { ...fields }, custom).properties);
      tie({ type, id }, links);
      return toRecordId(type, id);
    },
    edit({ kind, id, fields, custom, links }) {
      const address = place(kind, id);
      const { properties } = map.write(address.type, { ...fields }, custom);
      world.edit(address.type, address.id, properties);
      tie(address, links);
    },
    remove(kind, id) {
      const { type, id: own } = place(kind, id);
      world.archive(type, own);
    },
    merge(kind, survivorId, loserId) {
      if (kind === "activity") return undefined;
      const { type, id } = place(kind, survivorId);
      return world.merge(type, id, place(kind, loserId).id);
    },
    read(kind, id) {
      const { type, id: own } = place(kind, id);
      const record = world.read(type, own);
      if (record === undefined || record.archived) return undefined;
      return { fields: map.read(type, record.properties).fields, updatedAt: record.updatedAt };
    },
    standing: (kind) =>
      TYPES_OF_KIND[kind].flatMap((type) => world.standing(type).map((id) => toRecordId(type, id))),
    writes: () => world.writes.map(({ op, type, sent }) => ({ op, kind: OBJECT_TYPES[type].kind, sent })),
    requests: () => sandbox.calls.length,
    fail: (fault, scope) => failWith(sandbox, fault, scope),
    pass: (ms) => clock.advance(ms),
    async webhook({ kind, id, action }, signing = {}) {
      const address = place(kind, id);
      const url = WEBHOOK_URL;
      const { body, headers } = await sandbox.signedWebhook([eventOf(address, action, clock.now())], {
        url,
        atMs: clock.now() + (signing.offsetMs ?? 0),
        ...(signing.wrongSecret ? { secret: "another secret" } : {}),
      });
      return { method: "POST", url, headers, rawBody: new TextEncoder().encode(body) };
    },
  };
}

const EVENTS = { created: "creation", updated: "propertyChange", removed: "deletion" } as const;

/** An event as HubSpot would send it. */
export function eventOf(
  { type, id }: ObjectAddress,
  action: keyof typeof EVENTS,
  occurredAt: number,
): HubspotEvent {
  const { kind, singular, typeId } = OBJECT_TYPES[type];
  const isActivity = kind === "activity";
  return {
    eventId: 100,
    subscriptionId: 12,
    portalId: 62_515,
    appId: 54_321,
    occurredAt,
    subscriptionType: `${isActivity ? "object" : singular}.${EVENTS[action]}`,
    attemptNumber: 0,
    objectId: Number(id),
    ...(isActivity ? { objectTypeId: typeId } : {}),
    changeSource: "CRM_UI",
    ...(action === "updated" ? { propertyName: "jobtitle", propertyValue: "CTO" } : {}),
  };
}

/** Whether a request changes records. */
function isWrite({ method, path }: FaultedRequest): boolean {
  if (method === "GET") return false;
  return !/\/(search|batch\/read)$/.test(path) && !path.startsWith("/oauth/");
}

function failWith(sandbox: HubspotSandbox, fault: CrmWorldFault, scope: CrmWorldFaultScope = {}): void {
  const { on, after = 0, times = 1 } = scope;
  sandbox.fail({
    on: (request) => on === undefined || isWrite(request) === (on === "write"),
    after,
    times,
    fault: faultOf(fault),
  });
}

function faultOf(fault: CrmWorldFault): CrmFault {
  switch (fault.type) {
    case "response-lost":
      return { type: "lost", when: "after" };
    case "request-lost":
      return { type: "lost", when: "before" };
    case "server-error":
      return { type: "status", status: 500, body: { status: "error", message: "internal error" } };
    case "unauthorised":
      return {
        type: "status",
        status: 401,
        body: {
          status: "error",
          category: "INVALID_AUTHENTICATION",
          message: "Authentication credentials not found.",
        },
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
