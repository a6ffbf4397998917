/** Parts of the stack, each by itself. */
import { CircuitBreaker, RatePacer, retry, TokenBucket } from "@salesagent/core/resilience";

const failure = new Error("down");
/** Never opens, so that every failure is counted by a closed breaker. */
const breaker = () => new CircuitBreaker({ name: "bench", minCalls: 1e9 });
const plenty = { capacity: 1e15, refillPerSecond: 1e12 };

/** Each makes one operation to repeat; those that give a promise are awaited. */
export const PARTS = {
  "breaker: acquire, succeed": () => {
    const it = breaker();
    return () => it.acquire().succeed();
  },
  "breaker: acquire, fail": () => {
    const it = breaker();
    return () => it.acquire().fail(failure);
  },
  "breaker: run a promise": () => {
    const it = breaker();
    const task = () => Promise.resolve(1);
    return () => it.run(task);
  },
  "breaker: refuse while open": () => {
    const it = breaker();
    it.open(3_600_000);
    return () => void it.tryAcquire();
  },
  "opossum alone: fire": async () => {
    const { default: Opossum } = await import("opossum");
    const it = new Opossum(() => Promise.resolve(1), { timeout: false });
    return () => it.fire();
  },
  "token bucket: take": () => {
    const it = new TokenBucket(plenty);
    return () => void it.tryTake(1);
  },
  "rate pacer: take, two limits": () => {
    const it = new RatePacer({ name: "bench", requestsPerMinute: 1e12, tokensPerMinute: 1e15 });
    return () => void it.tryTake({ tokens: 100 });
  },
  "retry without a failure": () => {
    const task = () => Promise.resolve(1);
    return () => retry(task);
  },
};
