import type { Asked } from "./asked.js";
import type { Reply } from "./reply.js";

type Fetch = (request: Request) => Promise<Response>;

/** Answers without a `Request` and a `Response`. Never rejects. */
export type ShortWay = (asked: Asked) => Promise<Reply>;

/** By the function that does the same with them: a host that puts its own in the place of a server's `fetch` is not passed by. */
const SHORT_WAYS = new WeakMap<Fetch, ShortWay>();

export function noteShortWay(fetch: Fetch, shortWay: ShortWay): Fetch {
  SHORT_WAYS.set(fetch, shortWay);
  return fetch;
}

export const shortWayOf = (fetch: Fetch): ShortWay | undefined => SHORT_WAYS.get(fetch);
