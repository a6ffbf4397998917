import { type Replay, SalesAgentError } from "@salesagent/ports";
import { safeText } from "./safe-text.js";

/** Codes of JSON-RPC by which a server refuses a request before it does anything. */
const REFUSED_BEFORE: readonly unknown[] = [-32_700, -32_600, -32_601, -32_602];
/** Codes that the SDK makes up for its own failures. */
const CONNECTION_CODES: readonly unknown[] = [-32_000, -32_001];

/** What a server's failure to answer comes to. */
export type McpFailure =
  | { readonly kind: "answer"; readonly said: string; readonly nothingDone: boolean }
  | { readonly kind: "forgotten-session" }
  | { readonly kind: "error"; readonly error: SalesAgentError };

/** Reads what the SDK threw while a call was under way. */
export function readFailure(server: string, thrown: unknown, replay: Replay): McpFailure {
  if (SalesAgentError.is(thrown)) return { kind: "error", error: thrown };
  const { name, code, message } = fieldsOf(thrown);
  if (name === "McpError" && !CONNECTION_CODES.includes(code)) {
    const said = safeText(message, 2_000);
    return { kind: "answer", said, nothingDone: REFUSED_BEFORE.includes(code) };
  }
  if (code === 404 || /session not found/i.test(message)) return { kind: "forgotten-session" };
  return { kind: "error", error: unreachable(server, "broke off, or failed", replay, thrown) };
}

/** @param problem - What is wrong, in our own words: a server's words may be anything. */
export function unreachable(
  server: string,
  problem: string,
  replay: Replay,
  cause?: unknown,
): SalesAgentError {
  if (SalesAgentError.is(cause)) return cause;
  const { name, code } = fieldsOf(cause);
  const status = typeof code === "number" && code >= 100 && code < 600 ? { status: code } : {};
  const facts = { service: `mcp:${server}`, ...status };
  if (name === "UnauthorizedError" || code === 401 || code === 403) {
    const message = `The MCP server "${server}" refuses the credentials. Check the headers, or the variables, that it is given.`;
    return new SalesAgentError("service.auth", { message, facts, replay: "safe", cause });
  }
  const message = `The MCP server "${server}" ${problem}.`;
  return new SalesAgentError("service.unavailable", { message, facts, replay, cause });
}

function fieldsOf(thrown: unknown): {
  readonly name: string;
  readonly code: unknown;
  readonly message: string;
} {
  if (!(thrown instanceof Error)) return { name: "", code: undefined, message: "" };
  return { name: thrown.name, code: "code" in thrown ? thrown.code : undefined, message: thrown.message };
}
