import { lookup as systemLookup } from "node:dns/promises";
import { type ClientRequest, type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { onAbort } from "@salesagent/ports";
import { blockedAddress } from "../egress/blocked.js";
import { unreachable } from "../egress/unreachable.js";
import type { Egress, EgressCall, EgressRequest, EgressResponse } from "../ports/egress.js";
import { toEgressResponse } from "./to-egress-response.js";

/** An address that a name stands for. */
export interface ResolvedAddress {
  readonly address: string;
  readonly family: number;
}

export interface NodeEgressOptions {
  /** Resolves a name to all its addresses. @defaultValue the system's resolver, `dns.lookup` */
  readonly resolve?: ((hostname: string) => Promise<readonly ResolvedAddress[]>) | undefined;
}

/**
 * Sends by Node's own HTTP client. A name is resolved once for each connection; when any of its addresses is not admitted
 * nothing is sent, and the connection goes to those that were checked, so that a name which changes its mind (DNS
 * rebinding) gains nothing. Connections are not reused, proxies of the environment are not used.
 */
export function nodeEgress(options: NodeEgressOptions = {}): Egress {
  const { resolve = (hostname) => systemLookup(hostname, { all: true, verbatim: true }) } = options;
  return {
    port: "egress/1",
    checksAddresses: true,
    async send(request, call) {
      call.signal.throwIfAborted();
      const literal = request.url.hostname.replace(/^\[(.*)\]$/, "$1");
      if (isIP(literal) !== 0 && !call.admits(literal)) throw blockedAddress(request.url.host);
      return await exchange(request, call, pinnedLookup(resolve, call, request.url.host));
    },
  };
}

/** The lookup of one connection: what it hands on is what was checked. */
function pinnedLookup(
  resolve: (hostname: string) => Promise<readonly ResolvedAddress[]>,
  { admits }: EgressCall,
  host: string,
): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname).then(
      (found) => {
        const [first] = found;
        if (first === undefined) return callback(new Error(`${hostname} has no address`), []);
        if (!found.every(({ address }) => admits(address))) return callback(blockedAddress(host), []);
        if (options.all) callback(null, [...found]);
        else callback(null, first.address, first.family);
      },
      (error) => callback(error, []),
    );
  };
}

function exchange(
  { url, method, headers, body }: EgressRequest,
  { signal }: EgressCall,
  lookup: LookupFunction,
): Promise<EgressResponse> {
  const send = url.protocol === "https:" ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const sent: ClientRequest = send(url, {
      method,
      headers: { "accept-encoding": "gzip, deflate, br", ...headers },
      lookup,
      agent: false,
    });
    const release = onAbort(signal, () => {
      sent.destroy();
      reject(signal.reason);
    });
    sent.once("close", release);
    sent.on("error", (error) => {
      reject(unreachable(url.host, error, method === "GET" || method === "HEAD" ? "safe" : "unsafe"));
    });
    sent.once("response", (message: IncomingMessage) => {
      try {
        resolve(toEgressResponse(message, method, url.host));
      } catch (error) {
        sent.destroy();
        reject(error);
      }
    });
    sent.end(body);
  });
}
