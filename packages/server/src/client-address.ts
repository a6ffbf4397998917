import { type AddressGroup, addressGroup } from "./address-group.js";
import { type Asked, wholeRequest } from "./asked.js";
import { peerAddressOf } from "./peer-address.js";

/** How the address of whoever asks is known. */
export interface ClientAddressOptions {
  /**
   * The address of whoever asks, where the platform tells it in its own way, such as by `cf-connecting-ip`. Nothing for one that is not known.
   * @defaultValue as the connection and `trustedProxies` tell it
   */
  readonly clientAddress?: ((request: Request) => string | null | undefined) | undefined;
  /**
   * How many proxies stand before this process, each of which adds the address that it is asked from to `X-Forwarded-For`; 0 where there is none.
   * @defaultValue not said: no address is taken from `X-Forwarded-For`, and neither a connection from an inner network nor one whose
   * request was forwarded is believed to be one client's
   */
  readonly trustedProxies?: number | undefined;
}

const FORWARDED = ["x-forwarded-for", "forwarded", "x-real-ip"];

/** Whom a request is counted for; nothing where that is not known. */
export function clientOf(
  request: Asked,
  { clientAddress, trustedProxies }: ClientAddressOptions,
): string | undefined {
  if (clientAddress) return grouped(clientAddress(wholeRequest(request)))?.name;
  if (trustedProxies === undefined) return unproxied(request);
  return grouped(forwardedFor(request, trustedProxies) ?? peerAddressOf(request))?.name;
}

/** Without a word on proxies, one that all clients share must not be taken for a client. */
function unproxied(request: Asked): string | undefined {
  const peer = grouped(peerAddressOf(request));
  if (!peer || peer.isInner || FORWARDED.some((name) => request.headers.has(name))) return undefined;
  return peer.name;
}

/** What the outermost of the proxies was asked from. What stands before it, whoever asks may have written. */
function forwardedFor(request: Asked, proxies: number): string | undefined {
  const told = request.headers.get("x-forwarded-for");
  if (proxies === 0 || told === null) return undefined;
  const addresses = told.split(",");
  return addresses[Math.max(0, addresses.length - proxies)];
}

const grouped = (address: string | null | undefined): AddressGroup | undefined =>
  address ? addressGroup(address) : undefined;
