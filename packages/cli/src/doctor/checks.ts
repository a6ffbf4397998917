import { SalesAgentError } from "@salesagent/ports";
import { CRMS } from "../choice/crms.js";
import { keyVariableOf, providerNames } from "../choice/providers.js";
import type { Io } from "../io.js";
import { cliVersion } from "../version.js";

/** What one look at the set-up found. */
export interface CheckResult {
  readonly name: string;
  readonly status: "ok" | "off" | "failed";
  readonly detail: string;
}

/** How long something that is asked may take to answer, in milliseconds. */
const ANSWER_MS = 3_000;
const OLDEST_NODE = [20, 19] as const;

/** Where a provider can be asked cheaply whether it is there. */
const ENDPOINTS: Readonly<Record<string, string>> = {
  openai: "https://api.openai.com/v1/models",
  anthropic: "https://api.anthropic.com/v1/models",
  cerebras: "https://api.cerebras.ai/v1/models",
  deepseek: "https://api.deepseek.com/models",
  openrouter: "https://openrouter.ai/api/v1/key",
  gemini: "https://generativelanguage.googleapis.com/v1beta/models",
};

/** Looks at everything that the CLI can use. Keys are told as set or not set, never shown. */
export async function runChecks(io: Io, databaseUrl: string | undefined): Promise<readonly CheckResult[]> {
  const providers = providerNames.flatMap((name) => {
    const variable = keyVariableOf(name);
    return variable === undefined ? [] : [{ name, variable, endpoint: ENDPOINTS[name] ?? "" }];
  });
  return Promise.all([
    checkNode(),
    ok("salesagent", cliVersion()),
    ...[...providers, ...CRMS].map((service) => checkService(service, io)),
    checkOllama(io),
    checkPostgres(databaseUrl, io),
  ]);
}

function ok(name: string, detail: string): CheckResult {
  return { name, status: "ok", detail };
}

function checkNode(): CheckResult {
  const version = process.versions.node;
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const fits = major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]);
  if (fits) return ok("node", version);
  return {
    name: "node",
    status: "failed",
    detail: `${version}; ${OLDEST_NODE.join(".")} or later is needed`,
  };
}

/** Something outside that a key is for. */
interface Service {
  readonly name: string;
  readonly variable: string;
  /** Where it can be asked cheaply whether it is there. */
  readonly endpoint: string;
}

async function checkService({ name, variable, endpoint }: Service, io: Io): Promise<CheckResult> {
  if (!io.env[variable]) return { name, status: "off", detail: `${variable} is not set` };
  const answer = await ask(endpoint, io);
  if ("failure" in answer) {
    return { name, status: "failed", detail: `${variable} is set; no answer (${answer.failure})` };
  }
  return ok(name, `${variable} is set; answers`);
}

async function checkOllama(io: Io): Promise<CheckResult> {
  const host = io.env["OLLAMA_HOST"] ?? "http://localhost:11434";
  const base = host.includes("://") ? host : `http://${host}`;
  const answer = await ask(`${base}/api/version`, io);
  if ("failure" in answer) return { name: "ollama", status: "off", detail: `nothing answers at ${base}` };
  const { version } = (await answer.response.json().catch(() => ({}))) as { version?: string };
  return ok("ollama", `version ${version ?? "unknown"} at ${base}`);
}

/** The code of Postgres for a table that is not there. */
const UNDEFINED_TABLE = "42P01";

/** Only looks: tables are made by whoever stores first. */
async function checkPostgres(databaseUrl: string | undefined, io: Io): Promise<CheckResult> {
  if (!databaseUrl) return { name: "postgres", status: "off", detail: "DATABASE_URL is not set" };
  const { postgres } = await import("@salesagent/storage-pg");
  try {
    await using storage = postgres({ connectionString: databaseUrl });
    const signal = AbortSignal.any([io.signal, AbortSignal.timeout(ANSWER_MS)]);
    await storage.tenant("default").leads.count({}, { signal });
    return ok("postgres", "answers; its tables are there");
  } catch (error) {
    if (
      SalesAgentError.is(error) &&
      "vendorCode" in error.facts &&
      error.facts.vendorCode === UNDEFINED_TABLE
    ) {
      return ok("postgres", "answers; it has no tables yet, `--store pg` makes them");
    }
    const detail = SalesAgentError.is(error) ? error.message : "no answer";
    return { name: "postgres", status: "failed", detail };
  }
}

async function ask(
  url: string,
  io: Io,
): Promise<{ readonly response: Response } | { readonly failure: string }> {
  try {
    const fetch = io.fetch ?? globalThis.fetch;
    const response = await fetch(url, {
      signal: AbortSignal.any([io.signal, AbortSignal.timeout(ANSWER_MS)]),
    });
    return { response };
  } catch (error) {
    const cause = error instanceof Error ? (error.cause as { code?: string } | undefined) : undefined;
    return { failure: cause?.code ?? (error instanceof Error ? error.name : "unknown failure") };
  }
}
