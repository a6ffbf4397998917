import type { Storage } from "@salesagent/ports";

/** The storage of a process that is killed: from then on nothing of it reaches the storage, and it hears nothing. */
export function silentAfterDeath(storage: Storage): {
  readonly storage: Pick<Storage, "tenant">;
  readonly die: () => void;
  readonly isDead: () => boolean;
} {
  let isDead = false;
  const never = new Promise<never>(() => {});
  const guard = <Part extends object>(part: Part): Part =>
    new Proxy(part, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        if (typeof value === "function") {
          return (...given: unknown[]) => (isDead ? never : value.apply(target, given));
        }
        return typeof value === "object" && value !== null ? guard(value) : value;
      },
    });
  return {
    storage: { tenant: (id) => guard(storage.tenant(id)) },
    die: () => {
      isDead = true;
    },
    isDead: () => isDead,
  };
}
