const NAMED: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: " ",
};

/** A text of HTML with its entities read. */
function decodeEntities(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,6}));/gi, (whole, decimal, hex, name) => {
    if (typeof name === "string") return NAMED[name.toLowerCase()] ?? whole;
    const code = Number.parseInt(decimal ?? hex, decimal === undefined ? 16 : 10);
    return code > 0 && code <= 0x10_ffff ? String.fromCodePoint(code) : whole;
  });
}

/** The JSON-LD blocks of a page; those that are no JSON are passed over. */
export function jsonLdBlocks(html: string): readonly unknown[] {
  const scripts = html.matchAll(
    /<script\b[^>]*\btype\s*=\s*["']?application\/ld\+json["']?[^>]*>([\s\S]*?)<\/script\s*>/gi,
  );
  return [...scripts].flatMap(([, text = ""]) => {
    try {
      return [JSON.parse(text.trim()) as unknown];
    } catch (error) {
      if (error instanceof SyntaxError) return [];
      throw error;
    }
  });
}

/** What the `meta` elements say, by their `property` or `name` in lower case; the first of a name counts. */
export function metaValues(html: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const [tag] of html.matchAll(/<meta\b[^>]*>/gi)) {
    const name = (attribute(tag, "property") ?? attribute(tag, "name"))?.toLowerCase();
    const content = attribute(tag, "content");
    if (name !== undefined && content !== undefined && !values.has(name)) values.set(name, content);
  }
  return values;
}

/** The page's title. */
export function titleOf(html: string): string | undefined {
  const text = /<title\b[^>]*>([^<]*)<\/title/i.exec(html)?.[1];
  return text === undefined ? undefined : decodeEntities(text).trim();
}

function attribute(tag: string, name: string): string | undefined {
  const match = new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`, "i").exec(tag);
  const text = match?.[1] ?? match?.[2];
  return text === undefined ? undefined : decodeEntities(text);
}
