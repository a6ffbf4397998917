import type { CallOptions } from "../call-options.js";

/** Rights that one process at a time has, such as to refresh a token. */
export interface LeaseStore {
  readonly port: "lease-store/1";
  /**
   * Takes a lease, for one owner at a time; its own owner may take it again.
   *
   * @param name - 1–400 characters. @param leaseMs - Whole number, 0–86,400,000.
   * @returns A number that rises whenever the owner changes, also after a release; nothing when another owner has it still.
   */
  acquire(name: string, owner: string, leaseMs: number, call?: CallOptions): Promise<number | undefined>;
  /** @returns False when it is not the owner's any more, or is over. */
  renew(name: string, owner: string, leaseMs: number, call?: CallOptions): Promise<boolean>;
  /** Does nothing for who does not have it. */
  release(name: string, owner: string, call?: CallOptions): Promise<void>;
}
