import { exampleProfile, QualificationAgent } from "@salesagent/agents";
import { type ManualClock, manualClock } from "@salesagent/conformance";
import { createEventBus } from "@salesagent/core";
import { createApiKeys } from "@salesagent/core/access";
import type { SalesAgent } from "@salesagent/core/app";
import { createApprovals } from "@salesagent/core/effects";
import { createLiveStreams, type LiveAgent } from "@salesagent/core/live";
import type { Storage } from "@salesagent/ports";
import { memoryStorage } from "@salesagent/storage-memory";
import { type SalesServer, serverOf } from "../create-server.js";
import type { Route } from "../route.js";
import type { ServerOptions } from "../server-options.js";
import { openScope } from "../server-scope.js";
import { asTold, MEMBER } from "./open-table.js";

/** A server of some routes over an app, whose callers say who they are: `x-as: acme/user:1/member`. */
export interface OpenApp extends AsyncDisposable {
  readonly server: SalesServer;
  readonly sales: SalesAgent;
  readonly storage: Storage;
  readonly clock: ManualClock;
  /** What `onError` was told. */
  readonly faults: unknown[];
  ask(method: string, path: string, options?: AskOptions): Promise<Response>;
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
  readonly body?: BodyInit;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

export interface AppOptions extends Partial<Omit<ServerOptions, "sales">> {
  readonly agents?: (storage: Storage, clock: ManualClock) => readonly LiveAgent[];
  /** Parts of the app in place of its own. */
  readonly parts?: Partial<SalesAgent>;
}

export function openApp(routes: readonly Route[], { agents, parts, ...options }: AppOptions = {}): OpenApp {
  const clock = manualClock();
  const storage = memoryStorage({ clock });
  const streams = createLiveStreams({ storage, clock });
  const named = agents?.(storage, clock) ?? [
    new QualificationAgent({ profile: exampleProfile, storage, clock }),
  ];
  const sales = {
    ...{ storage, streams, events: createEventBus(), connections: [], sync: undefined, jobs: undefined },
    agents: new Map(named.map((agent) => [agent.name, agent])),
    approvals: createApprovals({ storage, clock }),
    apiKeys: createApiKeys({ storage, clock }),
    ...parts,
  } as unknown as SalesAgent;
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
      ...(content !== undefined && { body: content, duplex: "half" }),
      ...(signal && { signal }),
    };
    return server.fetch(new Request(`https://app.example.com${path}`, init));
  };
  return {
    ...{ server, sales, storage, clock, faults, ask },
    async json(method, path, asked) {
      const response = await ask(method, path, asked);
      const text = await response.text();
      return { status: response.status, body: text === "" ? undefined : JSON.parse(text) };
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await streams[Symbol.asyncDispose]();
    },
  };
}
