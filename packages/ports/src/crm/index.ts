export type {
  CrmActivityFields,
  CrmCompanyFields,
  CrmContactFields,
  CrmDealFields,
  CrmFields,
  CrmKind,
} from "./crm-fields.js";
export type {
  CRMProvider,
  CrmCallOptions,
  CrmCapabilities,
  CrmChanges,
  CrmFieldName,
  CrmFieldSchema,
  CrmFound,
  CrmHint,
  CrmKindSupport,
  CrmLookup,
  CrmLookupSupport,
  CrmPage,
  CrmWebhookRequest,
  CrmWrite,
  CrmWritten,
} from "./crm-provider.js";
export type { CrmChange, CrmDraft, CrmLinks, CrmRecord, CrmRemoval } from "./crm-record.js";
