import { setImmediate as turn } from "node:timers/promises";
import { inspect } from "node:util";
import { type ManualClock, manualClock } from "@salesagent/conformance";
import { memoryStorage } from "@salesagent/storage-memory";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createCredentials } from "../credentials/credentials.js";
import { localKeys } from "../credentials/local-keys.js";
import { createServiceClient } from "./service-client.js";
import { rotatingEndpoint } from "./testing/rotating-endpoint.js";
import { json, scriptedFetch } from "./testing/scripted-fetch.js";
import { settle } from "./testing/settle.js";
import { createTokenSource, type TokenSourceOptions } from "./token-source.js";
import { credentialVault, memoryVault, type OAuthToken, type TokenVault } from "./token-vault.js";

const MINUTE_MS = 60_000;
const SECRET = "client-secret-0123";

function tokenOf(clock: ManualClock, leftMs: number): OAuthToken {
  return {
    accessToken: "access-0",
    refreshToken: "refresh-0",
    obtainedAt: new Date(clock.now() + leftMs - 3_600_000).toISOString(),
    expiresAt: new Date(clock.now() + leftMs).toISOString(),
    extra: { user_id: "user_1" },
  };
}

function setUp(options: Partial<TokenSourceOptions> = {}, leftMs = 60 * MINUTE_MS) {
  const clock = manualClock();
  const endpoint = rotatingEndpoint();
  const vault = memoryVault(tokenOf(clock, leftMs));
  const { leases } = memoryStorage({ clock }).tenant("acme");
  const make = (more: Partial<TokenSourceOptions> = {}) =>
    createTokenSource({
      ...{ platform: "close", tokenUrl: "https://api.close.com/oauth2/token/", clientId: "id" },
      ...{ clientSecret: SECRET, vault, leases, clock, fetch: endpoint.fetch, random: () => 0 },
      ...options,
      ...more,
    });
  return { clock, endpoint, vault: options.vault ?? vault, leases, make, source: make() };
}

describe("createTokenSource", () => {
  it("gives the vault's token while it holds, and reads the vault once", async () => {
    const { source, endpoint } = setUp();
    expect(await Promise.all([source.token(), source.token()])).toEqual(["access-0", "access-0"]);
    expect(endpoint.forms).toEqual([]);
  });

  it("refreshes ahead of the end, once for all who ask, and keeps the new pair", async () => {
    const { source, endpoint, vault, clock } = setUp();
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
    const { source, vault } = setUp(
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
    const { source, clock } = setUp({ fetch: endpoint.fetch }, 0);
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
    const { source, endpoint, clock } = setUp({ vault });
    await inner.write(tokenOf(clock, 0), null);
    await expect(source.token()).rejects.toThrow("vault away");
    await expect(source.token()).rejects.toThrow("vault away");
    isAway = false;
    expect(await source.token()).toBe("access-1");
    expect([endpoint.forms.length, (await inner.read())?.token.refreshToken]).toEqual([1, "refresh-1"]);
  });

  it("writes on what was sealed anew meanwhile, and yields to who connected again", async () => {
    const { endpoint, make, vault, clock } = setUp({}, 0);
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
    const { source, endpoint, clock } = setUp({ retry: false }, MINUTE_MS);
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
    const { source, endpoint, clock } = setUp({}, 0);
    const limited = (seconds: number) => () =>
      Response.json({}, { status: 429, headers: { "retry-after": `${seconds}` } });
    endpoint.faults.push(limited(3));
    expect(await settle(clock, source.token(), 50)).toBe("access-2");
    expect(clock.elapsed()).toBeGreaterThanOrEqual(3_000);

    const other = setUp({}, 0);
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
    const { source, vault, clock } = setUp({ fetch: dead.fetch, account: "second" }, 0);
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
    const { source } = setUp({ fetch }, 0);
    await expect(source.token()).rejects.toMatchObject({ code: "service.auth" });
  });

  it("says that nobody connected, and that a token is over for good", async () => {
    await expect(setUp({ vault: memoryVault() }).source.token()).rejects.toMatchObject({
      code: "credential.not_found",
    });
    const over = memoryVault({ accessToken: "a", expiresAt: "2020-01-01T00:00:00.000Z" });
    await expect(setUp({ vault: over }).source.token()).rejects.toMatchObject({
      code: "credential.refused",
      facts: { problem: "expired" },
    });
  });

  it("asks with another grant where there is no refresh token", async () => {
    const { fetch, sent } = scriptedFetch(json({ access_token: "app-token", expires_in: 1_800 }));
    const vault = memoryVault();
    const grant = { grant_type: "client_credentials", scope: "developer.webhooks_journal.read" };
    const { source } = setUp({ vault, fetch, grant });
    expect(await source.token()).toBe("app-token");
    expect(sent[0]?.body).toContain("grant_type=client_credentials&scope=developer.webhooks_journal.read");
    expect((await vault.read())?.revision).toBe(1);
  });

  it("rejects who leaves with their own reason, and renews for the others", async () => {
    const { source, endpoint, clock } = setUp({}, 0);
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
    expect(() => setUp(options)).toThrow(message);
  });
});

describe("token sources of several processes", () => {
  it("refresh a rotating token once, whoever comes first and whatever takes how long", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 2, maxLength: 6 }),
        fc.integer({ min: 0, max: 900 }),
        async (startsMs, answerMs) => {
          const { endpoint, make, clock } = setUp({}, 0);
          const slow = (work: () => Response) => {
            const answer = work();
            return new Promise<Response>((resolve) => void clock.schedule(answerMs, () => resolve(answer)));
          };
          endpoint.faults.push(...startsMs.map(() => slow));
          const work = startsMs.map(async (startMs) => {
            const source = make();
            await new Promise<void>((resolve) => void clock.schedule(startMs, resolve));
            return source.token();
          });
          expect(new Set(await settle(clock, Promise.all(work), 20))).toEqual(new Set(["access-1"]));
          expect(endpoint.forms).toHaveLength(1);
        },
      ),
      { numRuns: 30 },
    );
  });

  it("go on with the token that holds while another process sees to the next", async () => {
    const { make, leases, endpoint } = setUp({}, MINUTE_MS);
    await leases.acquire("oauth/close/default", "another", 60_000);
    expect(await make().token()).toBe("access-0");
    expect(endpoint.forms).toHaveLength(0);
  });

  it("take over from a process that died with the lease", async () => {
    const { make, leases, clock } = setUp({}, 0);
    await leases.acquire("oauth/close/default", "dead", 60_000);
    expect(await settle(clock, make().token(), 250)).toBe("access-1");
    expect(clock.elapsed()).toBeGreaterThanOrEqual(60_000);
  });

  it("take another's token where there is no lease and it was quicker", async () => {
    const { make, endpoint } = setUp({}, 0);
    const [first, second] = [make({ leases: undefined }), make({ leases: undefined })];
    let answerNow = () => {};
    endpoint.faults.push((work) => {
      const answer = work();
      return new Promise((resolve) => {
        answerNow = () => resolve(answer);
      });
    });
    const quick = first.token();
    await turn();
    const late = second.token();
    answerNow();
    expect(await Promise.all([quick, late])).toEqual(["access-1", "access-1"]);
    expect(endpoint.forms).toHaveLength(2);
  });
});

describe("a client with a token source", () => {
  const refusing = (good: string) =>
    scriptedFetch(({ headers }) =>
      headers.get("authorization") === `Bearer ${good}`
        ? Response.json({ ok: true })
        : Response.json({ message: "expired" }, { status: 401 }),
    );
  const clientOf = (
    tokens: ReturnType<typeof setUp>["source"],
    fetch: ReturnType<typeof refusing>["fetch"],
  ) =>
    createServiceClient({
      service: "acme",
      baseUrl: "https://api.example.com",
      auth: { type: "oauth", tokens },
      fetch,
      retry: false,
    });

  it("does not refresh on a 401 alone", async () => {
    const { source, endpoint } = setUp();
    const api = refusing("access-1");
    await expect(clientOf(source, api.fetch).get("/me")).rejects.toMatchObject({ code: "service.auth" });
    expect([api.sent.length, endpoint.forms.length]).toEqual([1, 0]);
  });

  it("refreshes on a 401 where that was asked for, once for all, and sends each call again once", async () => {
    const { make, endpoint } = setUp();
    const api = refusing("access-1");
    const client = clientOf(make({ refreshOn401: true }), api.fetch);
    const answers = await Promise.all([client.post("/a", { json: 1 }), client.get("/b"), client.get("/c")]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect([api.sent.length, endpoint.forms.length]).toEqual([6, 1]);

    const never = refusing("none");
    await expect(clientOf(make({ refreshOn401: true }), never.fetch).get("/me")).rejects.toMatchObject({
      code: "service.auth",
    });
    expect(never.sent).toHaveLength(2);
  });

  it("takes a newer token from the vault on a 401, without a refresh", async () => {
    const { source, vault, clock, endpoint } = setUp();
    await source.token();
    await vault.write({ ...tokenOf(clock, 60 * MINUTE_MS), accessToken: "connected" }, 1);
    const api = refusing("connected");
    expect((await clientOf(source, api.fetch).get("/me")).status).toBe(200);
    expect(endpoint.forms).toHaveLength(0);
  });
});

describe("credentialVault", () => {
  it("keeps the tokens of several processes sealed, each pair before it is used", async () => {
    const clock = manualClock();
    const storage = memoryStorage({ clock });
    const key = btoa(String.fromCharCode(...new Uint8Array(32).fill(7)));
    const credentials = createCredentials({
      storage,
      keys: localKeys({ current: "one", keys: { one: key } }),
    });
    const acme = credentials.tenant("acme");
    await acme.put({ platform: "close" }, tokenOf(clock, 0));
    const { make, endpoint } = setUp({ leases: storage.tenant("acme").leases, clock });
    const sources = [1, 2, 3].map(() => make({ vault: credentialVault(acme, { platform: "close" }) }));
    const tokens = await settle(clock, Promise.all(sources.map((source) => source.token())), 50);
    expect([new Set(tokens), endpoint.forms.length]).toEqual([new Set(["access-1"]), 1]);
    expect((await acme.need({ platform: "close" })).reveal()).toMatchObject({ refreshToken: "refresh-1" });
    await acme.put({ platform: "close" }, { apiKey: "no token" });
    await expect(make({ vault: credentialVault(acme, { platform: "close" }) }).token()).rejects.toThrow(
      /not one of OAuth/,
    );
  });

  it("keeps tokens as credentials, guarded by their revision", async () => {
    const kept = new Map<string, { secret: OAuthToken; revision: number }>();
    const vault = credentialVault(
      {
        async get({ platform }) {
          const found = kept.get(platform);
          return found && { revision: found.revision, reveal: () => found.secret };
        },
        async put({ platform }, secret, { ifRevision } = {}) {
          const revision = kept.get(platform)?.revision ?? null;
          if (revision !== ifRevision) return undefined;
          kept.set(platform, { secret: secret as OAuthToken, revision: (revision ?? 0) + 1 });
          return (revision ?? 0) + 1;
        },
      },
      { platform: "close" },
    );
    expect(await vault.read()).toBeUndefined();
    expect(await vault.write({ accessToken: "a", refreshToken: "r" }, null)).toBe(1);
    expect(await vault.write({ accessToken: "b" }, null)).toBeUndefined();
    expect(await vault.read()).toEqual({ token: { accessToken: "a", refreshToken: "r" }, revision: 1 });
  });
});
