import { parseAddress } from "./ip-address.js";
import { isPublicAddress } from "./public-address.js";

/**
 * Hosts that requests may go to: names such as `api.example.com`, `*.example.com` for all below (not `example.com` itself),
 * addresses, each with `:port` where it is not the scheme's own; or `any` for the whole public internet.
 */
export type AllowedHosts = "any" | readonly string[];

/** Whether a request may go to a URL's host and port. */
export type HostRules = (url: URL) => "admitted" | "host" | "port";

interface HostRule {
  readonly name: string;
  readonly below: boolean;
  readonly port: string;
}

/**
 * @param option - The option's path, for errors.
 * @throws TypeError naming the entry that is no host, or that could never be admitted.
 */
export function resolveHostRules(allowed: AllowedHosts, allowPrivate: boolean, option: string): HostRules {
  if (allowed === "any") return (url) => (url.port === "" ? "admitted" : "port");
  if (allowed.length === 0) throw new TypeError(`${option} is empty: name the hosts, or pass "any"`);
  const rules = allowed.map((text, index) => parseRule(text, allowPrivate, `${option}[${index}]`));
  return (url) => {
    const name = hostName(url);
    const named = rules.filter((rule) => (rule.below ? name.endsWith(`.${rule.name}`) : name === rule.name));
    if (named.length === 0) return "host";
    return named.some(({ port }) => port === url.port) ? "admitted" : "port";
  };
}

/** A URL's host as rules have it: lower case, without brackets' zone or the dot of the root at its end. */
export function hostName(url: URL): string {
  return url.hostname.toLowerCase().replace(/\.$/, "");
}

function parseRule(text: string, allowPrivate: boolean, option: string): HostRule {
  const [, star, rest = "", port = ""] = /^(\*\.)?(.+?)(?::(\d{1,5}))?$/.exec(text) ?? [];
  const url = `http://${rest}/`;
  const name = /[/?#@*\s]/.test(rest) || !URL.canParse(url) ? "" : hostName(new URL(url));
  if (name === "" || new URL(url).port !== "" || Number(port) > 65_535) {
    throw new TypeError(
      `${option} must be a host such as "api.example.com" or "*.example.com", got "${text}"`,
    );
  }
  const isAddress = parseAddress(name) !== undefined;
  if (isAddress && star !== undefined)
    throw new TypeError(`${option}: nothing is below an address, got "${text}"`);
  if (isAddress && !allowPrivate && !isPublicAddress(name)) {
    throw new TypeError(
      `${option}: "${text}" is not on the public internet; set allowPrivate if it is meant`,
    );
  }
  return { name, below: star !== undefined, port };
}
