import {
  createServiceClient,
  type Fetch,
  type RateBudget,
  type Secret,
  type ServiceAuth,
  type ServiceClient,
  type ServiceRetryOptions,
  type TokenSource,
} from "@salesagent/core/http";
import {
  type CallOptions,
  type Clock,
  type CRMProvider,
  type CrmCallOptions,
  type CrmCapabilities,
  type CrmContactFields,
  type CrmFieldSchema,
  type CrmFields,
  type CrmKind,
  type CrmLookup,
  type CrmRecord,
  type DependencyHealth,
  SalesAgentError,
  systemClock,
} from "@salesagent/ports";
import { objectOf } from "./devtools-connection.js";
import { lineOf } from "./page-text.js";

/** A member's access token, or where tokens come from. */
export type LinkedinAuth = { readonly accessToken: Secret } | { readonly oauth: TokenSource };

/** How LinkedIn's API is reached. */
export interface LinkedinOptions {
  /** @defaultValue "https://api.linkedin.com" */
  readonly baseUrl?: string | URL | undefined;
  readonly fetch?: Fetch | undefined;
  readonly clock?: Clock | undefined;
  readonly random?: (() => number) | undefined;
  readonly retry?: ServiceRetryOptions | false | undefined;
  readonly rateBudget?: RateBudget | undefined;
}

const FIELDS = ["firstName", "lastName", "fullName", "email"];

const CAPABILITIES: CrmCapabilities = {
  kinds: {
    contact: {
      create: false,
      update: false,
      remove: false,
      list: true,
      changes: false,
      removals: false,
      lookup: [{ by: "email", consistency: "strong" }],
      maxBatch: 1,
      fields: FIELDS,
    },
  },
  webhooks: "none",
};

/**
 * LinkedIn, as far as it is open to every app: the profile of the member who signed in, which is only read. People search,
 * other people's profiles, invitations and messages are for partners.
 *
 * @example
 * ```ts
 * const me = await linkedin({ accessToken }).me();
 * ```
 * @see https://learn.microsoft.com/linkedin/consumer/integrations/self-serve/sign-in-with-linkedin-v2
 */
export interface Linkedin extends CRMProvider {
  readonly provider: "linkedin";
  /** The profile of whoever signed in. */
  me(call?: CrmCallOptions): Promise<CrmRecord<"contact">>;
}

/** Makes the provider of one member's credential. */
export function linkedin(auth: LinkedinAuth, options: LinkedinOptions = {}): Linkedin {
  const { clock = systemClock } = options;
  const client = createServiceClient({
    ...options,
    service: "linkedin",
    baseUrl: options.baseUrl ?? "https://api.linkedin.com",
    auth: toAuth(auth),
    // a limit is for a day of UTC and no header tells of it
    classify: ({ status }) => (status === 429 ? { retryAfterMs: msToMidnight(clock.now()) } : undefined),
  });
  const me = (call?: CrmCallOptions) => readMe(client, clock, call);
  const get = async <Kind extends CrmKind>(kind: Kind, id: string, call?: CrmCallOptions) => {
    onlyContacts("get", kind);
    const record = await me(call);
    return record.id === id ? asKind(kind, record) : undefined;
  };
  return {
    port: "crm-provider/1",
    provider: "linkedin",
    capabilities: CAPABILITIES,
    me,
    list: async function* (kind, _from, call) {
      onlyContacts("list", kind);
      yield { records: [asKind(kind, await me(call))], cursor: "end", complete: true, total: 1 };
    },
    changes: (kind) => ({
      [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(unsupported("changes", kind)) }),
    }),
    get,
    getMany: async (kind, ids, call) => {
      if (ids.length === 0) return [];
      onlyContacts("getMany", kind);
      const record = await me(call);
      return ids.map((id) => (id === record.id ? asKind(kind, record) : undefined));
    },
    lookup: async <Kind extends CrmKind>(what: CrmLookup<Kind>, call?: CrmCallOptions) => {
      onlyContacts("lookup", what.kind);
      const { email, kind: _, ...others } = what;
      if (Object.values(others).some((value) => value !== undefined)) throw unsupported("lookup", what.kind);
      if (email === undefined) throw new TypeError("linkedin.lookup: give an email");
      const record = await me(call);
      const isMe = record.fields.email === email.toLowerCase();
      return { records: isMe ? [asKind(what.kind, record)] : [], certain: true };
    },
    create: async ({ kind }) => {
      throw unsupported("create", kind);
    },
    update: async ({ kind }) => {
      throw unsupported("update", kind);
    },
    remove: async (kind) => {
      throw unsupported("remove", kind);
    },
    writeMany: async (writes) =>
      writes.map((write) => {
        const kind =
          write.op === "create" ? write.draft.kind : write.op === "update" ? write.change.kind : write.kind;
        return { status: "refused", error: unsupported(write.op, kind) } as const;
      }),
    verifyWebhook: async () => {
      throw unsupported("verifyWebhook", undefined);
    },
    schema: async (kind): Promise<readonly CrmFieldSchema[]> => {
      onlyContacts("schema", kind);
      const names = ["sub", "name", "given_name", "family_name", "picture", "locale", "email"];
      return names.map((name) => ({
        name,
        type: "text",
        readOnly: true,
        ...(name === "sub" ? { unique: true } : {}),
      }));
    },
    health: (call) => health(client, clock, call),
  };
}

const toAuth = (auth: LinkedinAuth): ServiceAuth =>
  "oauth" in auth ? { type: "oauth", tokens: auth.oauth } : { type: "bearer", token: auth.accessToken };

async function readMe(
  client: ServiceClient,
  clock: Clock,
  call: CrmCallOptions | undefined,
): Promise<CrmRecord<"contact">> {
  const answer = await client.get("/v2/userinfo", { ...call, group: "userinfo" });
  const body = objectOf(answer.body());
  const id = lineOf(body["sub"]);
  if (id === undefined) throw malformed();
  const firstName = lineOf(body["given_name"]);
  const lastName = lineOf(body["family_name"]);
  const fullName = lineOf(body["name"]);
  const email = body["email_verified"] === false ? undefined : lineOf(body["email"])?.toLowerCase();
  const fields: CrmContactFields = {
    ...(firstName === undefined ? {} : { firstName }),
    ...(lastName === undefined ? {} : { lastName }),
    ...(fullName === undefined ? {} : { fullName }),
    ...(email === undefined ? {} : { email }),
  };
  // LinkedIn does not tell when a profile changed: it is as new as it was read
  return {
    kind: "contact",
    id,
    fields,
    custom: {},
    links: {},
    updatedAt: new Date(clock.now()).toISOString(),
  };
}

function asKind<Kind extends CrmKind>(kind: Kind, record: CrmRecord<"contact">): CrmRecord<Kind> {
  return { ...record, kind, fields: record.fields as CrmFields[Kind] };
}

/** @throws `crm.unsupported` for all but contacts. */
function onlyContacts(operation: string, kind: CrmKind): void {
  if (kind !== "contact") throw unsupported(operation, kind);
}

function unsupported(operation: string, kind: CrmKind | undefined): SalesAgentError {
  return new SalesAgentError("crm.unsupported", {
    message: `linkedin: ${operation}${kind === undefined ? "" : ` of a ${kind}`} is not open to apps: only the profile of the member who signed in can be read.`,
    facts: { crm: "linkedin", operation, ...(kind === undefined ? {} : { kind }) },
    replay: "safe",
  });
}

function malformed(): SalesAgentError {
  return new SalesAgentError("service.malformed_response", {
    message:
      "linkedin: it told a profile without its id. Check that the token has the scopes openid and profile.",
    facts: { service: "linkedin" },
    replay: "safe",
  });
}

function msToMidnight(nowMs: number): number {
  const dayMs = 86_400_000;
  return dayMs - (nowMs % dayMs);
}

async function health(
  client: ServiceClient,
  clock: Clock,
  call: CallOptions | undefined,
): Promise<readonly DependencyHealth[]> {
  const startedMs = clock.elapsed();
  const told = (status: DependencyHealth["status"], note?: string): readonly DependencyHealth[] => [
    {
      name: "linkedin",
      status,
      latencyMs: clock.elapsed() - startedMs,
      ...(note === undefined ? {} : { note }),
    },
  ];
  try {
    await client.get("/v2/userinfo", { ...call, group: "userinfo" });
    return told("ok");
  } catch (error) {
    call?.signal?.throwIfAborted();
    if (!SalesAgentError.is(error)) throw error;
    return told(error.code === "service.rate_limited" ? "degraded" : "down", error.message);
  }
}
