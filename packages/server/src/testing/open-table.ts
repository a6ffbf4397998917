import { type ManualClock, manualClock } from "@salesagent/conformance";
import { createEventBus } from "@salesagent/core";
import type { Principal } from "@salesagent/core/access";
import type { SalesAgent } from "@salesagent/core/app";
import type { AuditRecord, Storage } from "@salesagent/ports";
import { memoryStorage } from "@salesagent/storage-memory";
import { type SalesServer, serverOf } from "../create-server.js";
import type { Route } from "../route.js";
import type { ServerOptions } from "../server-options.js";
import { openScope } from "../server-scope.js";

/** A server of a few routes, whose callers say who they are: `x-as: acme/user:1/member`. */
export interface OpenTable {
  readonly server: SalesServer;
  readonly clock: ManualClock;
  readonly storage: Storage;
  /** What `onError` was told. */
  readonly faults: unknown[];
  ask(path: string, init?: RequestInit & { readonly as?: string | undefined }): Promise<Response>;
  audit(tenant: string): Promise<readonly AuditRecord[]>;
}

export const MEMBER = "acme/user:1/member";

export function openTable(routes: readonly Route[], options: Partial<ServerOptions> = {}): OpenTable {
  const clock = manualClock();
  const storage = memoryStorage({ clock });
  const faults: unknown[] = [];
  const events = createEventBus();
  const sales = { storage, agents: new Map(), events, connections: [] } as unknown as SalesAgent;
  const onError = (error: unknown) => void faults.push(error);
  const server = serverOf(openScope({ sales, authorize: asTold, clock, onError, ...options }), routes);
  return {
    ...{ server, clock, storage, faults },
    ask: (path, { as = MEMBER, ...init } = {}) => {
      const headers = new Headers(init.headers);
      if (as !== "") headers.set("x-as", as);
      return server.fetch(new Request(`https://app.example.com${path}`, { ...init, headers }));
    },
    async audit(tenant) {
      await server[Symbol.asyncDispose]();
      return (await storage.tenant(tenant).audit.list()).items;
    },
  };
}

/** Believes whoever asks: for tests. */
export function asTold(request: Request): Principal | undefined {
  const [tenant, id, role, scopes] = (request.headers.get("x-as") ?? "").split("/");
  if (!tenant || !id) return undefined;
  const told = { tenant, id, role, ...(scopes !== undefined && { scopes: scopes.split(",") }) };
  return told as Principal;
}

/** Lets all that is under way, and needs no time to pass, get done. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** How often the clock is moved on, by 20 ms each time; work that still goes on then needs no time but the machine's. */
const MOST_MOVES = 300;

/** What comes of work, while a clock that stands still otherwise goes on. */
export async function whileTimePasses<T>(clock: ManualClock, work: PromiseLike<T>): Promise<T> {
  let isDone = false;
  const done = Promise.resolve(work).finally(() => {
    isDone = true;
  });
  done.catch(() => {});
  for (let move = 0; !isDone; move += 1) {
    await settle();
    if (!isDone && move < MOST_MOVES) clock.advance(20);
  }
  return done;
}
