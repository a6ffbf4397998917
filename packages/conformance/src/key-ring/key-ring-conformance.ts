import type { KeyRing } from "@salesagent/ports";
import type { Runner } from "../runner.js";

/** What the suite asks of whoever runs it. */
export interface KeyRingSetup {
  readonly ring: KeyRing;
  /** The same ring after its current key was changed; what the old key wrapped still opens. */
  readonly rotated: KeyRing;
  /** A ring that has none of the keys. */
  readonly stranger: KeyRing;
}

const bytes = (text: string) => new TextEncoder().encode(text);
const context = bytes("acme/close/default");
const dataKey = () => crypto.getRandomValues(new Uint8Array(32));

/**
 * What every key ring keeps to.
 *
 * @example
 * ```ts no-run
 * keyRingConformance({ describe, it, expect }, async () => ({ ring, rotated, stranger }));
 * ```
 */
export function keyRingConformance(
  { describe, it, expect }: Runner,
  create: () => Promise<KeyRingSetup>,
): void {
  describe("key-ring/1", () => {
    it("unwraps what it wrapped", async () => {
      const { ring } = await create();
      const key = dataKey();
      expect(await ring.unwrap(await ring.wrap(key, context), context)).toEqual(key);
    });

    it("hides the data key, and wraps it differently each time", async () => {
      const { ring } = await create();
      const key = dataKey();
      const [one, two] = [await ring.wrap(key, context), await ring.wrap(key, context)];
      expect(one.wrapped.join()).not.toContain(key.join());
      expect(one.wrapped.join()).not.toBe(two.wrapped.join());
      expect(one.keyId).toBe(two.keyId);
    });

    it("unwraps for the same context only", async () => {
      const { ring } = await create();
      const wrapped = await ring.wrap(dataKey(), context);
      expect(await ring.unwrap(wrapped, bytes("other/close/default"))).toBe(undefined);
    });

    it("unwraps nothing that was altered", async () => {
      const { ring } = await create();
      const { keyId, wrapped } = await ring.wrap(dataKey(), context);
      const altered = Uint8Array.from(wrapped);
      altered[altered.length - 2] = (altered[altered.length - 2] ?? 0) ^ 1;
      expect(await ring.unwrap({ keyId, wrapped: altered }, context)).toBe(undefined);
      expect(await ring.unwrap({ keyId, wrapped: new Uint8Array(0) }, context)).toBe(undefined);
    });

    it("unwraps what an older key wrapped, and wraps with the newer", async () => {
      const { ring, rotated } = await create();
      const key = dataKey();
      const old = await ring.wrap(key, context);
      expect(await rotated.unwrap(old, context)).toEqual(key);
      expect((await rotated.wrap(key, context)).keyId).not.toBe(old.keyId);
    });

    it("unwraps nothing of keys that it does not have", async () => {
      const { ring, stranger } = await create();
      expect(await stranger.unwrap(await ring.wrap(dataKey(), context), context)).toBe(undefined);
    });

    it("rejects with the caller's reason when the call was ended", async () => {
      const { ring } = await create();
      const wrapped = await ring.wrap(dataKey(), context);
      const reason = new Error("enough");
      const call = { signal: AbortSignal.abort(reason) };
      await expect(ring.wrap(dataKey(), context, call)).rejects.toBe(reason);
      await expect(ring.unwrap(wrapped, context, call)).rejects.toBe(reason);
    });
  });
}
