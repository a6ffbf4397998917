import type { SealedCredential } from "../stores/credential-store.js";
import { toBase64Text } from "./inbox-rules.js";
import { checkLeaseMs, toNormalName, toNormalRevision } from "./link-rules.js";
import { toNormalId } from "./shared-records.js";
import { invalidValue } from "./store-errors.js";

const MOST_BYTES = 65_536;

/** A credential as it is to be. */
export type NormalCredential = Pick<SealedCredential, "platform" | "account" | "keyId" | "sealed"> & {
  readonly ifRevision: number | null | undefined;
};

/** @throws `store.invalid`; the message never holds what is sealed. */
export function toNormalCredential({
  platform,
  account,
  keyId,
  sealed,
  ifRevision,
}: Omit<NormalCredential, "ifRevision"> & Partial<Pick<NormalCredential, "ifRevision">>): NormalCredential {
  const text = toBase64Text("credentials", "credential.sealed", sealed);
  const bytes = (text.length / 4) * 3 - (text.length - text.replace(/=+$/, "").length);
  if (bytes < 1 || bytes > MOST_BYTES) {
    throw invalidValue("credentials", "credential.sealed", `it is not 1–${MOST_BYTES} bytes`);
  }
  return {
    platform: toNormalName("credentials", "credential.platform", platform),
    account: toNormalName("credentials", "credential.account", account),
    keyId: toNormalId("credentials", "credential.keyId", keyId),
    sealed: text,
    ifRevision: toNormalRevision("credentials", "credential.ifRevision", ifRevision),
  };
}

/** @throws `store.invalid`. */
export function checkLeaseCall(name: string, owner: string, leaseMs?: number): void {
  toNormalId("leases", "name", name);
  toNormalId("leases", "owner", owner);
  if (leaseMs !== undefined) checkLeaseMs("leases", "leaseMs", leaseMs);
}
