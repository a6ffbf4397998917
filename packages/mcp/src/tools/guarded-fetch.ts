import { type Egress, isPublicAddress } from "@salesagent/agents/tools";
import { SalesAgentError } from "@salesagent/ports";
import { limitMessages } from "./limit-messages.js";

/** Headers of the host's own, such as `authorization`; asked for anew for each request. */
export type McpHeaders =
  | Readonly<Record<string, string>>
  | (() => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>);

/** What requests to a server are held to. */
export interface FetchRules {
  /** How requests leave; nothing where `nodeEgress()` is to be loaded. */
  readonly egress: Egress | undefined;
  readonly allowPrivate: boolean;
  readonly headers: McpHeaders;
  /** Of one message. */
  readonly maxMessageBytes: number;
  readonly onTooLarge: () => void;
}

type FetchLike = (url: string | URL, init?: RequestInit) => Promise<Response>;

/** Answers that have no body. */
const EMPTY: readonly number[] = [101, 103, 204, 205, 304];

/**
 * A `fetch` for the transport: never to private addresses, however they are written or resolved, never in the clear, and no
 * message that is larger than allowed.
 */
export function guardedFetch(rules: FetchRules): FetchLike {
  return async (target, init = {}) => {
    const url = new URL(target);
    checkUrl(url, rules.allowPrivate);
    const egress = rules.egress ?? (await defaultEgress());
    const own = typeof rules.headers === "function" ? await rules.headers() : rules.headers;
    const { status, headers, body } = await egress.send(
      {
        url,
        method: init.method ?? "GET",
        headers: { ...Object.fromEntries(new Headers(init.headers)), ...own },
        ...(init.body === undefined || init.body === null ? {} : { body: String(init.body) }),
      },
      {
        admits: (address) => rules.allowPrivate || isPublicAddress(address),
        signal: init.signal ?? new AbortController().signal,
      },
    );
    if (body === null || EMPTY.includes(status)) return new Response(null, { status, headers });
    return new Response(limitMessages(body, rules.maxMessageBytes, rules.onTooLarge), { status, headers });
  };
}

/** @throws `http.blocked` */
export function checkUrl(url: URL, allowPrivate: boolean): void {
  if (url.protocol !== "https:" && !(allowPrivate && url.protocol === "http:")) {
    throw blocked(
      url,
      "scheme",
      `Only https is allowed for MCP servers, not ${url.protocol.slice(0, 20)}; http only with allowPrivate.`,
    );
  }
  if (url.username !== "" || url.password !== "") {
    throw blocked(
      url,
      "url",
      `The URL of ${url.host} holds a user name or a password. Give headers instead.`,
    );
  }
  const literal = url.hostname.replace(/^\[(.*)\]$/, "$1");
  const isAddress = literal !== url.hostname || /^\d+(\.\d+){3}$/.test(literal);
  const isPrivate = isAddress ? !isPublicAddress(literal) : /(^|\.)localhost\.?$/.test(literal);
  if (!allowPrivate && isPrivate) {
    throw blocked(
      url,
      "address",
      `${url.host} is not on the public internet. Set allowPrivate if it is meant.`,
    );
  }
}

async function defaultEgress(): Promise<Egress> {
  const { nodeEgress } = await import("@salesagent/agents/node");
  return nodeEgress();
}

function blocked(url: URL, rule: "scheme" | "url" | "address", message: string) {
  return new SalesAgentError("http.blocked", { message, facts: { host: url.host, rule }, replay: "safe" });
}
