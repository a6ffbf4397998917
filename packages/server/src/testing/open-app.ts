import { exampleProfile, QualificationAgent } from "@salesagent/agents";
import { type ManualClock, manualClock } from "@salesagent/conformance";
import { createSalesAgent, type SalesAgent } from "@salesagent/core/app";
import type { LiveAgent } from "@salesagent/core/live";
import type { Storage } from "@salesagent/ports";
import { memoryStorage } from "@salesagent/storage-memory";
import { type SalesServer, serverOf } from "../create-server.js";
import type { Route } from "../route.js";
import type { ServerOptions } from "../server-options.js";
import { openScope } from "../server-scope.js";
import { asTold, MEMBER, whileTimePasses } from "./open-table.js";

/** A server of some routes over an app, whose callers say who they are: `x-as: acme/user:1/member`. */
export interface OpenApp extends AsyncDisposable {
  readonly server: SalesServer;
  readonly sales: SalesAgent;
  readonly storage: Storage;
  readonly clock: ManualClock;
  /** What `onError` was told. */
  readonly faults: unknown[];
  ask(method: string, path: string, options?: AskOptions): Promise<Response>;
  /** What comes of work while time passes. */
  soon<T>(work: Promise<T>): Promise<T>;
  /** The status of an answer, and its JSON. */
  json(
    method: string,
    path: string,
    options?: AskOptions,
  ): Promise<{ readonly status: number; readonly body: Json }>;
}

// biome-ignore lint/suspicious/noExplicitAny: what an answer is, is what its test says.
export type Json = any;

export interface AskOptions {
  readonly as?: string | undefined;
  readonly json?: unknown;
  readonly body?: string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

export interface AppOptions extends Partial<Omit<ServerOptions, "sales">> {
  readonly agents?: (storage: Storage, clock: ManualClock) => readonly LiveAgent[];
}

export function openApp(routes: readonly Route[], { agents, ...options }: AppOptions = {}): OpenApp {
  const clock = manualClock();
  const storage = memoryStorage({ clock });
  const own = () => [new QualificationAgent({ profile: exampleProfile, storage, clock })];
  const sales = createSalesAgent({ storage, clock, agents: agents?.(storage, clock) ?? own() });
  const faults: unknown[] = [];
  const onError = (error: unknown) => void faults.push(error);
  const server = serverOf(openScope({ sales, authorize: asTold, clock, onError, ...options }), routes);
  const ask: OpenApp["ask"] = (method, path, { as = MEMBER, json, body, headers, signal } = {}) => {
    const sent = new Headers(headers);
    if (as !== "") sent.set("x-as", as);
    if (json !== undefined) sent.set("content-type", "application/json");
    const content = json === undefined ? body : JSON.stringify(json);
    const init = {
      method,
      headers: sent,
      ...(content !== undefined && { body: content, duplex: "half" as const }),
      ...(signal && { signal }),
    };
    return server.fetch(new Request(`https://app.example.com${path}`, init));
  };
  return {
    ...{ server, sales, storage, clock, faults, ask },
    soon: (work) => whileTimePasses(clock, work),
    async json(method, path, asked) {
      const response = await whileTimePasses(clock, ask(method, path, asked));
      const text = await response.text();
      return { status: response.status, body: text === "" ? undefined : JSON.parse(text) };
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await whileTimePasses(clock, Promise.resolve(sales[Symbol.asyncDispose]()));
    },
  };
}
