const MASK = "***";

/** The secrets that a connection string holds, as they are and as they are written there. */
function secretsOf(connectionString: string): readonly string[] {
  const inUrl = /:\/\/[^:/?#]*:([^/?#]*)@/.exec(connectionString)?.[1];
  const inParameters = [...connectionString.matchAll(/password=([^&\s]+)/gi)].map((match) => match[1]);
  return [inUrl, ...inParameters].flatMap((secret) =>
    secret === undefined || secret === "" ? [] : [secret, decodeSecret(secret)],
  );
}

function decodeSecret(secret: string): string {
  try {
    return decodeURIComponent(secret);
  } catch {
    return secret; // a stray % sign: it stands for itself
  }
}

/** Makes a function that takes connection strings and this one's password out of a text. */
export function createScrubber(connectionString: string | undefined): (text: string) => string {
  const secrets = connectionString === undefined ? [] : [connectionString, ...secretsOf(connectionString)];
  return (text) => {
    const masked = secrets.reduce((rest, secret) => rest.replaceAll(secret, MASK), text);
    return masked.replace(/:\/\/\S*@/g, `://${MASK}@`);
  };
}
