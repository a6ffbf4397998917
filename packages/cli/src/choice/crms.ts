import { apollo } from "@salesagent/crm-apollo";
import { close } from "@salesagent/crm-close";
import { hubspot } from "@salesagent/crm-hubspot";
import { linkedin } from "@salesagent/crm-linkedin";
import type { CRMProvider } from "@salesagent/ports";
import { didYouMean } from "../command/did-you-mean.js";
import { UsageError } from "../command/usage-error.js";
import type { Io } from "../io.js";

/** How a CRM is opened. */
export interface CrmSetting {
  /** A credential; a text, or what fetches it with the first call. */
  readonly credential: string | (() => string);
  /** @defaultValue the vendor's */
  readonly baseUrl?: string | undefined;
  /** Whether a CRM that is only read by default is written to, too. */
  readonly writes?: boolean | undefined;
  readonly fetch?: typeof globalThis.fetch | undefined;
}

/** A CRM that the command line knows. */
export interface KnownCrm {
  readonly name: string;
  /** The variable of its credential. */
  readonly variable: string;
  /** What `--direction` is where nobody says it. */
  readonly direction: "both" | "to-app";
  /** Where it can be asked cheaply whether it is there. */
  readonly endpoint: string;
  open(setting: CrmSetting): CRMProvider;
}

/** The largest page that Close takes: fewer calls. */
const CLOSE_PAGE = 200;

export const CRMS: readonly KnownCrm[] = [
  {
    ...{ name: "close", variable: "CLOSE_API_KEY", direction: "both" },
    endpoint: "https://api.close.com/api/v1/me/",
    open: ({ credential: apiKey, baseUrl, fetch }) =>
      close(
        { apiKey },
        {
          pageSize: CLOSE_PAGE,
          ...(baseUrl === undefined ? {} : { baseUrl }),
          ...(fetch === undefined ? {} : { fetch }),
        },
      ),
  },
  {
    ...{ name: "hubspot", variable: "HUBSPOT_TOKEN", direction: "both" },
    endpoint: "https://api.hubapi.com/",
    open: ({ credential: token, baseUrl, fetch }) => hubspot({ token }, { baseUrl, fetch }),
  },
  {
    // What its bulk call does to a contact that stands is known, and what its other creates do is not nice.
    ...{ name: "apollo", variable: "APOLLO_API_KEY", direction: "to-app" },
    endpoint: "https://api.apollo.io/api/v1/auth/health",
    open: ({ credential: apiKey, baseUrl, fetch, writes = false }) =>
      apollo({ apiKey }, { baseUrl, fetch, crm: writes }),
  },
  {
    ...{ name: "linkedin", variable: "LINKEDIN_ACCESS_TOKEN", direction: "to-app" },
    endpoint: "https://api.linkedin.com/",
    open: ({ credential: accessToken, baseUrl, fetch }) => linkedin({ accessToken }, { baseUrl, fetch }),
  },
];

/** The credentials that commands read, for their help. */
export const CRM_CREDENTIALS = `Credentials come from the environment: ${CRMS.map(({ name, variable }) => `${variable} (${name})`).join(", ")}.`;

/** @throws UsageError when there is no such CRM. */
export function knownCrm(name: string): KnownCrm {
  const found = CRMS.find((crm) => crm.name === name);
  if (found) return found;
  const names = CRMS.map((crm) => crm.name);
  throw new UsageError(
    `There is no CRM "${name}"${didYouMean(name, names) || "."} There are: ${names.join(", ")}.`,
  );
}

/** The CRM's credential of the environment. @throws UsageError where it is not set. */
export function crmCredential({ name, variable }: KnownCrm, { env }: Pick<Io, "env">): string {
  const found = env[variable];
  if (found) return found;
  const sandbox = name === "linkedin" ? "" : `, or try it with \`salesagent sandbox crm ${name}\``;
  throw new UsageError(`${name} needs a credential: set ${variable}${sandbox}.`);
}
