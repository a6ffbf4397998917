/**
 * Plain text for Slack. Without it a model's `<!channel>` would call everybody, and `<https://…|here>` would hide where a link
 * leads.
 *
 * @see https://docs.slack.dev/messaging/formatting-message-text
 */
export function escapeSlackText(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}
