/** What one client is counted as: an IPv4 address, or the network of 64 bits that an IPv6 address is in, which is one line's. */
export interface AddressGroup {
  readonly name: string;
  /** Loopback, private or of the link: as often a proxy or a gateway as a client. */
  readonly isInner: boolean;
}

const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/;
const INNER_IPV4 =
  /^(?:10|127|169\.254|192\.168|172\.(?:1[6-9]|2\d|3[01])|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\./;
const INNER_IPV6 = /^(?:0:0:0:0$|f[cd]|fe[89ab])/;

/**
 * @param text - As connections and proxies write it: a zone, brackets and a port may be there.
 * @returns Nothing for what is no address.
 */
export function addressGroup(text: string): AddressGroup | undefined {
  const bare = withoutPort(text.trim()).replace(/%.*$/, "");
  if (IPV4.test(bare)) return { name: bare, isInner: INNER_IPV4.test(bare) };
  const groups = ipv6Groups(bare);
  if (groups === undefined) return undefined;
  const mapped = mappedIpv4(groups);
  if (mapped !== undefined) return { name: mapped, isInner: INNER_IPV4.test(mapped) };
  const name = groups.slice(0, 4).join(":");
  return { name: `${name}::/64`, isInner: INNER_IPV6.test(name) };
}

function withoutPort(text: string): string {
  const bracketed = /^\[([^\]]*)\](?::\d+)?$/.exec(text)?.[1];
  return bracketed ?? text.replace(/^([\d.]+):\d+$/, "$1");
}

/** All eight groups, in hexadecimal without zeros before. */
function ipv6Groups(text: string): readonly string[] | undefined {
  const url = `http://[${text}]`;
  if (!/^[\da-f:.]+$/i.test(text) || !URL.canParse(url)) return undefined;
  const [head = "", tail] = new URL(url).hostname.slice(1, -1).split("::");
  const [before, after] = [head, tail ?? ""].map((side) => (side === "" ? [] : side.split(":")));
  if (before === undefined || after === undefined) return undefined;
  return [...before, ...new Array<string>(8 - before.length - after.length).fill("0"), ...after];
}

/** Sockets that listen for both families tell an IPv4 address as `::ffff:192.0.2.1`. */
function mappedIpv4(groups: readonly string[]): string | undefined {
  if (groups.slice(0, 6).join(":") !== "0:0:0:0:0:ffff") return undefined;
  return groups
    .slice(6)
    .map((group) => Number.parseInt(group, 16))
    .flatMap((pair) => [pair >> 8, pair & 255])
    .join(".");
}
