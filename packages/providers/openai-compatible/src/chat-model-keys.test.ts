import { inspect } from "node:util";
import { afterEach, describe, expect, it, vi } from "vitest";
import { HELLO, jsonReply, scriptedFetch, sseReply, sseText } from "./testing/scripted-fetch.js";
import { failureOf, KEY, modelWith, request } from "./testing/some-model.js";

afterEach(() => vi.unstubAllEnvs());

describe("keys of a chat completions model", () => {
  it("takes the key from the variable that it is told, and none when there is none and none is needed", async () => {
    const { fetch, sent } = scriptedFetch(sseReply(HELLO), sseReply(HELLO));
    const keyVariables = ["ACME_API_KEY"];
    await modelWith({ fetch, apiKey: undefined, keyVariables, env: { ACME_API_KEY: "k1" } })
      .stream(request)
      .result();
    await modelWith({ fetch, apiKey: undefined, keyVariables }).stream(request).result();
    expect(sent.map((one) => one.headers.get("authorization"))).toEqual(["Bearer k1", null]);
  });

  it("fetches a key for each call where it is a function", async () => {
    const { fetch, sent } = scriptedFetch(sseReply(HELLO), sseReply(HELLO));
    let made = 0;
    const model = modelWith({ fetch, apiKey: async () => `key-${++made}` });
    await model.stream(request).result();
    await model.stream(request).result();
    expect(sent.map((one) => one.headers.get("authorization"))).toEqual(["Bearer key-1", "Bearer key-2"]);
  });

  it("refuses to send without a key that is needed, and with one that can't be", async () => {
    const { fetch, sent } = scriptedFetch();
    const missing = modelWith({
      fetch,
      apiKey: undefined,
      keyRequired: true,
      keyVariables: ["ACME_API_KEY"],
    });
    expect(await failureOf(missing)).toMatchObject({
      code: "model.auth",
      message: "No API key for acme: pass `apiKey` or set ACME_API_KEY.",
    });
    const malformed = await failureOf(modelWith({ fetch, apiKey: `${KEY}\n` }));
    expect(malformed.code).toBe("model.auth");
    expect(malformed.message).toContain("malformed");
    expect(inspect(malformed, { depth: 9 })).not.toContain(KEY);
    expect(sent).toHaveLength(0);
  });

  it("keeps keys out of the error that go in headers of a gateway's own", async () => {
    const echo = jsonReply({ error: { message: "refused gw-secret-1 and gw-secret-2" } }, 403);
    const { fetch, sent } = scriptedFetch(echo);
    const model = modelWith({ fetch, headers: { "api-key": "gw-secret-1" } });
    const failure = await failureOf(model, { headers: { "X-Gateway-Authorization": "Bearer gw-secret-2" } });
    expect(sent[0]?.headers.get("api-key")).toBe("gw-secret-1");
    expect(failure.message).toContain("refused [secret] and [secret]");
  });

  it.each([
    [
      "a status",
      () => jsonReply({ error: { message: `Incorrect API key provided: ${KEY}`, code: KEY } }, 401),
    ],
    ["an error inside the stream", () => sseReply(sseText({ error: { message: `bad ${KEY}` } }))],
    ["an event that is not JSON", () => sseReply(`data: not json ${KEY}\n\n`)],
    ["a web page", () => new Response(`<title>${KEY}</title>`, { headers: { "content-type": "text/html" } })],
    ["a network failure", () => Promise.reject(new Error(`could not send ${KEY}`))],
    [
      "arguments of a tool",
      () =>
        sseReply(
          sseText({
            choices: [
              {
                delta: { tool_calls: [{ id: "a", function: { name: "f", arguments: `{${KEY}` } }] },
                finish_reason: "stop",
              },
            ],
          }),
        ),
    ],
  ])("keeps the key out of the error when a server repeats it in %s", async (_, reply) => {
    const { fetch } = scriptedFetch(reply);
    const failure = await failureOf(modelWith({ fetch }));
    const shown = [inspect(failure, { depth: 9, showHidden: true }), JSON.stringify(failure), failure.stack];
    for (const text of shown) expect(text).not.toContain(KEY);
  });
});

describe("the environment of OpenAI's SDK", () => {
  it("reaches no other vendor", async () => {
    vi.stubEnv("OPENAI_API_KEY", "sk-openai");
    vi.stubEnv("OPENAI_ADMIN_KEY", "sk-admin");
    vi.stubEnv("OPENAI_ORG_ID", "org-leak");
    vi.stubEnv("OPENAI_PROJECT_ID", "proj-leak");
    vi.stubEnv("OPENAI_BASE_URL", "https://hijacked.test/v1");
    vi.stubEnv("OPENAI_WEBHOOK_SECRET", "whsec-leak");
    vi.stubEnv("OPENAI_LOG", "debug");
    vi.stubEnv(
      "OPENAI_CUSTOM_HEADERS",
      [
        "X-Leak: leak",
        "Authorization: Bearer leak",
        "User-Agent: leak",
        "Accept: leak",
        "x-api-key: leak",
        "x-trace: leak",
      ].join("\n"),
    );
    const printed = (["log", "info", "warn", "error", "debug"] as const).map((level) =>
      vi.spyOn(console, level).mockImplementation(() => {}),
    );
    const { fetch, sent } = scriptedFetch(sseReply(HELLO), sseReply(HELLO), jsonReply({}, 500));
    const model = modelWith({ fetch });
    await model.stream(request, { headers: { "x-trace": "mine" } }).result();
    await model.stream(request).result();
    await failureOf(model);
    for (const { url, headers } of sent) {
      expect(url).toBe("https://acme.test/v1/chat/completions");
      expect([...headers.keys()].filter((name) => name !== "x-trace").sort()).toEqual([
        "accept",
        "authorization",
        "content-type",
        "user-agent",
      ]);
      expect(JSON.stringify([...headers])).not.toContain("leak");
      expect(headers.get("authorization")).toBe(`Bearer ${KEY}`);
    }
    expect(sent.map(({ headers }) => headers.get("x-trace"))).toEqual(["mine", null, null]);
    for (const spy of printed) {
      expect(spy).not.toHaveBeenCalled();
      spy.mockRestore();
    }
  });
});
