import type { Role } from "@salesagent/ports";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PERMISSIONS, type Permission, permissionsOf, ROLES } from "./permission.js";
import { isAllowed, mayGive, type Powers, requirePermission } from "./principal.js";

const powers = fc.record(
  {
    role: fc.constantFrom<Role>(...ROLES),
    scopes: fc.option(fc.subarray([...PERMISSIONS]), { nil: undefined }),
  },
  { requiredKeys: ["role"] },
);

const allOf = (whose: Powers) => PERMISSIONS.filter((permission) => isAllowed(whose, permission));

describe("roles", () => {
  it("each have what the ones before them have, and more", () => {
    const sizes = ROLES.map((role) => permissionsOf(role).size);
    expect(sizes).toEqual([...new Set(sizes)].sort((one, other) => one - other));
    for (const [index, role] of ROLES.entries()) {
      const before = ROLES[index - 1];
      if (before)
        expect([...permissionsOf(role)]).toEqual(expect.arrayContaining([...permissionsOf(before)]));
    }
    expect(permissionsOf("owner").size).toBe(PERMISSIONS.length);
  });

  it("that only look change nothing", () => {
    expect([...permissionsOf("viewer")].filter((permission) => !permission.endsWith(":read"))).toEqual([]);
  });

  it("that there are not have nothing", () => {
    expect(permissionsOf("root" as Role).size).toBe(0);
    expect(permissionsOf("constructor" as Role).size).toBe(0);
  });
});

describe("scopes", () => {
  it("take permissions away and never add any", () => {
    fc.assert(
      fc.property(powers, (whose) => {
        const role = permissionsOf(whose.role);
        expect(allOf(whose).every((permission) => role.has(permission))).toBe(true);
        if (whose.scopes)
          expect(allOf(whose)).toEqual(
            PERMISSIONS.filter((each) => whose.scopes?.includes(each) && role.has(each)),
          );
      }),
    );
  });

  it("of none leave nothing", () => {
    expect(allOf({ role: "owner", scopes: [] })).toEqual([]);
  });
});

it("names the permission that is lacking, and why", () => {
  const denied = (whose: Powers, permission: Permission) => {
    try {
      requirePermission(whose, permission);
    } catch (error) {
      return error;
    }
    return undefined;
  };
  expect(denied({ role: "viewer" }, "leads:write")).toMatchObject({
    code: "access.denied",
    facts: { permission: "leads:write" },
    message: expect.stringContaining("the role viewer lacks"),
  });
  expect(denied({ role: "owner", scopes: ["leads:read"] }, "leads:write")).toMatchObject({
    message: expect.stringContaining("scopes leave out"),
  });
  expect(denied({ role: "member" }, "leads:write")).toBeUndefined();
});

it("lets nobody give away what they do not have", () => {
  expect(mayGive({ role: "admin" }, { role: "owner" })).toBe(false);
  expect(mayGive({ role: "admin", scopes: ["keys:manage"] }, { role: "admin" })).toBe(false);
  expect(
    mayGive({ role: "admin", scopes: ["keys:manage"] }, { role: "owner", scopes: ["keys:manage"] }),
  ).toBe(true);
  fc.assert(
    fc.property(powers, powers, (giver, given) => {
      const has = new Set(allOf(giver));
      expect(mayGive(giver, given)).toBe(allOf(given).every((permission) => has.has(permission)));
    }),
  );
});
