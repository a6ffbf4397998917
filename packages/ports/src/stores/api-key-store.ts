import type { CallOptions } from "../call-options.js";
import type { Page, PageRequest } from "./page.js";

/** What somebody may do, from most to least: each has what the ones after it have. */
export type Role = "owner" | "admin" | "member" | "viewer";

/** A key with which a program calls the app's routes. The key itself is kept nowhere. */
export interface ApiKeyRecord {
  /** 1–100 characters; part of the key. */
  readonly id: string;
  /** What it is for, in its owner's words; 1–200 characters. */
  readonly name: string;
  /** SHA-256 of the key's secret part, base64url without padding: 43 characters. */
  readonly hash: string;
  readonly role: Role;
  /** The only permissions of the role that it has, such as `leads:read`: at most 100. @defaultValue all of the role */
  readonly scopes?: readonly string[];
  readonly createdBy: string;
  /** ISO 8601 in UTC. */
  readonly createdAt: string;
  readonly expiresAt?: string;
  readonly revokedAt?: string;
  /** As {@link ApiKeyStore.touch} was told, which need not be of each use. */
  readonly lastUsedAt?: string;
}

/** Keys of one tenant. */
export interface ApiKeyStore {
  readonly port: "api-key-store/1";
  /** @returns False when one of this id is there already; nothing changes then. @throws `store.invalid`. */
  add(key: Omit<ApiKeyRecord, "revokedAt" | "lastUsedAt">, call?: CallOptions): Promise<boolean>;
  get(id: string, call?: CallOptions): Promise<ApiKeyRecord | undefined>;
  /** Latest creation first; revoked and expired ones too. */
  list(page?: PageRequest, call?: CallOptions): Promise<Page<ApiKeyRecord>>;
  /** @param at - ISO 8601 in UTC. @returns False when it is unknown or revoked already. */
  revoke(id: string, at: string, call?: CallOptions): Promise<boolean>;
  /** Notes a use. An earlier time than the one that stands, or an unknown id, changes nothing. @param at - ISO 8601 in UTC. */
  touch(id: string, at: string, call?: CallOptions): Promise<void>;
}
