import type { Egress } from "../ports/egress.js";
import type { RequestGuard } from "./guarded-request.js";
import { type AllowedHosts, resolveHostRules } from "./host-rules.js";
import { webEgress } from "./web-egress.js";

/** Options of every tool that requests what a model names. */
export interface GuardOptions {
  /** `any` is for an egress that checks addresses. */
  readonly allowedHosts: AllowedHosts;
  /** How requests leave. @defaultValue `webEgress()`: the platform's `fetch`, which can't check addresses */
  readonly egress?: Egress | undefined;
  /** Lets requests reach private addresses, such as services of your own network. @defaultValue false */
  readonly allowPrivate?: boolean | undefined;
  /** How much of a body is read, in bytes, after decoding. @defaultValue 65_536 */
  readonly maxBytes?: number | undefined;
  /** @defaultValue 5 */
  readonly maxRedirects?: number | undefined;
}

/**
 * @param tool - The tool's name, for errors.
 * @throws TypeError or RangeError naming the option.
 */
export function resolveGuard(options: GuardOptions, tool: string): RequestGuard {
  const { egress = webEgress(), allowPrivate = false, maxBytes = 65_536, maxRedirects = 5 } = options;
  if (!Number.isInteger(maxBytes) || maxBytes < 1) {
    throw new RangeError(`${tool}.maxBytes must be a whole number ≥ 1, got ${maxBytes}`);
  }
  if (!Number.isInteger(maxRedirects) || maxRedirects < 0) {
    throw new RangeError(`${tool}.maxRedirects must be a whole number ≥ 0, got ${maxRedirects}`);
  }
  if (options.allowedHosts === "any" && !egress.checksAddresses && !allowPrivate) {
    throw new TypeError(
      `${tool}.allowedHosts can be "any" only with an egress that checks addresses, such as nodeEgress() of @salesagent/agents/node`,
    );
  }
  const hosts = resolveHostRules(options.allowedHosts, allowPrivate, `${tool}.allowedHosts`);
  return Object.freeze({ egress, hosts, allowPrivate, maxBytes, maxRedirects });
}
