import type { Principal } from "@salesagent/core/access";

/** Your app has users of its own. These sign in without a password, to show what each role may do. */
const users: Readonly<Record<string, Principal>> = {
  ada: { tenant: "acme", id: "user:ada", role: "member", name: "Ada" },
  vic: { tenant: "acme", id: "user:vic", role: "viewer", name: "Vic" },
};

const kept = globalThis as { sessionsOfThisProcess?: Map<string, Principal> };

/** Of this process only; yours are in your database. */
const sessions = (): Map<string, Principal> => {
  kept.sessionsOfThisProcess ??= new Map();
  return kept.sessionsOfThisProcess;
};

/** @returns The session's id, for a cookie. */
export function signIn(user: string): string | undefined {
  const principal = Object.hasOwn(users, user) ? users[user] : undefined;
  if (!principal) return undefined;
  const session = crypto.randomUUID();
  sessions().set(session, principal);
  return session;
}

export function userOf(cookies: string | null): Principal | undefined {
  const session = /(?:^|;\s*)session=([\w-]+)/.exec(cookies ?? "")?.[1];
  return session === undefined ? undefined : sessions().get(session);
}
