import { isDirectoryDomain, isMailProviderDomain } from "./shared-hosts.js";
import { domainOfHost } from "./web-address.js";

const ADDRESS = /^([a-z0-9.!#$%&'*+/=?^_`{|}~\u0080-\uffff-]{1,64})@([^\s@]{3,253})$/;
const LONGEST = 254;

const ROLES: ReadonlySet<string> = new Set(
  (
    "info contact contacts hello hi hey office mail email post sales support help admin administrator team service services marketing press media pr jobs " +
    "careers career hr recruiting billing accounting accounts invoice invoices finance legal privacy security abuse postmaster webmaster hostmaster " +
    "noreply no-reply donotreply enquiries enquiry inquiries inquiry general reception customerservice customercare feedback newsletter partners " +
    "kontakt buero vertrieb verkauf bewerbung empfang presse contacto ventas administracion comercial contatto commerciale direction accueil"
  ).split(" "),
);

/**
 * An e-mail address in lower case: from `Ada@Figma.com`, `mailto:ada@figma.com` or `Ada <ada@figma.com>`. Checked for the
 * shapes that are in use (RFC 5321 lengths, unquoted local part, a public domain), not for a mailbox behind it.
 *
 * @returns Undefined when unreadable.
 */
export function normaliseEmail(text: string): string | undefined {
  const inner = /<([^<>]+)>\s*$/.exec(text)?.[1] ?? text;
  const match = ADDRESS.exec(
    inner
      .trim()
      .toLowerCase()
      .replace(/^mailto:/, "")
      .replace(/\?.*$/, ""),
  );
  if (match?.[1] === undefined || match[2] === undefined) return undefined;
  const local = match[1];
  if (local.startsWith(".") || local.endsWith(".") || local.includes("..")) return undefined;
  const host = asciiHost(match[2]);
  if (host === undefined || domainOfHost(host) === undefined) return undefined;
  const address = `${local}@${host}`;
  return address.length <= LONGEST ? address : undefined;
}

/** Whether an address is a function's (`info@`, `sales@`) rather than a person's. */
export function isRoleEmail(email: string): boolean {
  return ROLES.has(email.slice(0, email.indexOf("@")).replace(/\+.*$/, ""));
}

/** The company's domain that an address tells; undefined for a mail provider's. */
export function companyDomainOfEmail(email: string): string | undefined {
  const domain = domainOfHost(email.slice(email.lastIndexOf("@") + 1));
  return domain === undefined || isMailProviderDomain(domain) || isDirectoryDomain(domain)
    ? undefined
    : domain;
}

function asciiHost(host: string): string | undefined {
  if (/^[a-z0-9.-]+$/.test(host)) return host;
  const address = `https://${host}`;
  return URL.canParse(address) && !/[/:?#[\]\\]/.test(host) ? new URL(address).hostname : undefined;
}
