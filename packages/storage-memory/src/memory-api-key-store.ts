import type { ApiKeyRecord, ApiKeyStore } from "@salesagent/ports";
import { toInstant, toNormalApiKey, toNormalPage, toStorable } from "@salesagent/ports/store-rules";
import type { StoreContext } from "./store-context.js";

export function createMemoryApiKeyStore({ rows, admit }: StoreContext): ApiKeyStore {
  const { apiKeys } = rows;
  const find = (id: string) => apiKeys.get(toStorable("apiKeys", "id", id));
  const replace = (key: ApiKeyRecord) => apiKeys.replace(key.id, Object.freeze(key));

  return {
    port: "api-key-store/1",
    async add(key, call) {
      admit("apiKeys", call);
      const normal = toNormalApiKey(key);
      if (apiKeys.get(normal.id) !== undefined) return false;
      apiKeys.insert(normal.id, Date.parse(normal.createdAt), normal);
      return true;
    },
    async get(id, call) {
      admit("apiKeys", call);
      return find(id);
    },
    async list(page, call) {
      admit("apiKeys", call);
      return apiKeys.page({ page: toNormalPage("apiKeys", page), descending: true });
    },
    async revoke(id, at, call) {
      admit("apiKeys", call);
      const revokedAt = toInstant("apiKeys", "at", at);
      const key = find(id);
      if (key === undefined || key.revokedAt !== undefined) return false;
      replace({ ...key, revokedAt });
      return true;
    },
    async touch(id, at, call) {
      admit("apiKeys", call);
      const lastUsedAt = toInstant("apiKeys", "at", at);
      const key = find(id);
      if (key === undefined || (key.lastUsedAt ?? "") >= lastUsedAt) return;
      replace({ ...key, lastUsedAt });
    },
  };
}
