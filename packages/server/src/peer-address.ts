import type { Asked } from "./asked.js";

const PEERS = new WeakMap<Request, string>();

/** Notes which address a request's connection is from. A mount that knows it calls this before the request is answered. */
export function notePeerAddress(request: Request, address: string | undefined): Request {
  if (address !== undefined) PEERS.set(request, address);
  return request;
}

/** The other end of a request's connection: whoever asks, or the proxy nearest to this process. */
export const peerAddressOf = (request: Asked): string | undefined =>
  request.peerAddress ?? PEERS.get(request as Request);
