import { setImmediate as turn } from "node:timers/promises";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { rotatingEndpoint } from "./testing/rotating-endpoint.js";
import { json, scriptedFetch } from "./testing/scripted-fetch.js";
import { settle } from "./testing/settle.js";
import { MINUTE_MS, SECRET, tokenOf, tokenWorld } from "./testing/token-world.js";
import type { TokenSourceOptions } from "./token-source.js";
import { memoryVault, type TokenVault } from "./token-vault.js";

describe("createTokenSource", () => {
  it("gives the vault's token while it holds, and reads the vault once", async () => {
    const { source, endpoint } = tokenWorld();
    expect(await Promise.all([source.token(), source.token()])).toEqual(["access-0", "access-0"]);
    expect(endpoint.forms).toEqual([]);
  });

  it("refreshes ahead of the end, once for all who ask, and keeps the new pair", async () => {
    const { source, endpoint, vault, clock } = tokenWorld();
    await source.token();
    clock.advance(58 * MINUTE_MS);
    expect(new Set(await Promise.all(Array.from({ length: 50 }, () => source.token())))).toEqual(
      new Set(["access-1"]),
    );
    expect(endpoint.forms.map(String)).toEqual([
      `grant_type=refresh_token&refresh_token=refresh-0&client_id=id&client_secret=${SECRET}`,
    ]);
    const kept = await vault.read();
    expect(kept?.token).toEqual({
      accessToken: "access-1",
      refreshToken: "refresh-1",
      obtainedAt: new Date(clock.now()).toISOString(),
      expiresAt: new Date(clock.now() + 60 * MINUTE_MS).toISOString(),
      extra: { user_id: "user_1", organization_id: "orga_1" },
    });
  });

  it("keeps a refresh token that is not rotated, and sends id and secret as Basic where that is asked for", async () => {
    const endpoint = rotatingEndpoint({ rotates: false });
    let authorization: string | null = null;
    const { source, vault } = tokenWorld(
      {
        clientAuth: "basic",
        fetch: (url, init) => {
          authorization = new Headers(init?.headers).get("authorization");
          return endpoint.fetch(url, init);
        },
      },
      MINUTE_MS,
    );
    expect(await source.token()).toBe("access-1");
    expect((await vault.read())?.token.refreshToken).toBe("refresh-0");
    expect(authorization).toBe(`Basic ${btoa(`id:${SECRET}`)}`);
    expect(endpoint.forms[0]?.has("client_secret")).toBe(false);
  });

  it("is not due from the start where a token lives shorter than the time ahead", async () => {
    const endpoint = rotatingEndpoint({ expiresIn: 60 });
    const { source, clock } = tokenWorld({ fetch: endpoint.fetch }, 0);
    expect(await source.token()).toBe("access-1");
    clock.advance(29_000);
    expect(await source.token()).toBe("access-1");
    clock.advance(2_000);
    expect(await source.token()).toBe("access-2");
  });

  it("stores the new pair before anybody uses it, and again where the vault is away at first", async () => {
    const inner = memoryVault();
    let isAway = true;
    const vault: TokenVault = {
      read: () => inner.read(),
      write: (token, ifRevision) =>
        isAway ? Promise.reject(new Error("vault away")) : inner.write(token, ifRevision),
    };
    const { source, endpoint, clock } = tokenWorld({ vault });
    await inner.write(tokenOf(clock, 0), null);
    await expect(source.token()).rejects.toThrow("vault away");
    await expect(source.token()).rejects.toThrow("vault away");
    isAway = false;
    expect(await source.token()).toBe("access-1");
    expect([endpoint.forms.length, (await inner.read())?.token.refreshToken]).toEqual([1, "refresh-1"]);
  });

  it("writes on what was sealed anew meanwhile, and yields to who connected again", async () => {
    const { endpoint, make, vault, clock } = tokenWorld({}, 0);
    endpoint.faults.push(async (work) => {
      const answer = work();
      const kept = await vault.read();
      if (kept) await vault.write(kept.token, kept.revision);
      return answer;
    });
    expect(await make().token()).toBe("access-1");
    expect(await vault.read()).toMatchObject({ revision: 3, token: { refreshToken: "refresh-1" } });
    clock.advance(60 * MINUTE_MS);
    const connected = { ...tokenOf(clock, 60 * MINUTE_MS), accessToken: "connected", refreshToken: "other" };
    endpoint.faults.push(async (work) => {
      const answer = work();
      await vault.write(connected, 3);
      return answer;
    });
    expect(await make().token()).toBe("connected");
    expect((await vault.read())?.token.refreshToken).toBe("other");
  });

  it("lets a token that holds still be used while the endpoint is away, and does not ask all the time", async () => {
    const { source, endpoint, clock } = tokenWorld({ retry: false }, MINUTE_MS);
    const away = () => Response.json({}, { status: 503 });
    endpoint.faults.push(away, away);
    expect(await source.token()).toBe("access-0");
    expect(await source.token()).toBe("access-0");
    expect(endpoint.forms).toHaveLength(1);
    clock.advance(5_000);
    expect(await source.token()).toBe("access-0");
    expect(endpoint.forms).toHaveLength(2);
  });

  it("waits as the endpoint's 429 says, and asks no sooner", async () => {
    const { source, endpoint, clock } = tokenWorld({}, 0);
    const limited = (seconds: number) => () =>
      Response.json({}, { status: 429, headers: { "retry-after": `${seconds}` } });
    endpoint.faults.push(limited(3));
    expect(await settle(clock, source.token(), 50)).toBe("access-2");
    expect(clock.elapsed()).toBeGreaterThanOrEqual(3_000);

    const other = tokenWorld({}, 0);
    other.endpoint.faults.push(limited(600));
    const refusal = { code: "service.rate_limited", facts: { retryAfterMs: 600_000 } };
    await expect(other.source.token()).rejects.toMatchObject(refusal);
    await expect(other.source.token()).rejects.toMatchObject(refusal);
    expect(other.endpoint.forms).toHaveLength(1);
  });

  it.each([
    ["invalid_grant", { error: "invalid_grant", error_description: "gone refresh-0" }],
    ["BAD_REFRESH_TOKEN", { status: "BAD_REFRESH_TOKEN", message: "missing or unknown refresh token" }],
  ])("takes %s as the credential's end, and asks no more until somebody connects again", async (_, body) => {
    const dead = scriptedFetch(json(body, 400));
    const { source, vault, clock } = tokenWorld({ fetch: dead.fetch, account: "second" }, 0);
    for (let call = 0; call < 3; call++) {
      const error = await source.token().catch((failed: unknown) => failed);
      expect(error).toMatchObject({
        code: "credential.refused",
        facts: { platform: "close", account: "second", problem: "revoked" },
      });
      expect(inspect(error)).not.toMatch(/refresh-0|client-secret/);
    }
    expect(dead.sent).toHaveLength(1);
    await vault.write(
      { ...tokenOf(clock, 60 * MINUTE_MS), accessToken: "connected", refreshToken: "other" },
      1,
    );
    expect(await source.token()).toBe("connected");
  });

  it("tells a client that is refused from a grant that is dead", async () => {
    const { fetch } = scriptedFetch(json({ error: "invalid_client" }, 401));
    const { source } = tokenWorld({ fetch }, 0);
    await expect(source.token()).rejects.toMatchObject({ code: "service.auth" });
  });

  it("says that nobody connected, and that a token is over for good", async () => {
    await expect(tokenWorld({ vault: memoryVault() }).source.token()).rejects.toMatchObject({
      code: "credential.not_found",
    });
    const over = memoryVault({ accessToken: "a", expiresAt: "2020-01-01T00:00:00.000Z" });
    await expect(tokenWorld({ vault: over }).source.token()).rejects.toMatchObject({
      code: "credential.refused",
      facts: { problem: "expired" },
    });
  });

  it("asks with another grant where there is no refresh token", async () => {
    const { fetch, sent } = scriptedFetch(json({ access_token: "app-token", expires_in: 1_800 }));
    const vault = memoryVault();
    const grant = { grant_type: "client_credentials", scope: "developer.webhooks_journal.read" };
    const { source } = tokenWorld({ vault, fetch, grant });
    expect(await source.token()).toBe("app-token");
    expect(sent[0]?.body).toContain("grant_type=client_credentials&scope=developer.webhooks_journal.read");
    expect((await vault.read())?.revision).toBe(1);
  });

  it("rejects who leaves with their own reason, and renews for the others", async () => {
    const { source, endpoint, clock } = tokenWorld({}, 0);
    let answerNow = () => {};
    endpoint.faults.push((work) => {
      const answer = work();
      return new Promise((resolve) => {
        answerNow = () => resolve(answer);
      });
    });
    const caller = new AbortController();
    const left = source.token({ signal: caller.signal });
    const stays = source.token();
    await turn();
    caller.abort("left");
    await expect(left).rejects.toBe("left");
    answerNow();
    expect(await stays).toBe("access-1");
    expect(clock.pendingTimers).toBe(0);
  });

  it.each<[Partial<TokenSourceOptions>, RegExp]>([
    [{ platform: "" }, /tokenSource\.platform/],
    [{ tokenUrl: "/token" }, /tokenSource\.tokenUrl/],
    [{ refreshAheadMs: -1 }, /tokenSource\.refreshAheadMs/],
  ])("refuses options %j", (options, message) => {
    expect(() => tokenWorld(options)).toThrow(message);
  });
});
