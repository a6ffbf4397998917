import type { SalesAgent } from "@salesagent/core/app";
import {
  type Clock,
  createSortableIds,
  type IssueFact,
  SalesAgentError,
  systemClock,
} from "@salesagent/ports";
import { z } from "zod";
import type { Authorize } from "./access.js";
import type { ClientAddressOptions } from "./client-address.js";
import type { Quotas } from "./quota.js";
import { toIssues } from "./request-errors.js";

/** What is taken of a request, and of a principal. */
export interface ServerLimits {
  /** Of a body. @defaultValue 1_000_000 */
  readonly bodyBytes?: number | undefined;
  /** Of a file of leads. @defaultValue 50_000_000 */
  readonly importBytes?: number | undefined;
  /** To read a body, or a piece of a file. @defaultValue 10_000 */
  readonly bodyMs?: number | undefined;
  /** For a handler; streams have none. @defaultValue 30_000 */
  readonly handlerMs?: number | undefined;
  /** Handlers that work at once, in this process; ten times as many of routes with a time limit of their own, such as qualifying. @defaultValue 100 */
  readonly inFlight?: number | undefined;
  /** Requests that wait for one of these handlers to be done. @defaultValue 1_000 */
  readonly waiting?: number | undefined;
  /** How long a request waits so. @defaultValue 5_000 */
  readonly waitMs?: number | undefined;
  /** Of one principal, in this process. @defaultValue 600 */
  readonly requestsPerMinute?: number | undefined;
  /** Of requests of nobody from one address, in this process, that are refused; more are not looked at. @defaultValue 300 */
  readonly refusalsPerMinute?: number | undefined;
  /** Streams that one principal reads at once, in this process. @defaultValue 50 */
  readonly streamsPerPrincipal?: number | undefined;
  /** How often a quiet stream is told to be alive, and how long a reader may take nothing before it is cut. @defaultValue 15_000 */
  readonly heartbeatMs?: number | undefined;
  /** How long a reader stays connected; it connects again, where it was, and shows anew who it is. @defaultValue 3_600_000 */
  readonly streamMs?: number | undefined;
}

/** Pages of other origins that may ask. */
export interface CorsOptions {
  /** Such as `https://app.example.com`. */
  readonly origins: readonly string[];
  /** Whether they may send cookies. @defaultValue false */
  readonly credentials?: boolean | undefined;
  /** How long a browser may remember the answer. @defaultValue 600 */
  readonly maxAgeSeconds?: number | undefined;
}

/** How webhooks of CRMs are taken. */
export interface WebhookOptions {
  /** The origin that CRMs were told, where a proxy changes it on its way here: signatures name it. @defaultValue that of the request */
  readonly origin?: string | undefined;
  /** Whether there is such a tenant, with such a connection. Whoever is not accepted is told what a wrong signature is. @defaultValue all */
  readonly accepts?: ((tenant: string, connection: string) => boolean | Promise<boolean>) | undefined;
}

/** What `GET /metrics` tells. */
export interface MetricsOptions {
  /** Tenants whose keys see the figures of the process, which are of all tenants together. @defaultValue none */
  readonly operators?: readonly string[] | "all" | undefined;
  /** Whether the figures of the process tell tenants apart. @defaultValue false */
  readonly tenantLabels?: boolean | undefined;
}

/** What a server is made with. */
export interface ServerOptions extends ClientAddressOptions {
  readonly sales: SalesAgent;
  /** Says who asks: see {@link Authorize}, and `apiKeys` for a ready one. */
  readonly authorize: Authorize;
  /** The path that all routes are below, such as `/sales`. @defaultValue "/" */
  readonly prefix?: string | undefined;
  /** @defaultValue off: no page of another origin may ask */
  readonly cors?: CorsOptions | undefined;
  readonly limits?: ServerLimits | undefined;
  readonly leads?: {
    /** The agent that qualifies leads. @defaultValue "qualification" */
    readonly qualifier?: string | undefined;
  };
  readonly webhooks?: WebhookOptions | undefined;
  /** What tenants may use in a month. @defaultValue no limit */
  readonly quotas?: Quotas | undefined;
  readonly metrics?: MetricsOptions | undefined;
  /** Serves the page Studio below `/studio`: what it shows and does, it asks of these routes. @defaultValue false */
  readonly studio?: boolean | undefined;
  /** Where codes of errors are explained; the code is put behind it. @defaultValue "urn:salesagent:error:" */
  readonly errorDocs?: string | undefined;
  /** Told of failures that are the server's, whose callers are told nothing. @defaultValue does nothing */
  readonly onError?:
    | ((error: unknown, about: { readonly requestId?: string; readonly route?: string }) => void)
    | undefined;
  /** @defaultValue the machine's clock */
  readonly clock?: Clock | undefined;
  /** @defaultValue UUIDs of version 7, which sort by time */
  readonly createId?: (() => string) | undefined;
}

export type Limits = Required<{ readonly [Name in keyof ServerLimits]: number }>;

export interface Cors {
  readonly origins: ReadonlySet<string>;
  readonly credentials: boolean;
  readonly maxAgeSeconds: number;
}

/** Options with nothing left out. */
export interface ResolvedOptions extends ClientAddressOptions {
  readonly sales: SalesAgent;
  readonly authorize: Authorize;
  /** Without a slash at its end; empty for none. */
  readonly prefix: string;
  readonly cors: Cors | undefined;
  readonly limits: Limits;
  readonly qualifier: string;
  readonly webhooks: {
    readonly origin: string | undefined;
    readonly accepts: NonNullable<WebhookOptions["accepts"]>;
  };
  readonly quotaPlans: Quotas | undefined;
  readonly studio: boolean;
  readonly metrics: { readonly operators: readonly string[] | "all"; readonly tenantLabels: boolean };
  readonly errorDocs: string;
  readonly onError: NonNullable<ServerOptions["onError"]>;
  readonly clock: Clock;
  readonly createId: () => string;
}

const count = (least: number, most: number) => z.number().int().min(least).max(most);
const isFunction = z.custom((value) => typeof value === "function", "must be a function");

const limitsSchema = z.strictObject({
  bodyBytes: count(1, 100_000_000).default(1_000_000),
  importBytes: count(1, 10_000_000_000).default(50_000_000),
  bodyMs: count(1, 3_600_000).default(10_000),
  handlerMs: count(1, 3_600_000).default(30_000),
  inFlight: count(1, 100_000).default(100),
  waiting: count(0, 1_000_000).default(1_000),
  waitMs: count(1, 600_000).default(5_000),
  requestsPerMinute: count(1, 10_000_000).default(600),
  refusalsPerMinute: count(1, 10_000_000).default(300),
  streamsPerPrincipal: count(1, 1_000_000).default(50),
  heartbeatMs: count(100, 600_000).default(15_000),
  streamMs: count(1_000, 86_400_000).default(3_600_000),
});

const origin = z.string().refine((text) => URL.canParse(text) && new URL(text).origin === text, {
  message: "must be an origin, such as https://app.example.com",
});

const quantity = z.number().min(0).optional();
const planSchema = z.strictObject({
  name: z.string().min(1).max(200),
  tasks: quantity,
  tokens: quantity,
  costUsd: quantity,
});

const optionsSchema = z.strictObject({
  sales: z.custom((value) => isApp(value), "must be what createSalesAgent gives"),
  authorize: isFunction,
  prefix: z
    .string()
    .regex(/^\/([A-Za-z0-9._~-]+\/?)*$/, "must be a path that begins with a slash, such as /sales")
    .default("/"),
  cors: z
    .strictObject({
      origins: z.array(origin).min(1),
      credentials: z.boolean().default(false),
      maxAgeSeconds: count(0, 86_400).default(600),
    })
    .optional(),
  limits: limitsSchema.prefault({}),
  clientAddress: isFunction.optional(),
  trustedProxies: count(0, 100).optional(),
  leads: z.strictObject({ qualifier: z.string().min(1).optional() }).prefault({}),
  webhooks: z.strictObject({ origin: origin.optional(), accepts: isFunction.optional() }).prefault({}),
  quotas: z.union([isFunction, planSchema]).optional(),
  metrics: z
    .strictObject({
      operators: z.union([z.literal("all"), z.array(z.string().min(1).max(200))]).default([]),
      tenantLabels: z.boolean().default(false),
    })
    .prefault({}),
  studio: z.boolean().default(false),
  errorDocs: z.string().min(1).default("urn:salesagent:error:"),
  onError: isFunction.optional(),
  clock: z.looseObject({ now: isFunction, elapsed: isFunction, schedule: isFunction }).optional(),
  createId: isFunction.optional(),
});

/** @throws `config.invalid` with the option's path, such as `limits.bodyBytes`. */
export function resolveOptions(options: ServerOptions): ResolvedOptions {
  const parsed = optionsSchema.safeParse(options);
  if (!parsed.success) throw invalidOption(toIssues("", parsed.error));
  const { prefix, cors, limits, leads, studio, errorDocs, webhooks, metrics } = parsed.data;
  refuseReservedNames(options.sales.connections);
  const { sales, authorize, quotas, clock = systemClock, createId, onError = () => {} } = options;
  if (leads.qualifier !== undefined && !sales.agents.has(leads.qualifier)) {
    const known = [...sales.agents.keys()].join(", ") || "none";
    throw invalidOption([
      { path: "leads.qualifier", message: `names no agent of the app, which has: ${known}` },
    ]);
  }
  return Object.freeze({
    ...{ sales, authorize, limits, studio, errorDocs, clock },
    ...{ clientAddress: options.clientAddress, trustedProxies: options.trustedProxies },
    onError: (error: unknown, about: object) => {
      try {
        onError(error, about);
      } catch {
        // There is nobody left to tell.
      }
    },
    prefix: prefix.replace(/\/+$/, ""),
    cors: cors && { ...cors, origins: new Set(cors.origins) },
    qualifier: leads.qualifier ?? "qualification",
    webhooks: { origin: webhooks.origin, accepts: options.webhooks?.accepts ?? (() => true) },
    quotaPlans: quotas,
    metrics,
    createId: createId ?? createSortableIds(clock),
  });
}

/** Names of routes below `/sync`, which a connection of this name would stand behind. */
const RESERVED = ["conflicts", "dead-letters", "health", "metrics"];

function refuseReservedNames(connections: readonly string[] = []): void {
  const taken = connections.find((name) => RESERVED.includes(name));
  if (taken === undefined) return;
  throw invalidOption([
    { path: "sales.crm", message: `names a connection ${taken}, which is a route's name` },
  ]);
}

function invalidOption(issues: readonly IssueFact[]): SalesAgentError<"config.invalid"> {
  const [first = { path: "", message: "is not valid" }] = issues;
  const option = first.path || "options";
  return new SalesAgentError("config.invalid", {
    message: `createServer: the option ${option} ${first.message}.`,
    facts: { option, issues },
    replay: "safe",
  });
}

function isApp(value: unknown): boolean {
  return typeof value === "object" && value !== null && "storage" in value && "agents" in value;
}
