import { SalesAgentError } from "@salesagent/ports";
import { excerpt } from "./mask.js";
import { type CalledService, serviceFailure } from "./service-failure.js";

/** Steps before the first byte of a request is sent. */
const BEFORE_SENDING: ReadonlySet<string> = new Set(["connect", "getaddrinfo"]);
const NOT_CONNECTED: ReadonlySet<string> = new Set(["UND_ERR_CONNECT_TIMEOUT", "ConnectionRefused"]);

/**
 * What a request that found no server, or lost it, becomes. One that was refused before it was sent may be sent again, whatever it
 * does.
 */
export function networkFailure(called: CalledService, error: unknown): SalesAgentError {
  if (SalesAgentError.is(error)) return error;
  const causes = causesOf(error);
  const code = causes.map((each) => textOf(each, "code")).find((each) => each !== undefined);
  const wasNotSent = causes.some(isBeforeSending);
  return serviceFailure(called, "service.unavailable", {
    facts: code === undefined ? {} : { vendorCode: code },
    happened: `${wasNotSent ? "found no server" : "broke off"}${code === undefined ? "" : ` (${code})`}`,
    replay: wasNotSent ? "safe" : called.replay,
    cause: maskedCause(causes, called.secrets),
  });
}

function causesOf(error: unknown): Error[] {
  const causes: Error[] = [];
  for (let current = error; current instanceof Error && causes.length < 5; current = current.cause) {
    causes.push(current);
  }
  return causes;
}

/** Node tries several addresses, and tells of all in one error. */
function isBeforeSending(error: Error): boolean {
  if (error instanceof AggregateError) {
    const { errors }: { errors: unknown[] } = error;
    return errors.length > 0 && errors.every((each) => each instanceof Error && isBeforeSending(each));
  }
  return BEFORE_SENDING.has(textOf(error, "syscall") ?? "") || NOT_CONNECTED.has(textOf(error, "code") ?? "");
}

function textOf(error: Error, field: "code" | "syscall"): string | undefined {
  const value: unknown = Reflect.get(error, field);
  return typeof value === "string" ? value : undefined;
}

/** The reasons in words only: what a `fetch` throws may hold the request. */
function maskedCause(causes: readonly Error[], secrets: readonly string[]): Error | undefined {
  const words = causes.map((each) => excerpt(each.message, secrets)).filter((each) => each !== "");
  return words.length === 0 ? undefined : new Error(words.join(": "));
}
