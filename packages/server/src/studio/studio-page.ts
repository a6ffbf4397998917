/** Nothing from elsewhere, nothing inline, in nobody's frame; texts never become markup, whatever a script tries. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

/** What the page and its files are sent with. */
export const STUDIO_HEADERS: Readonly<Record<string, string>> = {
  "content-security-policy": POLICY,
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=()",
};

/**
 * The page, which holds no data.
 *
 * @param prefix - Where the server's routes are: a checked path without a slash at its end.
 */
export function studioPage(prefix: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex, nofollow">
<title>Studio</title>
<link rel="icon" type="image/svg+xml" href="${prefix}/studio/icon.svg">
<link rel="stylesheet" href="${prefix}/studio/studio.css">
<script type="module" src="${prefix}/studio/studio.js"></script>
</head>
<body>
<noscript><p>Studio needs JavaScript.</p></noscript>
<div id="studio"></div>
</body>
</html>
`;
}

export const STUDIO_ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="4" fill="#2f5d8c"/><path d="M4 11V8m4 3V5m4 6V7" stroke="#fff" stroke-width="2" stroke-linecap="round"/></svg>
`;
