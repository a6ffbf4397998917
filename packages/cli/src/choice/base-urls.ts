import { didYouMean } from "../command/did-you-mean.js";
import { UsageError } from "../command/usage-error.js";
import type { ChosenName } from "./model-name.js";
import { providerNames } from "./providers.js";

/**
 * Where each provider's server is: `URL` when all models are of one provider, `provider=URL` for one of several.
 *
 * @returns By provider.
 * @throws UsageError for an address that is none, or of nobody.
 */
export function readBaseUrls(
  texts: readonly string[],
  names: readonly ChosenName[],
): ReadonlyMap<string, string> {
  const providers = [...new Set(names.map(({ providerName }) => providerName))];
  const urls = new Map<string, string>();
  for (const text of texts) {
    const [, given, rest] = /^([\w-]+)=(.*)$/.exec(text) ?? [];
    const url = rest ?? text;
    const provider = given ?? theOnly(providers, text);
    if (given !== undefined && !providerNames.includes(given)) {
      throw new UsageError(`--base-url: no provider "${given}"${didYouMean(given, providerNames) || "."}`);
    }
    if (!providers.includes(provider)) throw new UsageError(`--base-url: no chosen model is of ${provider}.`);
    if (!URL.canParse(url)) {
      throw new UsageError(
        `--base-url must be a URL, such as http://127.0.0.1:4010/openai/v1; got "${url}".`,
      );
    }
    urls.set(provider, url);
  }
  return urls;
}

function theOnly(providers: readonly string[], url: string): string {
  const [first, ...more] = providers;
  if (first !== undefined && more.length === 0) return first;
  throw new UsageError(
    `--base-url: of which provider is ${url}? With models of several, write --base-url ${first ?? "openai"}=${url}.`,
  );
}
