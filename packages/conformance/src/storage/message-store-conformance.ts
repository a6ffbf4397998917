import type { Message } from "@salesagent/ports";
import { at, sampleMessage } from "./sample-records.js";
import { readAll, type StorageSuite } from "./storage-suite.js";

const assistantMessage: Message = {
  role: "assistant",
  parts: [
    { type: "reasoning", text: "Hm 🐟", providerData: { anthropic: { signature: "c2ln" } } },
    { type: "tool-call", callId: "call_1", name: "lookup", input: { zebra: 1, apple: [null] } },
  ],
};

/** Messages of threads. */
export function messageStoreConformance({ describe, it, expect, open }: StorageSuite): void {
  describe("message-store/1", () => {
    it("gives back a message as it was stored, its properties in their order", async () => {
      await using storage = await open();
      const { messages } = storage.tenant("acme");
      await messages.append("thread", [
        { message: assistantMessage, createdAt: at(1), runId: "run-1" },
        sampleMessage("plain"),
      ]);
      const { items } = await messages.list("thread");
      expect(items).toEqual([
        { threadId: "thread", index: 0, message: assistantMessage, createdAt: at(1), runId: "run-1" },
        { threadId: "thread", index: 1, ...sampleMessage("plain") },
      ]);
      expect(JSON.stringify(items[0]?.message)).toBe(JSON.stringify(assistantMessage));
      expect("runId" in (items[1] ?? {})).toBe(false);
    });

    it("numbers the messages of each thread from 0, and tells the index of the first", async () => {
      await using storage = await open();
      const { messages } = storage.tenant("acme");
      expect(await messages.append("one", [sampleMessage("a"), sampleMessage("b")])).toBe(0);
      expect(await messages.append("two", [sampleMessage("x")])).toBe(0);
      expect(await messages.append("one", [sampleMessage("c")])).toBe(2);
      expect(await messages.append("one", [])).toBe(3);
      const listed = await readAll((page) => messages.list("one", page), 2);
      expect(listed.map((record) => record.index)).toEqual([0, 1, 2]);
    });

    it("never gives one index to two messages when calls overlap in time", async () => {
      await using storage = await open();
      const { messages } = storage.tenant("acme");
      const calls = Array.from({ length: 12 }, (_, index) => [
        sampleMessage(`${index}a`),
        sampleMessage(`${index}b`),
      ]);
      const firsts = await Promise.all(calls.map((call) => messages.append("thread", call)));
      expect([...firsts].sort((left, right) => left - right)).toEqual(calls.map((_, index) => index * 2));
      const listed = (await messages.list("thread")).items;
      expect(listed.map((record) => record.index)).toEqual(Array.from({ length: 24 }, (_, index) => index));
    });

    it("adds all messages of a call or none", async () => {
      await using storage = await open();
      const { messages } = storage.tenant("acme");
      const bad = sampleMessage("bad", { createdAt: "yesterday" });
      await expect(messages.append("thread", [sampleMessage("good"), bad])).rejects.toMatchObject({
        code: "store.invalid",
        facts: { store: "messages", field: "messages[1].createdAt" },
      });
      expect((await messages.list("thread")).items).toEqual([]);
    });
  });
}
