import type { ApiKeyRecord, ApiKeyStore, Role } from "../stores/api-key-store.js";
import { toInstant } from "./field-rules.js";
import { toNormalId } from "./shared-records.js";
import { toStorable } from "./storable.js";
import { invalidValue } from "./store-errors.js";

const ROLES: ReadonlySet<string> = new Set<Role>(["owner", "admin", "member", "viewer"]);
const LONGEST_ID = 100;
const LONGEST_NAME = 200;
const MOST_SCOPES = 100;
/** 32 bytes as base64url without padding. */
const HASH = /^[A-Za-z0-9_-]{43}$/;

/** A key as it is kept when it is new. @throws `store.invalid`. */
export function toNormalApiKey(key: Parameters<ApiKeyStore["add"]>[0]): ApiKeyRecord {
  const { id, name, hash, role, scopes, createdBy, createdAt, expiresAt } = key;
  const refuse = (field: string, problem: string) => invalidValue("apiKeys", `key.${field}`, problem);
  if (typeof hash !== "string" || !HASH.test(hash)) throw refuse("hash", "it is not a SHA-256 in base64url");
  if (!ROLES.has(role)) throw refuse("role", `it is not one of ${[...ROLES].join(", ")}`);
  return Object.freeze({
    id: toText("id", id, LONGEST_ID),
    name: toText("name", name, LONGEST_NAME),
    ...{ hash, role },
    ...(scopes === undefined ? {} : { scopes: toNormalScopes(scopes) }),
    createdBy: toNormalId("apiKeys", "key.createdBy", createdBy),
    createdAt: toInstant("apiKeys", "key.createdAt", createdAt),
    ...(expiresAt === undefined ? {} : { expiresAt: toInstant("apiKeys", "key.expiresAt", expiresAt) }),
  });
}

function toNormalScopes(scopes: readonly string[]): readonly string[] {
  if (!Array.isArray(scopes) || scopes.length > MOST_SCOPES) {
    throw invalidValue("apiKeys", "key.scopes", `it is not a list of at most ${MOST_SCOPES} texts`);
  }
  const each = scopes.map((scope, index) => toText(`scopes[${index}]`, scope, LONGEST_ID));
  return Object.freeze([...new Set(each)]);
}

function toText(field: string, text: string, longest: number): string {
  if (typeof text !== "string" || text.length === 0 || text.length > longest) {
    throw invalidValue("apiKeys", `key.${field}`, `it is not a text of 1–${longest} characters`);
  }
  return toStorable("apiKeys", `key.${field}`, text);
}
