import { createManualClock, linkedinSandbox } from "@salesagent/sandbox/crm";
import { describe, expect, it } from "vitest";
import { linkedin } from "./linkedin.js";

function scene(callsPerDay = 500) {
  const clock = createManualClock("2026-11-01T22:00:00Z");
  const sandbox = linkedinSandbox({ clock, callsPerDay });
  const member = sandbox.world.addMember({ given_name: "Ada", family_name: "Byron", email: "Ada@x.test" });
  const token = sandbox.world.grant(member.sub);
  const provider = linkedin({ accessToken: token }, { fetch: sandbox.fetch, clock, random: () => 0.5 });
  return { clock, sandbox, member, token, provider };
}

describe("linkedin", () => {
  it("reads the profile of whoever signed in", async () => {
    const { provider, member } = scene();
    expect(await provider.me()).toMatchObject({
      kind: "contact",
      id: member.sub,
      fields: { firstName: "Ada", lastName: "Byron", fullName: "Ada Byron", email: "ada@x.test" },
    });
  });

  it("tells no address that LinkedIn has not verified", async () => {
    const { provider, sandbox, member } = scene();
    sandbox.world.editMember(member.sub, { email_verified: false });
    expect((await provider.me()).fields).not.toHaveProperty("email");
  });

  it("gets nobody else, and says that all the rest is not open", async () => {
    const { provider } = scene();
    expect(await provider.get("contact", "somebody")).toBeUndefined();
    const draft = { kind: "contact", fields: { firstName: "Bo" } } as const;
    await expect(provider.create(draft)).rejects.toMatchObject({ code: "crm.unsupported", replay: "safe" });
    expect(await provider.writeMany([{ op: "create", draft }])).toMatchObject([{ status: "refused" }]);
    await expect(provider.get("deal", "1")).rejects.toMatchObject({ code: "crm.unsupported" });
  });

  it("waits for the next day of UTC when a day's calls are used up", async () => {
    const { provider, clock } = scene(2);
    await provider.me();
    await provider.me();
    await expect(provider.me()).rejects.toMatchObject({
      code: "service.rate_limited",
      facts: { retryAfterMs: 7_200_000 },
    });
    clock.advance(7_200_000);
    expect((await provider.me()).fields.firstName).toBe("Ada");
  });

  it("says so when the member has taken back what they allowed", async () => {
    const { provider, sandbox, token } = scene();
    sandbox.world.revoke(token);
    const error: unknown = await provider.me().catch((failure: unknown) => failure);
    expect(error).toMatchObject({ code: "service.auth" });
    expect(String(error)).not.toContain(token);
    expect(await provider.health()).toMatchObject([{ name: "linkedin", status: "down" }]);
  });
});
