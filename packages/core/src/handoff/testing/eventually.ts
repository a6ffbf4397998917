import { expect } from "vitest";

/** What holds after a while, on a busy machine too. */
export const eventually = <T>(read: () => T) => expect.poll(read, { timeout: 9_000, interval: 10 });
