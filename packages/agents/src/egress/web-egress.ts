import { untilAborted } from "@salesagent/ports";
import type { Egress } from "../ports/egress.js";
import { blocked } from "./blocked.js";
import type { Fetch } from "./fetch.js";
import { unreachable } from "./unreachable.js";

/**
 * Sends by `fetch`, in any web-standard runtime. `fetch` resolves names by itself, so the addresses behind them can't be
 * checked: tools then ask for a list of allowed hosts. On Node, `nodeEgress` of `@salesagent/agents/node` checks them.
 */
export function webEgress(options: { readonly fetch?: Fetch | undefined } = {}): Egress {
  const { fetch = (input, init) => globalThis.fetch(input, init) } = options;
  return {
    port: "egress/1",
    checksAddresses: false,
    async send({ url, method, headers, body }, { signal }) {
      signal.throwIfAborted();
      const init = { method, headers, signal, redirect: "manual", credentials: "omit" } as const;
      const response = await untilAborted(
        fetch(url, body === undefined ? init : { ...init, body }),
        signal,
      ).catch((error: unknown) => {
        signal.throwIfAborted();
        throw unreachable(url.host, error, method === "GET" || method === "HEAD" ? "safe" : "unsafe");
      });
      if (response.type !== "opaqueredirect") return response;
      throw blocked(url.host, "redirect", `${url.host} redirects, and this runtime hides where to.`);
    },
  };
}
