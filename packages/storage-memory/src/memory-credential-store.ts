import type { CredentialStore } from "@salesagent/ports";
import { toNormalCredential, toNormalName, toStorable } from "@salesagent/ports/store-rules";
import { now, type StoreContext } from "./store-context.js";

function toKey(platform: string, account: string): string {
  return JSON.stringify([
    toNormalName("credentials", "platform", platform),
    toNormalName("credentials", "account", account),
  ]);
}

export function createMemoryCredentialStore({ rows, clock, admit }: StoreContext): CredentialStore {
  const { credentials } = rows;
  return {
    port: "credential-store/1",
    async get(platform, account, call) {
      admit("credentials", call);
      return credentials.get(toKey(platform, account));
    },
    async put(credential, call) {
      admit("credentials", call);
      const { ifRevision, ...content } = toNormalCredential(credential);
      const key = toKey(content.platform, content.account);
      const before = credentials.get(key);
      if (ifRevision !== undefined && ifRevision !== (before?.revision ?? null)) return undefined;
      const updatedAt = now(clock);
      const revision = (before?.revision ?? 0) + 1;
      const createdAt = before?.createdAt ?? updatedAt;
      credentials.set(key, Object.freeze({ ...content, revision, createdAt, updatedAt }));
      return revision;
    },
    async list(filter = {}, call) {
      admit("credentials", call);
      const { platform, keyId } = toStorable("credentials", "filter", filter);
      return [...credentials.entries()]
        .map(([, credential]) => credential)
        .filter(
          (credential) =>
            (platform === undefined || credential.platform === platform) &&
            (keyId === undefined || credential.keyId === keyId),
        )
        .sort((left, right) => {
          if (left.platform !== right.platform) return left.platform < right.platform ? -1 : 1;
          return left.account < right.account ? -1 : 1;
        });
    },
    async remove(platform, account, call) {
      admit("credentials", call);
      const key = toKey(platform, account);
      if (credentials.get(key) === undefined) return false;
      credentials.delete(key);
      return true;
    },
  };
}
