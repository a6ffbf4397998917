import type { Role } from "@salesagent/ports";

/** What each role adds to the ones before it, from least to most. */
const ADDED = {
  viewer: [
    "leads:read",
    "agents:read",
    "runs:read",
    "approvals:read",
    "sync:read",
    "workflows:read",
    "usage:read",
    "health:read",
  ],
  member: [
    "leads:write",
    "agents:run",
    "runs:cancel",
    "approvals:decide",
    "sync:run",
    "sync:decide",
    "workflows:run",
  ],
  admin: ["workflows:write", "keys:manage", "audit:read", "metrics:read"],
  owner: ["sync:unlock", "settings:write"],
} as const satisfies Record<Role, readonly string[]>;

/** One thing that somebody may do. `sync:unlock` lets a sync remove more records than its brake allows. */
export type Permission = (typeof ADDED)[Role][number];

/** All roles, from least to most: each has what the ones before it have. */
export const ROLES: readonly Role[] = ["viewer", "member", "admin", "owner"];

/** All permissions there are, those of the least role first. */
export const PERMISSIONS: readonly Permission[] = ROLES.flatMap((role): readonly Permission[] => ADDED[role]);

const OF_ROLE = new Map<Role, ReadonlySet<Permission>>(
  ROLES.map((role, index) => [
    role,
    new Set(ROLES.slice(0, index + 1).flatMap((each): readonly Permission[] => ADDED[each])),
  ]),
);

/** What a role may do; nothing for a role that there is not. */
export function permissionsOf(role: Role): ReadonlySet<Permission> {
  return OF_ROLE.get(role) ?? new Set();
}

/** Whether a text is the name of a permission. */
export function isPermission(name: string): name is Permission {
  return (PERMISSIONS as readonly string[]).includes(name);
}
