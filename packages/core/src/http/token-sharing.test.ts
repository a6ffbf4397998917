import { setImmediate as turn } from "node:timers/promises";
import { manualClock } from "@salesagent/conformance";
import { memoryStorage } from "@salesagent/storage-memory";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createCredentials } from "../credentials/credentials.js";
import { localKeys } from "../credentials/local-keys.js";
import { createServiceClient } from "./service-client.js";
import { scriptedFetch } from "./testing/scripted-fetch.js";
import { settle } from "./testing/settle.js";
import { MINUTE_MS, tokenOf, tokenWorld } from "./testing/token-world.js";
import { credentialVault, type OAuthToken } from "./token-vault.js";

describe("token sources of several processes", () => {
  it("refresh a rotating token once, whoever comes first and whatever takes how long", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 2, maxLength: 6 }),
        fc.integer({ min: 0, max: 900 }),
        async (startsMs, answerMs) => {
          const { endpoint, make, clock } = tokenWorld({}, 0);
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
    const { make, leases, endpoint } = tokenWorld({}, MINUTE_MS);
    await leases.acquire("oauth/close/default", "another", 60_000);
    expect(await make().token()).toBe("access-0");
    expect(endpoint.forms).toHaveLength(0);
  });

  it("take over from a process that died with the lease", async () => {
    const { make, leases, clock } = tokenWorld({}, 0);
    await leases.acquire("oauth/close/default", "dead", 60_000);
    expect(await settle(clock, make().token(), 250)).toBe("access-1");
    expect(clock.elapsed()).toBeGreaterThanOrEqual(60_000);
  });

  it("take another's token where there is no lease and it was quicker", async () => {
    const { make, endpoint } = tokenWorld({}, 0);
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
    tokens: ReturnType<typeof tokenWorld>["source"],
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
    const { source, endpoint } = tokenWorld();
    const api = refusing("access-1");
    await expect(clientOf(source, api.fetch).get("/me")).rejects.toMatchObject({ code: "service.auth" });
    expect([api.sent.length, endpoint.forms.length]).toEqual([1, 0]);
  });

  it("refreshes on a 401 where that was asked for, once for all, and sends each call again once", async () => {
    const { make, endpoint } = tokenWorld();
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
    const { source, vault, clock, endpoint } = tokenWorld();
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
    const { make, endpoint } = tokenWorld({ leases: storage.tenant("acme").leases, clock });
    const sources = [1, 2, 3].map(() => make({ vault: credentialVault(acme, { platform: "close" }) }));
    // Sealing takes real time, so that the clock goes slowly: no lease may end meanwhile.
    const tokens = await settle(clock, Promise.all(sources.map((source) => source.token())));
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
