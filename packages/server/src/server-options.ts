import type { SalesAgent } from "@salesagent/core/app";
import { type Clock, createSortableIds, SalesAgentError, systemClock } from "@salesagent/ports";
import { z } from "zod";
import type { Authorize } from "./access.js";

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
  /** Of one principal, in this process. @defaultValue 600 */
  readonly requestsPerMinute?: number | undefined;
  /** Streams that one principal reads at once, in this process. @defaultValue 50 */
  readonly streamsPerPrincipal?: number | undefined;
  /** How often a quiet stream is told to be alive, and how long a reader may take nothing before it is cut. @defaultValue 15_000 */
  readonly heartbeatMs?: number | undefined;
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

/** What a server is made with. */
export interface ServerOptions {
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
export interface ResolvedOptions {
  readonly sales: SalesAgent;
  readonly authorize: Authorize;
  /** Without a slash at its end; empty for none. */
  readonly prefix: string;
  readonly cors: Cors | undefined;
  readonly limits: Limits;
  readonly qualifier: string;
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
  requestsPerMinute: count(1, 10_000_000).default(600),
  streamsPerPrincipal: count(1, 1_000_000).default(50),
  heartbeatMs: count(100, 600_000).default(15_000),
});

const origin = z.string().refine((text) => URL.canParse(text) && new URL(text).origin === text, {
  message: "must be an origin, such as https://app.example.com",
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
  leads: z.strictObject({ qualifier: z.string().min(1).optional() }).prefault({}),
  errorDocs: z.string().min(1).default("urn:salesagent:error:"),
  onError: isFunction.optional(),
  clock: z.looseObject({ now: isFunction, elapsed: isFunction, schedule: isFunction }).optional(),
  createId: isFunction.optional(),
});

/** @throws `config.invalid` with the option's path, such as `limits.bodyBytes`. */
export function resolveOptions(options: ServerOptions): ResolvedOptions {
  const parsed = optionsSchema.safeParse(options);
  if (!parsed.success) throw invalidOption(toPlaces(parsed.error));
  const { prefix, cors, limits, leads, errorDocs } = parsed.data;
  const { sales, authorize, clock = systemClock, createId, onError = () => {} } = options;
  if (leads.qualifier !== undefined && !sales.agents.has(leads.qualifier)) {
    const known = [...sales.agents.keys()].join(", ") || "none";
    throw invalidOption([
      { path: "leads.qualifier", message: `names no agent of the app, which has: ${known}` },
    ]);
  }
  return Object.freeze({
    ...{ sales, authorize, limits, errorDocs, clock },
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
    createId: createId ?? createSortableIds(clock),
  });
}

interface Place {
  readonly path: string;
  readonly message: string;
}

function toPlaces(error: z.ZodError): readonly Place[] {
  return error.issues.flatMap((issue) => {
    const path = issue.path.map(String).join(".");
    if (issue.code !== "unrecognized_keys") return [{ path: path || "options", message: issue.message }];
    return issue.keys.map((key) => ({
      path: [path, key].filter(Boolean).join("."),
      message: "is no option",
    }));
  });
}

function invalidOption(issues: readonly Place[]): SalesAgentError<"config.invalid"> {
  const [first = { path: "options", message: "is not valid" }] = issues;
  return new SalesAgentError("config.invalid", {
    message: `createServer: the option ${first.path} ${first.message}.`,
    facts: { option: first.path, issues },
    replay: "safe",
  });
}

function isApp(value: unknown): boolean {
  return typeof value === "object" && value !== null && "storage" in value && "agents" in value;
}
