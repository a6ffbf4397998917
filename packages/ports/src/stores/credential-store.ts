import type { CallOptions } from "../call-options.js";

/** A credential as it is kept: sealed, and of no use without its key. */
export interface SealedCredential {
  /** Such as `hubspot`; 1–200 characters. */
  readonly platform: string;
  /** Tells several of one platform apart; 1–200 characters. */
  readonly account: string;
  /** Names the key that sealed it. */
  readonly keyId: string;
  /** The sealed bytes, base64; at most 64 KiB. */
  readonly sealed: string;
  /** Rises with every write. */
  readonly revision: number;
  /** ISO 8601 in UTC. */
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** Sealed credentials of one tenant. */
export interface CredentialStore {
  readonly port: "credential-store/1";
  get(platform: string, account: string, call?: CallOptions): Promise<SealedCredential | undefined>;
  /**
   * @param credential.ifRevision - What it rests on; null where none may stand, absent for whatever stands.
   * @returns The new revision; nothing when another stands, and nothing is changed then.
   */
  put(
    credential: Pick<SealedCredential, "platform" | "account" | "keyId" | "sealed"> & {
      readonly ifRevision?: number | null | undefined;
    },
    call?: CallOptions,
  ): Promise<number | undefined>;
  /** In the order of platform and account; with `keyId` those that this key sealed. */
  list(
    filter?: { readonly platform?: string | undefined; readonly keyId?: string | undefined },
    call?: CallOptions,
  ): Promise<readonly SealedCredential[]>;
  /** @returns False when it is not there. */
  remove(platform: string, account: string, call?: CallOptions): Promise<boolean>;
}
