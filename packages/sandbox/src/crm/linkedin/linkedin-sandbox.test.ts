import { describe, expect, it } from "vitest";
import { createManualClock } from "../shared/index.js";
import { linkedinSandbox } from "./linkedin-sandbox.js";

function scene() {
  const clock = createManualClock();
  const sandbox = linkedinSandbox({ clock, browserKey: "bb" });
  const member = sandbox.world.addMember({ given_name: "Ada", family_name: "Byron", email: "ada@x.test" });
  const me = (token: string, path = "/v2/userinfo", headers: Record<string, string> = {}) =>
    sandbox.fetch(`https://api.linkedin.com${path}`, {
      headers: { authorization: `Bearer ${token}`, ...headers },
    });
  const exchange = (code: string) =>
    sandbox.fetch("https://www.linkedin.com/oauth/v2/accessToken", {
      method: "POST",
      body: new URLSearchParams({
        grant_type: "authorization_code",
        code,
        client_id: "client",
        client_secret: "secret",
        redirect_uri: "https://app.test/callback",
      }),
    });
  return { clock, sandbox, member, me, exchange };
}

describe("linkedinSandbox", () => {
  it("gives a token for a code, once, and tells as much as the member allowed", async () => {
    const { sandbox, member, me, exchange } = scene();
    const code = sandbox.world.consent(member.sub, "openid profile");
    const granted = (await (await exchange(code)).json()) as { access_token: string; expires_in: number };
    const { access_token: token, expires_in: seconds } = granted;
    expect(seconds).toBe(5_184_000);
    expect((await exchange(code)).status).toBe(400);
    const profile = await (await me(token)).json();
    expect(profile).toEqual({ sub: member.sub, name: "Ada Byron", given_name: "Ada", family_name: "Byron" });
  });

  it("refuses tokens that have run out, and versions that live no more", async () => {
    const { sandbox, member, me, clock } = scene();
    const token = sandbox.world.grant(member.sub);
    expect((await me(token, "/rest/me", { "linkedin-version": "202607" })).status).toBe(200);
    expect((await me(token, "/rest/me", { "linkedin-version": "202401" })).status).toBe(426);
    clock.advance(61 * 86_400_000);
    expect((await me(token)).status).toBe(401);
  });

  it("limits browser sessions at once and by the minute, for whoever has the key", async () => {
    const { sandbox, clock } = scene();
    const create = async (key = "bb") => {
      const headers = { "x-bb-api-key": key };
      return await sandbox.fetch("https://api.browserbase.com/v1/sessions", { method: "POST", headers });
    };
    expect((await create("other")).status).toBe(401);
    const statuses = [];
    for (let n = 0; n < 4; n++) statuses.push((await create()).status);
    expect(statuses).toEqual([201, 201, 201, 429]);
    expect(sandbox.runningSessions).toBe(3);
    clock.advance(60_000);
    expect((await create()).status).toBe(429);
  });
});
