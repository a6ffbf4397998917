import { keyRingConformance } from "@salesagent/conformance";
import { describe, expect, it } from "vitest";
import { toBase64 } from "../kernel/base64.js";
import { localKeys } from "./local-keys.js";
import { FakeTransit } from "./testing/fake-transit.js";
import { transitKeys } from "./transit-keys.js";

const newKey = () => toBase64(crypto.getRandomValues(new Uint8Array(32)));
const runner = { describe, it, expect };

describe("localKeys", () => {
  keyRingConformance(runner, async () => {
    const one = newKey();
    return {
      ring: localKeys({ current: "one", keys: { one } }),
      rotated: localKeys({ current: "two", keys: { one, two: newKey() } }),
      stranger: localKeys({ current: "three", keys: { three: newKey() } }),
    };
  });

  it("opens nothing with another key of the same name", async () => {
    const [one, other] = [
      localKeys({ current: "k", keys: { k: newKey() } }),
      localKeys({ current: "k", keys: { k: newKey() } }),
    ];
    const context = new Uint8Array([1]);
    expect(await other.unwrap(await one.wrap(new Uint8Array(32), context), context)).toBeUndefined();
  });

  it.each([
    [
      "a key that is too short",
      { current: "one", keys: { one: btoa("short") } },
      /keys\["one"\] is not 32 bytes/,
    ],
    [
      "a key that is no base64",
      { current: "one", keys: { one: "s3cret!!" } },
      /keys\["one"\] is not 32 bytes/,
    ],
    ["a current key that is not there", { current: "two", keys: { one: newKey() } }, /current names "two"/],
  ])("refuses %s, naming the option and not the key", (_, options, problem) => {
    expect(() => localKeys(options)).toThrow(problem);
    expect(() => localKeys(options)).not.toThrow(options.keys.one);
  });
});

describe("transitKeys", () => {
  keyRingConformance(runner, async () => {
    const [server, rotated, stranger] = [new FakeTransit(), new FakeTransit(), new FakeTransit()];
    const ring = transitKeys({ ...server, key: "crm" });
    const after = async () => server.rotate();
    // The same server, whose key is rotated once it is asked through this ring.
    const later = transitKeys({
      ...{ url: rotated.url, key: "crm" },
      token: async () => server.token,
      fetch: async (input, init) => {
        if (String(input).includes("/encrypt/")) await after();
        return server.fetch(input, init);
      },
    });
    return { ring, rotated: later, stranger: transitKeys({ ...stranger, key: "other" }) };
  });

  it.each([
    [403, "service.auth"],
    [404, "service.refused"],
    [402, "service.quota_exhausted"],
  ])("tells a %i as %s, without the token", async (status, code) => {
    const server = new FakeTransit();
    server.failWith = status;
    const failed = transitKeys({ ...server, key: "crm" }).wrap(new Uint8Array(32), new Uint8Array(1));
    await expect(failed).rejects.toMatchObject({ code, replay: "safe" });
    await expect(failed).rejects.not.toThrow(server.token);
  });

  it("tells an answer that is not the engine's", async () => {
    const ring = transitKeys({
      ...{ url: "https://vault.example", key: "crm", token: "t" },
      fetch: async () => Response.json({}),
    });
    await expect(ring.wrap(new Uint8Array(32), new Uint8Array(1))).rejects.toMatchObject({
      code: "service.malformed_response",
    });
  });
});
