export {
  type ApiKeyRequest,
  type ApiKeys,
  type ApiKeysOptions,
  type ApiKeyView,
  createApiKeys,
} from "./api-keys.js";
export { isPermission, PERMISSIONS, type Permission, permissionsOf, ROLES } from "./permission.js";
export { isAllowed, mayGive, type Powers, type Principal, requirePermission } from "./principal.js";
