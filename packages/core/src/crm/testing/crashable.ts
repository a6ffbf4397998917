/** The process ended here. */
export class Crash extends Error {
  override readonly name = "Crash";
}

/** Decides at each call whether the process ends before it, or after it. */
export interface CrashPlan {
  /** Is asked before and after each call. */
  readonly strikes: (at: string, phase: "before" | "after") => boolean;
  /** What others do between two calls. */
  readonly between?: (() => Promise<void>) | undefined;
}

/**
 * An instance of stores or of a provider that a crash cuts off: from then on every call of it fails, as nothing of a dead process goes
 * on. What was done before stands.
 */
export class Process {
  #dead = false;

  constructor(readonly plan: CrashPlan) {}

  get isDead(): boolean {
    return this.#dead;
  }

  wrap<T extends object>(target: T, name = ""): T {
    return new Proxy(target, {
      get: (object, key) => {
        const value: unknown = Reflect.get(object, key, object);
        const path = `${name}.${String(key)}`;
        if (typeof value === "function") return this.#wrapCall(object, value, path);
        if (typeof value !== "object" || value === null || key === "capabilities") return value;
        return this.wrap(value, path);
      },
    });
  }

  #wrapCall(object: object, method: unknown, path: string) {
    const call = (args: readonly unknown[]): unknown => Reflect.apply(method as () => unknown, object, args);
    return (...args: unknown[]): unknown => {
      const [first, ...rest] = args;
      const isTransaction = path.endsWith(".transaction") && typeof first === "function";
      const work = isTransaction ? [this.#wrapWork(first as (stores: object) => unknown), ...rest] : args;
      if (path.endsWith(".list") && name(path) === "provider") return this.#iterate(path, () => call(work));
      if (path.endsWith(".changes") && name(path) === "provider")
        return this.#iterate(path, () => call(work));
      return this.#await(path, async () => call(work));
    };
  }

  #wrapWork(work: (stores: object) => unknown) {
    return (stores: object) => work(this.wrap(stores, "transaction"));
  }

  async #await<T>(path: string, call: () => Promise<T>): Promise<T> {
    this.#check(path, "before");
    if (!path.startsWith("transaction")) await this.plan.between?.();
    const result = await call();
    this.#check(path, "after");
    return result;
  }

  async *#iterate(path: string, call: () => unknown): AsyncGenerator<unknown, void, undefined> {
    this.#check(path, "before");
    for await (const page of call() as AsyncIterable<unknown>) {
      this.#check(path, "after");
      yield page;
      this.#check(path, "before");
    }
  }

  #check(path: string, phase: "before" | "after"): void {
    if (this.#dead) throw new Crash(path);
    if (!this.plan.strikes(path, phase)) return;
    this.#dead = true;
    throw new Crash(`${phase} ${path}`);
  }
}

const name = (path: string): string => path.split(".")[0] ?? "";
