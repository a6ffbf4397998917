import { registrableDomain } from "./public-suffixes.js";
import { isDirectoryDomain, isMailProviderDomain } from "./shared-hosts.js";

/** What a web address says of a company. One of `domain` (with `website`), `profileUrl`, the two LinkedIn fields and `sharedHost` is there. */
export interface WebAddress {
  /** Registrable domain, when the address is a site of one owner. */
  readonly domain?: string;
  /** The address itself, with scheme and without user, fragment and tracking; when the address is a site of one owner. */
  readonly website?: string;
  /** A page in a directory. */
  readonly profileUrl?: string;
  readonly companyLinkedinUrl?: string;
  readonly personLinkedinUrl?: string;
  /** The bare address of a host that many share: the site of the company of that name, and of nobody else. */
  readonly sharedHost?: string;
}

const PLAIN_HOST =
  /^(?:https?:\/\/)?(?:www\.)?([a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+)\/?$/i;
const TOP_LEVEL = /\.(?:[a-z]{2,63}|xn--[a-z0-9-]{1,59})$/;
const LABELS = /^(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9-]{2,63}$/;
const LINKEDIN_PAGE = /^\/(company|school|showcase|in|pub)\/([^/?#]+)/i;

/**
 * Reads an address, host name or domain: `https://www.figma.com/about`, `figma.com`, `//figma.com:443`, `müller.de` (which
 * becomes `xn--mller-kva.de`). A host that many share yields no domain: a page on it is a `profileUrl` or a LinkedIn page.
 *
 * @returns Undefined when unreadable, an IP address or a bare public ending.
 */
export function readWebAddress(text: string): WebAddress | undefined {
  const plain = PLAIN_HOST.exec(text);
  if (plain?.[1] !== undefined) {
    const host = plain[1].toLowerCase();
    return ownSite(host, `${/^http:/i.test(text) ? "http" : "https"}://${host}`);
  }
  const url = parseUrl(text);
  if (url === undefined) return undefined;
  const host = url.hostname.replace(/\.$/, "").replace(/^www\./, "");
  const domain = domainOfHost(host);
  if (domain === undefined) return undefined;
  const page = pathOf(url);
  if (page === "" || !isDirectoryDomain(domain)) return ownSite(host, `${url.protocol}//${host}${page}`);
  return domain === "linkedin.com" ? linkedinPage(url) : { profileUrl: `https://${host}${page}` };
}

/**
 * The registrable domain of a host name; undefined for what is no name of a public host. `localhost`, IP addresses and bare
 * public endings are none.
 */
export function domainOfHost(host: string): string | undefined {
  if (host.length > 253 || !TOP_LEVEL.test(host) || !LABELS.test(host)) return undefined;
  return registrableDomain(host);
}

/** A page's address without scheme, `www.`, query and case: equal for two spellings of one page. */
export function pageKey(url: string): string {
  return url
    .replace(/^https?:\/\/(?:www\.)?/i, "")
    .replace(/[?#].*$/, "")
    .replace(/\/+$/, "")
    .toLowerCase();
}

function ownSite(host: string, website: string): WebAddress | undefined {
  const domain = domainOfHost(host);
  if (domain === undefined) return undefined;
  return isDirectoryDomain(domain) || isMailProviderDomain(domain)
    ? { sharedHost: domain }
    : { domain, website };
}

function parseUrl(text: string): URL | undefined {
  const bare = text.replace(/^\/\//, "");
  if (/\s/.test(bare) || bare.includes("@")) return undefined;
  const absolute = /^[a-z][a-z0-9+.-]*:\/\//i.test(bare) ? bare : `https://${bare}`;
  if (!/^https?:/i.test(absolute) || !URL.canParse(absolute)) return undefined;
  return new URL(absolute);
}

/** Path without a slash at the end; the query stays only where it names the page, as in `/company?id=7`. */
function pathOf(url: URL): string {
  const path = url.pathname.replace(/\/+$/, "");
  const kept = [...url.searchParams].filter(([name]) => !/^(?:utm_|gclid|fbclid|ref$|trk)/i.test(name));
  return kept.length === 0 ? path : `${path || "/"}?${new URLSearchParams(kept)}`;
}

function linkedinPage(url: URL): WebAddress | undefined {
  const page = LINKEDIN_PAGE.exec(url.pathname);
  if (page?.[1] === undefined || page[2] === undefined) return undefined;
  const kind = page[1].toLowerCase();
  const address = `https://www.linkedin.com/${kind}/${page[2].toLowerCase()}`;
  return kind === "in" || kind === "pub" ? { personLinkedinUrl: address } : { companyLinkedinUrl: address };
}
