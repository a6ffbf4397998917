import { readFile } from "node:fs/promises";
import { exampleProfile, type IdealCustomerProfile, parseProfileJson } from "@salesagent/agents";
import { UsageError } from "../command/usage-error.js";

/** Profiles are small; anything larger is another file. */
const MAX_PROFILE_CHARS = 1_000_000;

/** Reads a profile, or gives the general one. @throws UsageError for a file that is not there, `config.invalid` for its content. */
export async function readProfile(file: string | undefined): Promise<IdealCustomerProfile> {
  if (file === undefined) return exampleProfile;
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`--profile: ${file} can't be read (${error.code ?? error.message}).`);
  });
  if (text.length > MAX_PROFILE_CHARS)
    throw new UsageError(`--profile: ${file} is too large to be a profile.`);
  return parseProfileJson(text);
}
