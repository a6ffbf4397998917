import { z } from "zod";

/** An e-mail address, in lower case. */
export const emailSchema = z
  .string()
  .max(254)
  .transform((text) => text.trim().toLowerCase())
  .pipe(z.email("must be an e-mail address, such as ada@example.com"));

/** A domain, in lower case; taken from a URL where a model gives one. */
export const domainSchema = z
  .string()
  .max(300)
  .transform(toDomain)
  .pipe(z.string().regex(/^([a-z0-9-]+\.)+[a-z0-9-]{2,}$/, "must be a domain, such as example.com"))
  .describe("Such as example.com.");

function toDomain(text: string): string {
  const url = text.includes("://") ? text.trim() : `http://${text.trim()}`;
  return URL.canParse(url) ? new URL(url).hostname.replace(/^www\.|\.$/g, "") : text;
}

/** A LinkedIn page of a person or a company, in its normal form. */
export const linkedinUrlSchema = z
  .string()
  .max(500)
  .transform(toLinkedinUrl)
  .pipe(
    z
      .string()
      .regex(
        /^https:\/\/www\.linkedin\.com\/(in|company)\/[^/?#]+$/,
        "must be a page such as https://www.linkedin.com/in/ada-byron or https://www.linkedin.com/company/example",
      ),
  );

/** Without the country's sub-domain, the query and what comes after the name. */
function toLinkedinUrl(text: string): string {
  const trimmed = text.trim();
  const url = /^https?:\/\//i.test(trimmed) ? trimmed : `https://${trimmed}`;
  if (!URL.canParse(url)) return text;
  const { hostname, pathname, username, port } = new URL(url);
  const [, kind, name] = pathname.split("/");
  const isLinkedin = /^([a-z]{2,3}\.)?linkedin\.com$/.test(hostname) && username === "" && port === "";
  return isLinkedin && kind && name ? `https://www.linkedin.com/${kind.toLowerCase()}/${name}` : text;
}
