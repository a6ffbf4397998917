import { describe, expect, it } from "vitest";
import { EventQueue } from "./event-queue.js";
import type { StreamEvent } from "./live-streams.js";

const text = (piece: string): StreamEvent => ({ type: "text-delta", data: { text: piece } });

function queued(events: readonly StreamEvent[]): EventQueue {
  const queue = new EventQueue();
  for (const event of events) queue.add(event, 10);
  return queue;
}

const all = (queue: EventQueue) => queue.take(1_000, 1_000_000, true).events;

describe("EventQueue", () => {
  it("puts pieces of one text together that stand beside one another", () => {
    const queue = queued([text("He"), text("l"), text("lo")]);
    expect(all(queue)).toEqual([text("Hello")]);
  });

  it("keeps pieces apart that something else stands between", () => {
    const finish = { type: "finish", data: { reason: "stop" } };
    expect(all(queued([text("a"), finish, text("b"), text("c")]))).toEqual([text("a"), finish, text("bc")]);
  });

  it("keeps texts of different kinds, and of different senders, apart", () => {
    const thought = { type: "reasoning-delta", data: { text: "hm" } };
    const other = { type: "text-delta", data: { text: "b", agent: "two" } };
    const signed = { type: "text-delta", data: { text: "c", providerData: { x: 1 } } };
    const events = [text("a"), thought, other, signed, text("d")];
    expect(all(queued(events))).toEqual(events);
  });

  it("lets nothing grow that was taken", () => {
    const queue = queued([text("a")]);
    const first = all(queue);
    queue.add(text("b"), 10);
    expect([first, all(queue)]).toEqual([[text("a")], [text("b")]]);
  });

  it("does not tear a character that comes in two halves", () => {
    const [high, low] = ["😀"[0] as string, "😀"[1] as string];
    const queue = queued([text(`so ${high}`)]);
    const first = queue.take(1_000, 1_000_000, false).events;
    queue.add(text(`${low}!`), 10);
    expect([...first, ...all(queue)]).toEqual([text("so "), text("😀!")]);
  });

  it("takes half a character when nothing else is to come, in a form that storages hold", () => {
    const high = "😀"[0] as string;
    expect(all(queued([text(`so ${high}`)]))).toEqual([text("so \ufffd")]);
  });

  it("takes no more than is wanted, in order", () => {
    const events = ["a", "b", "c"].map((type) => ({ type, data: null }));
    const queue = queued(events);
    expect(queue.take(2, 1_000_000, true).events).toEqual(events.slice(0, 2));
    expect([queue.size, all(queue), queue.bytes]).toEqual([1, events.slice(2), 0]);
  });
});
