/** What a page shows of how it is made. */
export interface PageSigns {
  readonly headers: Headers;
  /** Names alone: values belong to visitors. */
  readonly cookies: readonly string[];
  /** Addresses of scripts, styles, frames and images, absolute. */
  readonly sources: readonly URL[];
  readonly generators: readonly string[];
  readonly html: string;
}

const MAX_SOURCES = 500;
const MAX_SOURCE_CHARS = 2_000;

/** Longer tags are none that a browser's developer wrote. */
const MAX_TAG_CHARS = 8_000;

/** Reads the signs off a page as it came, without running anything of it. */
export function readSigns(url: URL, headers: Headers, html: string): PageSigns {
  const sources = new Map<string, URL>();
  const generators: string[] = [];
  for (const { tag, attributes } of readTags(html)) {
    if (tag === "meta") {
      if (attributeOf(attributes, "name")?.toLowerCase() !== "generator") continue;
      generators.push((attributeOf(attributes, "content") ?? "").slice(0, 200));
    } else if (sources.size < MAX_SOURCES) {
      const source = attributeOf(attributes, "src") ?? attributeOf(attributes, "href") ?? "";
      const address =
        source.length <= MAX_SOURCE_CHARS && URL.canParse(source, url.href)
          ? new URL(source, url)
          : undefined;
      if (address) sources.set(address.href, address);
    }
  }
  const cookies = headers.getSetCookie().map((cookie) => cookie.split("=", 1)[0]?.trim() ?? "");
  return { headers, cookies, sources: [...sources.values()], generators, html };
}

/** Tags as they come, by hand: a pattern for quoted attributes is one that a hostile page can make slow. */
function* readTags(html: string): Generator<{ readonly tag: string; readonly attributes: string }> {
  const opening = /<(script|link|iframe|img|meta)(?=[\s/>])/gi;
  for (let found = opening.exec(html); found; found = opening.exec(html)) {
    const end = tagEnd(html, opening.lastIndex);
    if (end === undefined) continue;
    yield { tag: (found[1] ?? "").toLowerCase(), attributes: html.slice(opening.lastIndex, end) };
    opening.lastIndex = end;
  }
}

/** Where a tag's `>` is; nothing when another tag begins before it, or it is too far. */
function tagEnd(html: string, start: number): number | undefined {
  let quote = "";
  for (let at = start; at < Math.min(html.length, start + MAX_TAG_CHARS); at++) {
    const character = html.charAt(at);
    if (quote !== "") {
      if (character === quote) quote = "";
    } else if (character === '"' || character === "'") quote = character;
    else if (character === ">") return at;
    else if (character === "<") return undefined;
  }
  return undefined;
}

function attributeOf(attributes: string, name: string): string | undefined {
  const found = new RegExp(`(?:^|[\\s"'/])${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s"'>]+))`, "i").exec(
    attributes,
  );
  return (found?.[1] ?? found?.[2] ?? found?.[3])?.trim();
}
