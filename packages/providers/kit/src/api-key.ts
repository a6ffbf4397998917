import { SalesAgentError } from "@salesagent/ports";

/** A key, or a function that fetches one for each call, such as from a vault. */
export type ApiKey = string | (() => string | Promise<string>);

/** Where a provider's key may come from. */
export interface ApiKeySource {
  readonly provider: string;
  readonly modelId: string;
  readonly apiKey: ApiKey | undefined;
  /** The vendor's own variables, in order; read at the first call, when no key was given. */
  readonly variables: readonly string[];
  /** False for servers that also answer without a key. @defaultValue true */
  readonly required?: boolean;
  /** @defaultValue the process's environment, where there is one */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}

/**
 * The key for a call; nothing where none was given and none is needed.
 *
 * @throws `model.auth` when a key is needed and there is none, or when it can't be a key: blank, or with characters that no header can hold.
 */
export function resolveApiKey(source: ApiKeySource & { readonly required?: true }): Promise<string>;
export function resolveApiKey(source: ApiKeySource): Promise<string | undefined>;
export async function resolveApiKey(source: ApiKeySource): Promise<string | undefined> {
  const given = typeof source.apiKey === "function" ? await source.apiKey() : source.apiKey;
  const key = given ?? readVariable(source.variables, source.env);
  if (key === undefined || key === "") {
    if (source.required === false) return undefined;
    const variable = source.variables[0];
    throw keyError(
      source,
      `No API key for ${source.provider}: pass \`apiKey\`${variable ? ` or set ${variable}` : ""}.`,
    );
  }
  if (!/^[\x21-\x7e]+$/.test(key)) {
    throw keyError(
      source,
      `The API key for ${source.provider} is malformed: it has spaces, line ends or characters outside ASCII. Copy it again.`,
    );
  }
  return key;
}

/**
 * The first of these variables that is set and not empty.
 *
 * @param env - Where to look. @defaultValue the process's environment, where there is one
 */
export function readVariable(
  names: readonly string[],
  env: Readonly<Record<string, string | undefined>> = processEnvironment(),
): string | undefined {
  for (const name of names) {
    const value = env[name];
    if (value !== undefined && value !== "") return value;
  }
  return undefined;
}

/** The environment of Node, Bun or Deno; empty where there is none, such as at the edge. */
function processEnvironment(): Readonly<Record<string, string | undefined>> {
  return typeof process === "undefined" ? {} : process.env;
}

function keyError({ provider, modelId }: ApiKeySource, message: string): SalesAgentError<"model.auth"> {
  return new SalesAgentError("model.auth", { message, facts: { provider, modelId }, replay: "safe" });
}
