import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import type { KeyRing } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import { collectCases, findFailures } from "../storage/testing/collect-cases.js";
import { type KeyRingSetup, keyRingConformance } from "./key-ring-conformance.js";

/** A sound ring: AES-256-GCM under named keys, the last one current. */
function ringOf(...names: readonly string[]): KeyRing {
  const current = names.at(-1) ?? "";
  const keyOf = (name: string) => Buffer.alloc(32, name);
  return {
    port: "key-ring/1",
    async wrap(dataKey, context, call) {
      call?.signal?.throwIfAborted();
      const nonce = randomBytes(12);
      const cipher = createCipheriv("aes-256-gcm", keyOf(current), nonce).setAAD(context);
      const text = Buffer.concat([cipher.update(dataKey), cipher.final()]);
      return { keyId: current, wrapped: Buffer.concat([nonce, cipher.getAuthTag(), text]) };
    },
    async unwrap({ keyId, wrapped }, context, call) {
      call?.signal?.throwIfAborted();
      if (!names.includes(keyId) || wrapped.length < 28) return undefined;
      const cipher = createDecipheriv("aes-256-gcm", keyOf(keyId), wrapped.slice(0, 12)).setAAD(context);
      cipher.setAuthTag(wrapped.slice(12, 28));
      try {
        return Uint8Array.from(Buffer.concat([cipher.update(wrapped.slice(28)), cipher.final()]));
      } catch {
        return undefined;
      }
    },
  };
}

const sound: KeyRingSetup = { ring: ringOf("one"), rotated: ringOf("one", "two"), stranger: ringOf("three") };
const withRing = (change: (ring: KeyRing) => Partial<KeyRing>): KeyRingSetup => ({
  ring: { ...sound.ring, ...change(sound.ring) },
  rotated: { ...sound.rotated, ...change(sound.rotated) },
  stranger: { ...sound.stranger, ...change(sound.stranger) },
});
const plain = (ring: KeyRing): Partial<KeyRing> => ({
  wrap: async (dataKey, context, call) => {
    const { keyId } = await ring.wrap(dataKey, context, call);
    return { keyId, wrapped: Buffer.concat([randomBytes(4), dataKey, context]) };
  },
  unwrap: async ({ wrapped }, context, call) => {
    call?.signal?.throwIfAborted();
    const isContext = Buffer.from(wrapped.slice(36)).equals(Buffer.from(context));
    return isContext ? Uint8Array.from(wrapped.slice(4, 36)) : undefined;
  },
});

const sabotages: Readonly<
  Record<string, { readonly setup: KeyRingSetup; readonly fails: readonly string[] }>
> = {
  "does not encrypt": {
    setup: withRing(plain),
    fails: [
      "hides the data key, and wraps it differently each time",
      "unwraps nothing of keys that it does not have",
    ],
  },
  "does not bind the context": {
    setup: withRing((ring) => ({
      wrap: (dataKey, _, call) => ring.wrap(dataKey, new Uint8Array(0), call),
      unwrap: (key, _, call) => ring.unwrap(key, new Uint8Array(0), call),
    })),
    fails: ["unwraps for the same context only"],
  },
  "throws for what was altered": {
    setup: withRing((ring) => ({
      unwrap: async (key, context, call) => {
        const dataKey = await ring.unwrap(key, context, call);
        if (!dataKey) throw new Error("altered");
        return dataKey;
      },
    })),
    fails: [
      "unwraps for the same context only",
      "unwraps nothing that was altered",
      "unwraps nothing of keys that it does not have",
    ],
  },
  "forgets older keys": {
    setup: { ...sound, rotated: ringOf("two") },
    fails: ["unwraps what an older key wrapped, and wraps with the newer"],
  },
  "wraps with the old key after a rotation": {
    setup: { ...sound, rotated: sound.ring },
    fails: ["unwraps what an older key wrapped, and wraps with the newer"],
  },
  "does not hear the signal": {
    setup: withRing((ring) => ({
      wrap: (dataKey, context) => ring.wrap(dataKey, context),
      unwrap: (key, context) => ring.unwrap(key, context),
    })),
    fails: ["rejects with the caller's reason when the call was ended"],
  },
};

describe("the suite of key rings", () => {
  keyRingConformance({ describe, it, expect }, async () => sound);

  it.each(Object.entries(sabotages))("notices a ring that %s, and only that", async (_, { setup, fails }) => {
    const cases = collectCases((runner) => keyRingConformance(runner, async () => setup));
    expect((await findFailures(cases)).map((name) => name.split(" > ").at(-1))).toEqual(fails);
  });
});
