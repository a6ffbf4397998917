import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { onAbort } from "./on-abort.js";

const listeners = (signal: AbortSignal) => getEventListeners(signal, "abort").length;

describe("onAbort", () => {
  it("runs every task once, in order, and leaves nothing on the signal", () => {
    const caller = new AbortController();
    const ran: number[] = [];
    for (let i = 0; i < 200; i++) onAbort(caller.signal, () => ran.push(i));

    expect(listeners(caller.signal)).toBe(1);
    caller.abort();

    expect(ran).toEqual(Array.from({ length: 200 }, (_, i) => i));
    expect(listeners(caller.signal)).toBe(0);
  });

  it("lets go of the signal when the last task is called off", () => {
    const caller = new AbortController();
    const ran: string[] = [];
    const first = onAbort(caller.signal, () => ran.push("first"));
    const second = onAbort(caller.signal, () => ran.push("second"));

    first();
    first();
    expect(listeners(caller.signal)).toBe(1);
    second();
    expect(listeners(caller.signal)).toBe(0);
    onAbort(caller.signal, () => ran.push("third"));
    second();
    caller.abort();

    expect(ran).toEqual(["third"]);
  });

  it("does not run a task that another one called off", () => {
    const caller = new AbortController();
    const ran: string[] = [];
    let callOff = () => {};
    onAbort(caller.signal, () => callOff());
    callOff = onAbort(caller.signal, () => ran.push("second"));

    caller.abort();

    expect(ran).toEqual([]);
  });
});
