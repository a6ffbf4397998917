import type { IncomingMessage } from "node:http";
import { streamBody } from "./message-body.js";

/** What a request is made of. */
export interface RequestParts {
  /** With its scheme and host, such as `https://app.example.com/sales/leads?limit=5`. */
  readonly url: string;
  /** In place of the incoming message's own, where that was read already. @defaultValue the message's own, as it comes */
  readonly body?: Uint8Array<ArrayBuffer> | undefined;
  readonly signal: AbortSignal;
}

/** A message of Node as a web-standard request. @throws TypeError for a method that no request may have. */
export function toRequest(incoming: IncomingMessage, { url, body, signal }: RequestParts): Request {
  const { method = "GET" } = incoming;
  const headers = toHeaders(incoming);
  if (method === "GET" || method === "HEAD") return new Request(url, { method, headers, signal });
  // Node wants to be told that the body is read while the answer may be written.
  const init = { method, headers, signal, body: body ?? streamBody(incoming), duplex: "half" as const };
  return new Request(url, init);
}

function toHeaders({ rawHeaders }: IncomingMessage): Headers {
  const headers = new Headers();
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? "";
    if (!name.startsWith(":")) headers.append(name, rawHeaders[index + 1] ?? "");
  }
  return headers;
}

/** A name and a port as they stand in an address: nothing that would end them, such as the slash of a path. */
const HOST = /^[^\s/\\?#@]+$/;

/**
 * The address that a message asks for. Of a target with a host of its own, which only proxies are sent, the path alone counts.
 *
 * @param target - As the first line of the message has it. @returns Nothing where it is no address.
 */
export function toUrl(
  incoming: IncomingMessage,
  target: string,
  scheme = schemeOf(incoming),
): string | undefined {
  const { host = "localhost" } = incoming.headers;
  const path = target.startsWith("/") ? target : pathOfWhole(target);
  if (path === undefined || !HOST.test(host)) return undefined;
  try {
    return new URL(`${scheme}://${host}${path}`).href;
  } catch {
    return undefined;
  }
}

const schemeOf = ({ socket }: IncomingMessage): string => ("encrypted" in socket ? "https" : "http");

function pathOfWhole(target: string): string | undefined {
  if (!/^https?:/i.test(target) || !URL.canParse(target)) return undefined;
  const { pathname, search } = new URL(target);
  return pathname + search;
}
