import { inspect } from "node:util";
import { manualClock } from "@salesagent/conformance";
import { describe, expect, it } from "vitest";
import { recordingTelemetry } from "../telemetry/testing/recording-telemetry.js";
import { excerpt, maskSecrets } from "./mask.js";
import type { ServiceAuth } from "./service-auth.js";
import type { ServiceCallEvent } from "./service-call-event.js";
import { createServiceClient } from "./service-client.js";
import { type Step, scriptedFetch, text } from "./testing/scripted-fetch.js";

const KEY = 'planted/key+"0123456789';
const BARE = "planted-key-0123456789";

/** All that a log, a dump or a trace could show of an error. */
const shown = (error: unknown): string =>
  [inspect(error, { depth: 10, showHidden: true }), JSON.stringify(error), String(error)].join("\n");

/** A server that repeats whatever it was sent. */
const echo =
  (status: number, type = "application/json"): Step =>
  ({ url, headers, body }) => {
    const said = [...headers].flatMap(([name, value]) => [name, value, ...value.split(" ").reverse()]);
    const words = [url, ...said, body].join(" ");
    const answer =
      type === "text/html" ? `<p>${words}</p>` : JSON.stringify({ error: { message: words, code: "bad" } });
    return new Response(answer, { status, headers: { "content-type": type } });
  };

/** A network failure that holds the whole request. */
const leak: Step = ({ url, headers, init }) => {
  const cause = Object.assign(new Error(`sending ${url} ${headers.get("authorization")}`), {
    code: "ECONNRESET",
  });
  throw Object.assign(new TypeError(`failed ${headers.get("x-api-key")}`, { cause }), { request: init });
};

const AUTHS: readonly ServiceAuth[] = [
  { type: "bearer", token: BARE },
  { type: "basic", username: KEY, password: "pass-0123456789" },
  { type: "header", name: "x-api-key", value: BARE },
  { type: "oauth", tokens: { token: async () => BARE } },
  {
    type: "custom",
    authorize: () => ({ headers: { "x-signed": `HMAC ${BARE}` }, query: { api_token: KEY } }),
  },
];

const STEPS: readonly Step[] = [
  ...[400, 401, 403, 409, 429, 500].flatMap((status) => [echo(status), echo(status, "text/html")]),
  echo(200, "text/html"),
  leak,
  text(null, 302, { location: `https://evil.test/${BARE}?key=${encodeURIComponent(KEY)}` }),
];

describe("errors, events and traces of a service client", () => {
  it.each(AUTHS.map((auth) => [auth.type, auth] as const))("hold no secret of %s auth", async (_, auth) => {
    for (const step of STEPS) {
      const { telemetry, spans } = recordingTelemetry();
      const events: ServiceCallEvent[] = [];
      const { fetch } = scriptedFetch(step);
      const client = createServiceClient({
        ...{ service: "acme", baseUrl: "https://api.example.com", auth, retry: false, fetch, telemetry },
        onCall: (event) => events.push(event),
        clock: manualClock(),
      });
      const request = {
        query: { email: "ada@x.test", token: "query-0123456789" },
        headers: { "X-Session-Token": "Session header-0123456789" },
        json: { refresh: "body-0123456789" },
      };
      const error = await client
        .post("/contacts/ada%40x.test", { ...request, secrets: ["body-0123456789"] })
        .catch((failed: unknown) => failed);
      expect(error).toMatchObject({ code: expect.stringMatching(/^service\./) });
      const all = [shown(error), inspect(events, { depth: 10 }), inspect(spans, { depth: 10 })].join("\n");
      for (const secret of [
        KEY,
        BARE,
        encodeURIComponent(KEY),
        JSON.stringify(KEY).slice(1, -1),
        btoa(`${KEY}:pass-0123456789`),
      ]) {
        expect(all).not.toContain(secret);
      }
      expect(all).not.toMatch(
        /query-0123456789|body-0123456789|header-0123456789|pass-0123456789|ada@|ada%40/,
      );
      expect(spans).toMatchObject([
        { name: "POST /contacts/{}", kind: "client", ends: 1, failure: expect.any(String) },
      ]);
    }
  });
});

describe("maskSecrets", () => {
  it.each([
    ["api_key=abcdef&x=1", "api_key=[secret]&x=1"],
    ['{"refresh_token": "abc","a":1}', '{"refresh_token": "[secret]","a":1}'],
    ["Authorization: Bearer abcdefgh", "Authorization: [secret]"],
    ["sent with bearer abcdefghij", "sent with bearer [secret]"],
    ["the token was refused", "the token was refused"],
    ["a basic truth", "a basic truth"],
  ])("turns %j into %j", (words, clean) => {
    expect(maskSecrets(words, [])).toBe(clean);
  });

  it("masks a secret that is a part of another", () => {
    expect(maskSecrets("key-1234-5678 key-1234", ["key-1234", "key-1234-5678"])).toBe("[secret] [secret]");
  });
});

describe("excerpt", () => {
  it("is short, on one line, and without markup, addresses and long numbers", () => {
    const page = `<html><script>var a</script><b>Contact\n ada@x.test (+1 555 010-4477)</b> exists${" x".repeat(500)}`;
    const words = excerpt(page, []);
    expect(words).toMatch(/^Contact \[e-mail\] \(\[number\]\) exists x/);
    expect(words).toHaveLength(200);
  });
});
