import type { IncomingMessage } from "node:http";

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
  const init = { method, headers, signal, body: body ?? toBody(incoming), duplex: "half" as const };
  return new Request(url, init);
}

function toHeaders({ rawHeaders }: IncomingMessage): Headers {
  const headers = new Headers();
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const [name = "", value = ""] = rawHeaders.slice(index, index + 2);
    if (!name.startsWith(":")) headers.append(name, value);
  }
  return headers;
}

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
  const path = target.startsWith("/") ? target : pathOfWhole(target);
  const url = `${scheme}://${incoming.headers.host ?? "localhost"}`;
  if (path === undefined || !URL.canParse(url)) return undefined;
  const origin = new URL(url);
  if (origin.pathname !== "/" || origin.search !== "" || origin.username !== "" || origin.hash !== "")
    return undefined;
  return URL.canParse(origin.origin + path) ? origin.origin + path : undefined;
}

const schemeOf = ({ socket }: IncomingMessage): string => ("encrypted" in socket ? "https" : "http");

function pathOfWhole(target: string): string | undefined {
  if (!/^https?:/i.test(target) || !URL.canParse(target)) return undefined;
  const { pathname, search } = new URL(target);
  return pathname + search;
}

/** The body as it comes. Whoever stops reading it does not cut the connection, which the answer still has to take. */
function toBody(incoming: IncomingMessage): ReadableStream<Uint8Array<ArrayBuffer>> {
  let letGo = () => {};
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      start(controller) {
        incoming.pause();
        const onData = (chunk: Buffer) => {
          controller.enqueue(new Uint8Array(chunk));
          incoming.pause();
        };
        const onEnd = () => {
          letGo();
          controller.close();
        };
        const onCut = () => {
          letGo();
          controller.error(new Error("The connection ended before the body did."));
        };
        letGo = () => {
          incoming.off("data", onData).off("end", onEnd).off("close", onCut);
        };
        incoming.on("data", onData).on("end", onEnd).on("close", onCut);
      },
      pull: () => void incoming.resume(),
      cancel: () => letGo(),
    },
    { highWaterMark: 0 },
  );
}
