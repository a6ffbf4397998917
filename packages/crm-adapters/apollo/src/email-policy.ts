/**
 * Which addresses are taken from Apollo. `verified`: those that it says are. `likely`: also those that it has from elsewhere, or
 * makes from the pattern of a company's addresses. Made-up ones that stand for a locked address are never taken.
 */
export type EmailPolicy = "verified" | "likely";

/** Where no address is in truth: `email_not_unlocked@domain.com`, `locked@…`. */
const PLACEHOLDER = /^(?:email_not_unlocked|not_unlocked|locked|no_email|email_hidden)[^@]*@|@domain\.com$/i;

const STATUSES: Readonly<Record<EmailPolicy, ReadonlySet<string>>> = {
  verified: new Set(["verified"]),
  likely: new Set(["verified", "user_managed", "extrapolated", "likely to engage", "guessed"]),
};

/** Whether a text stands for an address that is locked. */
export function isPlaceholder(email: string): boolean {
  return PLACEHOLDER.test(email.trim());
}

/** The address in lower case, if the policy takes it. */
export function acceptedEmail(
  email: string | undefined,
  status: string | undefined,
  policy: EmailPolicy,
): string | undefined {
  if (email === undefined || isPlaceholder(email) || !/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(email))
    return undefined;
  return STATUSES[policy].has(status?.toLowerCase() ?? "") ? email.toLowerCase() : undefined;
}
