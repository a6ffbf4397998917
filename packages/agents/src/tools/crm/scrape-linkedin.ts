import { type AnyTool, defineTool } from "@salesagent/core/tools";
import { z } from "zod";
import type { Profile, ProfileReader } from "../../ports/profile-reader.js";
import { linkedinUrlSchema } from "./identity-schemas.js";

/** What `scrape_linkedin` tells a model. */
export interface ScrapeLinkedinOutput {
  readonly url: string;
  /** Absent when there is no such page, or it is not public. */
  readonly profile?: Profile;
}

const input = z.object({ url: linkedinUrlSchema.describe("A person's or a company's LinkedIn page.") });

/**
 * The tool `scrape_linkedin`: what a public profile says. LinkedIn's agreement forbids automated reading by its users; whether
 * and how your reader may do it, such as through a licensed vendor, is for you to settle.
 *
 * @example
 * ```ts
 * scrapeLinkedin(memoryProfileReader({ "https://www.linkedin.com/in/ada-byron": profile }));
 * ```
 */
export function scrapeLinkedin(reader: ProfileReader): AnyTool {
  return defineTool<z.infer<typeof input>, ScrapeLinkedinOutput>({
    name: "scrape_linkedin",
    description: "Reads the public LinkedIn page of a person or a company.",
    input,
    effect: "read",
    timeoutMs: 60_000,
    run: async ({ url }, { tenant, signal }) => {
      const profile = await reader.read(url, { tenant, signal });
      return profile === undefined ? { url } : { url, profile };
    },
  });
}
