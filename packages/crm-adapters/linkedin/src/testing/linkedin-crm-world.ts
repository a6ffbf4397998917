import { type CrmSetup, PLANTED_KEY } from "@salesagent/conformance";
import type { CrmContactFields } from "@salesagent/ports";
import { type CrmFault, createManualClock, linkedinSandbox } from "@salesagent/sandbox/crm";
import { linkedin } from "../linkedin.js";

/** A LinkedIn in memory, whose one member has signed in, with an adapter in front of it. */
export function linkedinSetup(): CrmSetup {
  const clock = createManualClock();
  const sandbox = linkedinSandbox({ clock });
  const { world } = sandbox;
  let id: string | undefined;
  let token = PLANTED_KEY;
  const provider = linkedin({ accessToken: () => token }, { fetch: sandbox.fetch, clock, random: () => 0.5 });
  const toMember = (fields: CrmContactFields) => ({
    given_name: fields.firstName ?? "Ada",
    family_name: fields.lastName ?? "Byron",
    email: fields.email ?? "ada@example.com",
  });
  return {
    provider,
    world: {
      create: ({ fields }) => {
        if (id !== undefined) throw new RangeError("a token is one member's");
        const member = world.addMember(toMember(fields));
        id = member.sub;
        token = world.grant(member.sub);
        return member.sub;
      },
      edit: ({ id: edited, fields }) => world.editMember(edited, toMember(fields as CrmContactFields)),
      remove: () => world.revoke(token),
      read: (_kind, wanted) => {
        const member = world.member(wanted);
        if (member === undefined) return undefined;
        const { given_name: firstName, family_name: lastName, email } = member;
        return { fields: { firstName, lastName, fullName: `${firstName} ${lastName}`, email } };
      },
      standing: () => (id === undefined ? [] : [id]),
      writes: () => [],
      requests: () => sandbox.calls.length,
      fail: (fault, { after = 0, times = 1 } = {}) =>
        sandbox.fail({ after, times, fault: faultOf(fault.type) }),
      pass: (ms) => clock.advance(ms),
    },
  };
}

function faultOf(type: string): CrmFault {
  switch (type) {
    case "response-lost":
      return { type: "lost", when: "after" };
    case "request-lost":
      return { type: "lost", when: "before" };
    case "server-error":
      return { type: "status", status: 500, body: { status: 500, message: "Internal Server Error" } };
    case "unauthorised":
      return {
        type: "status",
        status: 401,
        body: { status: 401, serviceErrorCode: 65_601, message: "revoked" },
      };
    case "cut-body":
      return { type: "cut-body", afterBytes: 10 };
    case "silent":
      return { type: "silence", when: "before" };
    default:
      return { type: "rate-limited" };
  }
}
