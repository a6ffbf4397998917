import { type AddressBytes, parseAddress } from "./ip-address.js";

/**
 * Ranges that are not the public internet, and the hosts on it that tell virtual machines their credentials.
 *
 * @see https://www.iana.org/assignments/iana-ipv4-special-registry
 */
const CLOSED_IPV4 = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "168.63.129.16/32", // Azure's own service for its machines
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
].map(parseRange);

/** Of IPv6 only this part is handed out to the public. */
const GLOBAL_IPV6 = parseRange("2000::/3");

/**
 * What of it is closed all the same: protocol assignments with Teredo, documentation, and 6to4, which wraps any IPv4 address.
 *
 * @see https://www.iana.org/assignments/iana-ipv6-special-registry
 */
const CLOSED_IPV6 = ["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"].map(parseRange);

/** IPv4 addresses written as IPv6: mapped, and translated by NAT64. */
const WRAPPED_IPV4 = ["::ffff:0:0/96", "64:ff9b::/96"].map(parseRange);

interface AddressRange {
  readonly bytes: AddressBytes;
  readonly bits: number;
}

function parseRange(text: string): AddressRange {
  const [address = "", bits] = text.split("/");
  return { bytes: parseAddress(address) ?? [], bits: Number(bits) };
}

function isWithin(address: AddressBytes, { bytes, bits }: AddressRange): boolean {
  if (address.length !== bytes.length) return false;
  const whole = bits >> 3;
  for (let index = 0; index < whole; index++) if (address[index] !== bytes[index]) return false;
  const rest = bits & 7;
  if (rest === 0) return true;
  const shift = 8 - rest;
  return (address[whole] ?? 0) >> shift === (bytes[whole] ?? 0) >> shift;
}

function isPublic(address: AddressBytes): boolean {
  if (address.length === 4) return !CLOSED_IPV4.some((range) => isWithin(address, range));
  if (WRAPPED_IPV4.some((range) => isWithin(address, range))) return isPublic(address.slice(12));
  return isWithin(address, GLOBAL_IPV6) && !CLOSED_IPV6.some((range) => isWithin(address, range));
}

/**
 * Whether an address belongs to the public internet: not private, loopback, link-local, multicast, reserved or a cloud's
 * metadata service. False for text that is no address.
 */
export function isPublicAddress(text: string): boolean {
  const address = parseAddress(text);
  return address !== undefined && isPublic(address);
}
