import { createCrmDouble, type ManualClock, manualClock } from "@salesagent/conformance";
import { createSalesAgent, type SalesAgent, type SalesAgentOptions } from "@salesagent/core/app";
import type { CrmConnection } from "@salesagent/core/crm";
import type { Storage } from "@salesagent/ports";
import { memoryJobs, memoryStorage } from "@salesagent/storage-memory";
import { type SalesServer, serverOf } from "../create-server.js";
import { allRoutes } from "../routes/index.js";
import type { ServerOptions } from "../server-options.js";
import { openScope } from "../server-scope.js";
import { asTold, settle, whileTimePasses } from "./open-table.js";

export const VIEWER = "acme/user:3/viewer";
export const MEMBER = "acme/user:1/member";
export const ADMIN = "acme/user:2/admin";
export const OWNER = "acme/user:4/owner";
/** Of another tenant, and with every permission there. */
export const STRANGER = "globex/user:9/owner";

// biome-ignore lint/suspicious/noExplicitAny: what an answer is, is what its test says.
type Json = any;

export interface Asked {
  /** @defaultValue POST where there is something to send, else GET */
  readonly method?: string | undefined;
  /** Nobody where it is empty. @defaultValue an owner of acme */
  readonly as?: string;
  readonly json?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array<ArrayBuffer> | string;
}

/** The whole table over a whole app with a CRM `close` for acme and one for all others, in memory and by one clock that is moved by hand. */
export interface OpenSales {
  readonly clock: ManualClock;
  readonly storage: Storage;
  readonly sales: SalesAgent;
  readonly server: SalesServer;
  readonly world: ReturnType<typeof createCrmDouble>["world"];
  /** What `onError` was told. */
  readonly faults: unknown[];
  ask(path: string, asked?: Asked): Promise<Response>;
  /** The status and what was said, while time passes. */
  json(path: string, asked?: Asked): Promise<{ readonly status: number; readonly body: Json }>;
  /** What comes of work while time passes. */
  soon<T>(work: PromiseLike<T>): Promise<T>;
}

export function openSales(
  options: Partial<ServerOptions> & {
    readonly connection?: Partial<CrmConnection>;
    readonly app?: Partial<SalesAgentOptions>;
  } = {},
): OpenSales {
  const { connection, app, ...serverOptions } = options;
  const clock = manualClock(Date.UTC(2026, 10, 21, 12));
  const storage = memoryStorage({ clock });
  const { provider, world } = createCrmDouble({ clock, provider: "close" });
  const others = createCrmDouble({ clock, provider: "close" });
  const providerOf = (tenant: string) => (tenant === "acme" ? provider : others.provider);
  const sales = createSalesAgent({
    ...{ storage, clock, jobs: memoryJobs({ clock }) },
    crm: { close: { provider: providerOf, ...connection } },
    ...app,
  });
  const faults: unknown[] = [];
  const onError = (error: unknown) => void faults.push(error);
  const scope = openScope({ sales, authorize: asTold, clock, onError, ...serverOptions });
  const server = serverOf(scope, allRoutes());
  const soon = <T>(work: PromiseLike<T>) => whileTimePasses(clock, work);
  const ask = (path: string, { as = OWNER, json, headers, body, method }: Asked = {}) => {
    const sent = new Headers(headers);
    if (as !== "") sent.set("x-as", as);
    if (json !== undefined) sent.set("content-type", "application/json");
    const content = json === undefined ? body : JSON.stringify(json);
    const init = {
      method: method ?? (content === undefined ? "GET" : "POST"),
      headers: sent,
      ...(content !== undefined && { body: content }),
    };
    return server.fetch(new Request(`https://app.example.com${path}`, init));
  };
  return {
    ...{ clock, storage, sales, server, world, faults, ask, soon },
    async json(path, asked) {
      const response = await soon(ask(path, asked));
      const text = await response.text();
      return { status: response.status, body: text === "" ? undefined : JSON.parse(text) };
    },
  };
}

/** Lets time pass, and what is due by it get done. */
export async function passTime({ clock }: Pick<OpenSales, "clock">, durationMs: number): Promise<void> {
  for (let passedMs = 0; passedMs < durationMs; passedMs += 50) {
    await settle();
    clock.advance(50);
  }
  await settle();
}

/** All that a stream tells, to its end. */
export async function toldBy({ sales, soon }: OpenSales, streamId: string, tenant = "acme") {
  const events: { readonly type: string; readonly data: Json }[] = [];
  const reader = sales.streams.follow(tenant, streamId);
  for (;;) {
    const { done, value } = await soon(reader.next());
    if (done) return { events, record: reader.record };
    events.push(value as (typeof events)[number]);
  }
}
