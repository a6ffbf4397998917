export type { BrowserPage, BrowserSession, BrowserSessions } from "./browser-sessions.js";
export { type BrowserbaseAuth, type BrowserbaseOptions, browserbase } from "./browserbase.js";
export type { SocketLike } from "./devtools-connection.js";
export { type Linkedin, type LinkedinAuth, type LinkedinOptions, linkedin } from "./linkedin.js";
export { type LinkedinPagesOptions, linkedinPages } from "./linkedin-pages.js";
export { type ProfilePage, parseProfilePage } from "./parse-profile-page.js";
export { recordedBrowser } from "./recorded-browser.js";
