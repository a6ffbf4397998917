/** A LinkedIn page in its normal form, `https://www.linkedin.com/in/ada-byron`; undefined for another page. */
export function normalLinkedinUrl(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const whole = /^https?:\/\//i.test(text) ? text : `https://${text}`;
  if (!URL.canParse(whole)) return undefined;
  const { hostname, pathname } = new URL(whole);
  const [, kind, name] = pathname.split("/");
  if (!/^([a-z]{2,3}\.)?linkedin\.com$/.test(hostname) || !name) return undefined;
  return kind === "in" || kind === "company" ? `https://www.linkedin.com/${kind}/${name}` : undefined;
}
