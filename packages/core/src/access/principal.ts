import { type Role, SalesAgentError } from "@salesagent/ports";
import { type Permission, permissionsOf } from "./permission.js";

/** Whoever asks: a person, or a program with a key. The host says who it is. */
export interface Principal {
  /** Whose data it may see; no other's. */
  readonly tenant: string;
  /** Such as `user:42` or `key:01J…`; on record wherever it decides something. 1–200 characters. */
  readonly id: string;
  readonly role: Role;
  /** The only permissions of the role that it has. @defaultValue all of the role */
  readonly scopes?: readonly Permission[] | undefined;
  /** For people to read. */
  readonly name?: string | undefined;
}

/** What a principal may do: its role's permissions, and of them its scopes where it has any. */
export type Powers = Pick<Principal, "role" | "scopes">;

/** Whether a principal may do something. */
export function isAllowed({ role, scopes }: Powers, permission: Permission): boolean {
  return permissionsOf(role).has(permission) && (scopes === undefined || scopes.includes(permission));
}

/**
 * Whether one may give away what the other would have: nobody makes a key that may do more than its maker.
 *
 * @param giver - Whoever gives. @param given - What would be given.
 */
export function mayGive(giver: Powers, given: Powers): boolean {
  return [...permissionsOf(given.role)].every(
    (permission) => !isAllowed(given, permission) || isAllowed(giver, permission),
  );
}

/** @throws `access.denied` naming the permission that the principal lacks. */
export function requirePermission(principal: Powers, permission: Permission): void {
  if (isAllowed(principal, permission)) return;
  throw new SalesAgentError("access.denied", {
    message: `This needs the permission ${permission}, which ${lackOf(principal, permission)}. Ask an administrator for it.`,
    facts: { permission },
    replay: "safe",
  });
}

function lackOf({ role }: Powers, permission: Permission): string {
  return permissionsOf(role).has(permission) ? "the key's scopes leave out" : `the role ${role} lacks`;
}
