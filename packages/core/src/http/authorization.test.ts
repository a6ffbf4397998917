import { manualClock } from "@salesagent/conformance";
import { describe, expect, it } from "vitest";
import { finishAuthorization, startAuthorization } from "./authorization.js";
import { json, type Step, scriptedFetch } from "./testing/scripted-fetch.js";

const request = {
  authorizeUrl: "https://app.hubspot.com/oauth/authorize?portal=1",
  clientId: "id",
  redirectUri: "https://host.test/back",
  scopes: ["crm.objects.contacts.read", "oauth"],
};

function endpoint(...steps: Step[]) {
  const { fetch, sent } = scriptedFetch(...steps);
  const tokenUrl = "https://api.hubapi.com/oauth/v1/token";
  return {
    sent,
    endpoint: {
      platform: "hubspot",
      tokenUrl,
      clientId: "id",
      clientSecret: "s3cret-value",
      fetch,
      clock: manualClock(),
    },
  };
}

const returned = (query: string, state = "state-1") => ({
  callbackUrl: `https://host.test/back?${query}`,
  redirectUri: request.redirectUri,
  state,
});

describe("startAuthorization", () => {
  it("names client, scopes and a state of its own each time", async () => {
    const [first, second] = [await startAuthorization(request), await startAuthorization(request)];
    const fields = Object.fromEntries(new URL(first.url).searchParams);
    expect(fields).toEqual({
      portal: "1",
      response_type: "code",
      client_id: "id",
      redirect_uri: "https://host.test/back",
      scope: "crm.objects.contacts.read oauth",
      state: first.state,
    });
    expect(first.state).toMatch(/^[\w-]{43}$/);
    expect(second.state).not.toBe(first.state);
    expect(first.codeVerifier).toBeUndefined();
  });

  it("sends the hash of the verifier with PKCE, and lets nobody overwrite what matters", async () => {
    const started = await startAuthorization({
      ...request,
      pkce: true,
      query: { optional_scope: "x", state: "mine" },
    });
    const fields = new URL(started.url).searchParams;
    const hash = new Uint8Array(
      await crypto.subtle.digest("SHA-256", new TextEncoder().encode(started.codeVerifier)),
    );
    expect(fields.get("code_challenge")).toBe(Buffer.from(hash).toString("base64url"));
    expect(fields.getAll("state")).toEqual([started.state]);
    expect([fields.get("code_challenge_method"), fields.get("optional_scope")]).toEqual(["S256", "x"]);
  });
});

describe("finishAuthorization", () => {
  it("exchanges the code for a token", async () => {
    const { endpoint: at, sent } = endpoint(
      json({ access_token: "a", refresh_token: "r", expires_in: 1_800, hub_id: 9 }),
    );
    const token = await finishAuthorization(at, { ...returned("code=c1&state=state-1"), codeVerifier: "v" });
    expect(Object.fromEntries(new URLSearchParams(sent[0]?.body))).toEqual({
      ...{ grant_type: "authorization_code", code: "c1", redirect_uri: request.redirectUri },
      ...{ code_verifier: "v", client_id: "id", client_secret: "s3cret-value" },
    });
    expect(token).toMatchObject({ accessToken: "a", refreshToken: "r", extra: { hub_id: 9 } });
    expect(Date.parse(token.expiresAt ?? "")).toBe(at.clock.now() + 1_800_000);
  });

  it.each([
    ["code=c1&state=other", "state-1", "state_mismatch"],
    ["code=c1", "state-1", "state_mismatch"],
    ["code=c1&state=", "", "state_mismatch"],
    ["error=access_denied&state=state-1", "state-1", "access_denied"],
    ["error=%3Cscript%3E&state=state-1", "state-1", "error"],
    ["state=state-1", "state-1", "no_code"],
  ])("refuses a return with %j", async (query, state, vendorCode) => {
    const { endpoint: at, sent } = endpoint(json({}));
    await expect(finishAuthorization(at, returned(query, state))).rejects.toMatchObject({
      code: "service.refused",
      facts: { service: "hubspot", vendorCode },
    });
    expect(sent).toEqual([]);
  });

  it("says that a code is used up, or that the answer holds no token", async () => {
    const used = endpoint(json({ error: "invalid_grant", error_description: "c1 was used" }, 400));
    await expect(finishAuthorization(used.endpoint, returned("code=c1&state=state-1"))).rejects.toMatchObject(
      {
        code: "credential.refused",
      },
    );
    expect(used.sent).toHaveLength(1);
    const empty = endpoint(json({ ok: true }));
    await expect(
      finishAuthorization(empty.endpoint, returned("code=c1&state=state-1")),
    ).rejects.toMatchObject({
      code: "service.malformed_response",
    });
  });
});
