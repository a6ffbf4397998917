export { Credential } from "./credential.js";
export {
  type CredentialEntry,
  type CredentialName,
  type Credentials,
  type CredentialsOptions,
  createCredentials,
  type Rotation,
  type TenantCredentials,
} from "./credentials.js";
export { type LocalKeysOptions, localKeys } from "./local-keys.js";
export { type TransitKeysOptions, transitKeys } from "./transit-keys.js";
