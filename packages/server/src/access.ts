import { PERMISSIONS, type Principal, ROLES } from "@salesagent/core/access";
import type { SalesAgent } from "@salesagent/core/app";
import { SalesAgentError } from "@salesagent/ports";
import { type Asked, wholeRequest } from "./asked.js";

/**
 * Says who asks. The host knows its users: it reads its session or token and names tenant, principal and role.
 *
 * @returns Nothing where nobody is known to ask; the request is refused then.
 */
export type Authorize = (request: Request) => Principal | undefined | Promise<Principal | undefined>;

const BEARER_KEY = /^Bearer\s+(sak_\S{1,1300})$/i;

/** Knows programs by their API key, `Authorization: Bearer sak_…`. Other requests are nobody's: see {@link firstOf}. */
export function apiKeys(sales: Pick<SalesAgent, "apiKeys">): Authorize {
  return frugal(async (asked) => {
    const key = BEARER_KEY.exec(asked.headers.get("authorization") ?? "")?.[1];
    return key === undefined ? undefined : sales.apiKeys.verify(key, { signal: asked.signal });
  });
}

/** The first that knows who asks, such as the host's own session before an API key. */
export function firstOf(...authorizers: readonly Authorize[]): Authorize {
  return frugal(async (asked) => {
    for (const authorize of authorizers) {
      const principal = await ask(authorize, asked);
      if (principal) return principal;
    }
    return undefined;
  });
}

/** Those of ours, which read no more of a request than routes do. All others may do anything with it: they get it whole. */
const FRUGAL = new WeakSet<Authorize>();

function frugal(authorize: (asked: Asked) => ReturnType<Authorize>): Authorize {
  FRUGAL.add(authorize);
  return authorize;
}

const ask = (authorize: Authorize, asked: Asked): ReturnType<Authorize> =>
  authorize(FRUGAL.has(authorize) ? (asked as Request) : wholeRequest(asked));

/**
 * Asks the host who asks.
 *
 * @throws `access.unauthenticated` where nobody is known; TypeError where the host names a principal that can't be one.
 */
export async function askWho(authorize: Authorize, asked: Asked): Promise<Principal> {
  const principal = await ask(authorize, asked);
  if (!principal) throw nobody();
  checkPrincipal(principal);
  return principal;
}

function checkPrincipal({ tenant, id, role, scopes }: Principal): void {
  if (!isName(tenant)) throw new TypeError("authorize: tenant must be a text of 1–200 characters");
  if (!isName(id)) throw new TypeError("authorize: id must be a text of 1–200 characters");
  if (!ROLES.includes(role)) throw new TypeError(`authorize: role must be one of ${ROLES.join(", ")}`);
  const strange = scopes?.find((scope) => !PERMISSIONS.includes(scope));
  if (strange !== undefined) throw new TypeError("authorize: scopes must be permissions");
}

const isName = (text: unknown): boolean =>
  typeof text === "string" && text.length > 0 && text.length <= 200 && !/\p{Cc}|\p{Surrogate}/u.test(text);

function nobody(): SalesAgentError<"access.unauthenticated"> {
  return new SalesAgentError("access.unauthenticated", {
    message: "Nobody is known to ask. Sign in, or send an API key.",
    facts: { problem: "missing" },
    replay: "safe",
  });
}
