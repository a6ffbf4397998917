import { SalesAgentError } from "@salesagent/ports";
import { readVariable } from "@salesagent/provider-kit";

const LOCAL_SERVER = "http://localhost:11434";
const CLOUD_HOST = "ollama.com";
const DEFAULT_PORT = "11434";

/** A server that is to be asked. */
export interface OllamaServer {
  readonly baseUrl: string;
  /** The vendor's own cloud, which wants a key. */
  readonly cloud: boolean;
}

/**
 * Where the server is, in any form that `OLLAMA_HOST` may have: `0.0.0.0:11434`, `:8080`, `gpu-box`, `[::1]`,
 * `https://ollama.example/base`. Without a scheme it is http on port 11434; an address that stands for all interfaces
 * becomes the loopback. `/api` and `/v1` at the end are taken off.
 *
 * @returns Nothing when the text is none of them.
 */
export function readOllamaHost(text: string): OllamaServer | undefined {
  const plain = text.trim().replace(/^(["'])(.*)\1$/, "$2");
  const [, scheme, rest = ""] = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(.*)$/i.exec(plain) ?? [];
  const slash = rest.indexOf("/");
  const authority = slash === -1 ? rest : rest.slice(0, slash);
  const path = slash === -1 ? "" : rest.slice(slash);
  if (scheme !== undefined && !/^https?$/i.test(scheme)) return undefined;
  if (/[\s?#@]/.test(rest) || (authority === "" && plain !== "")) return undefined;
  const host = toHost(authority);
  if (!URL.canParse(`${scheme ?? "http"}://${host}`)) return undefined;
  const url = new URL(`${scheme ?? "http"}://${host}`);
  // A scheme brings its own port.
  if (scheme === undefined && !/:\d+$/.test(host)) url.port = DEFAULT_PORT;
  const loopback = LOOPBACK.get(url.hostname);
  if (loopback !== undefined) url.hostname = loopback;
  const baseUrl = `${url.origin}${path}`.replace(/\/+$/, "").replace(/\/(?:api|v1)$/, "");
  return { baseUrl, cloud: url.hostname === CLOUD_HOST };
}

/** Addresses that stand for all interfaces can be listened on, but not asked. */
const LOOPBACK: ReadonlyMap<string, string> = new Map([
  ["0.0.0.0", "127.0.0.1"],
  ["[::]", "[::1]"],
]);

function toHost(authority: string): string {
  if (authority === "" || /^:\d+$/.test(authority)) return `localhost${authority}`;
  // An address of version 6 without brackets has more colons than a port needs.
  const bare = authority.split(":").length > 2 && !authority.startsWith("[");
  return bare ? `[${authority}]` : authority;
}

/** @throws TypeError when a base URL was given that is none. */
export function checkBaseUrl(baseUrl: string | undefined): void {
  if (baseUrl === undefined || readOllamaHost(baseUrl)) return;
  throw new TypeError(`baseUrl must be an http or https URL or a host, such as ${LOCAL_SERVER}`);
}

/**
 * The server to ask: the one that was given, else the one of `OLLAMA_HOST`, else this machine's.
 *
 * @throws `config.invalid` when the variable holds no address.
 */
export function resolveServer(
  baseUrl: string | undefined,
  env: Readonly<Record<string, string | undefined>> | undefined,
): OllamaServer {
  const text = baseUrl ?? readVariable(["OLLAMA_HOST"], env) ?? LOCAL_SERVER;
  const server = readOllamaHost(text);
  if (server) return server;
  throw new SalesAgentError("config.invalid", {
    message:
      "OLLAMA_HOST holds no address of a server. Set it to something like localhost:11434, or pass `baseUrl`.",
    facts: { option: "OLLAMA_HOST" },
    replay: "safe",
  });
}
