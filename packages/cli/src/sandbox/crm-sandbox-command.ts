import { systemClock } from "@salesagent/ports";
import { knownCrm } from "../choice/crms.js";
import type { Command } from "../command/command.js";
import { flagOption, textOption, wholeNumberOption } from "../command/option-values.js";
import { UsageError } from "../command/usage-error.js";
import { ProgressLine } from "../render/progress-line.js";
import { type MadeUpAccount, madeUpAccounts } from "./made-up-accounts.js";
import { SANDBOX_CRMS, seededCrm } from "./seeded-crm.js";
import { untilInterrupted } from "./until-interrupted.js";

const CONTACTS = 1_000;
const SEARCH_LAG_MS = 1_000;

/** `salesagent sandbox crm NAME`: a CRM on this machine, with made-up records. */
export const crmSandboxCommand: Command = {
  name: "sandbox crm",
  summary: "a CRM on this machine with made-up records, to sync with: close, hubspot or apollo",
  operands: "CRM",
  options: {
    contacts: { type: "string", value: "N", help: `contacts, four to a company (${CONTACTS})` },
    seed: { type: "string", value: "N", help: "equal seeds make equal records (1)" },
    "search-lag": {
      type: "string",
      value: "MS",
      help: `how far searches lag behind, at most (${SEARCH_LAG_MS})`,
    },
    "no-limits": { type: "boolean", help: "without the vendor's rate limits" },
    port: { type: "string", value: "PORT", help: "the port; a free one without it" },
    host: { type: "string", value: "HOST", help: "the address to listen on (127.0.0.1)" },
    json: { type: "boolean", help: "prints its URL and credential as one line of JSON" },
  },
  examples: ["salesagent sandbox crm close --contacts 20000", "salesagent sandbox crm hubspot --port 4021"],
  note: "It speaks the vendor's format over HTTP, with its quirks and its rate limits. What is in it ends with the command.",
  async run(operands, options, io) {
    const name = theSandboxCrm(operands);
    const contacts = wholeNumberOption(options, "contacts", { least: 0, most: 1_000_000 }) ?? CONTACTS;
    const seed = wholeNumberOption(options, "seed", { least: 0, most: 4_294_967_295 }) ?? 1;
    const port = wholeNumberOption(options, "port", { least: 0, most: 65_535 }) ?? 0;
    const searchLagMs = wholeNumberOption(options, "search-lag", { least: 0, most: 60_000 }) ?? SEARCH_LAG_MS;
    const host = textOption(options, "host") ?? "127.0.0.1";
    const counts = { contacts: 0, companies: 0, deals: 0 };
    const progress = new ProgressLine(io.stderr, systemClock);
    const accounts = counted(madeUpAccounts(contacts, seed), counts, () =>
      progress.update({ label: "making contacts", done: counts.contacts, total: contacts }),
    );
    const limited = !flagOption(options, "no-limits");
    const crm = await seededCrm(name, { accounts, searchLagMs, limited });
    progress[Symbol.dispose]();
    await using server = await crm.endpoint.listen({ host, port });
    const url = `${server.url}${crm.path}`;
    const { variable } = knownCrm(name);
    if (flagOption(options, "json")) {
      io.stdout.write(
        `${JSON.stringify({ crm: name, url, variable, credential: crm.credential, ...counts })}\n`,
      );
    } else {
      io.stdout.write(
        `A made-up ${name} with ${counts.contacts} contacts, ${counts.companies} companies and ${counts.deals} deals listens. Stop with Ctrl+C.\n\n` +
          `  export ${variable}=${crm.credential}\n` +
          `  salesagent sync ${name} --url ${url} --plan\n\n` +
          (contacts > 0 ? `To edit a contact there:\n\n  ${crm.editExample(url)}\n` : ""),
      );
    }
    await untilInterrupted(io);
    return 0;
  },
};

function theSandboxCrm(operands: readonly string[]) {
  const [name, ...more] = operands;
  const found = more.length > 0 ? undefined : SANDBOX_CRMS.find((crm) => crm === name);
  if (found) return found;
  throw new UsageError(
    `Which CRM? One of ${SANDBOX_CRMS.join(", ")}, such as \`salesagent sandbox crm close\`.`,
  );
}

function* counted(
  accounts: Iterable<MadeUpAccount>,
  counts: { contacts: number; companies: number; deals: number },
  onEach: () => void,
): Generator<MadeUpAccount> {
  for (const account of accounts) {
    yield account;
    counts.companies += 1;
    counts.contacts += account.contacts.length;
    counts.deals += account.dealMinor === undefined ? 0 : 1;
    onEach();
  }
}
