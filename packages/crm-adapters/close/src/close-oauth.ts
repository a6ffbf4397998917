/**
 * Where an app of Close's gets its tokens; to be spread into `createTokenSource`. A refresh token is good for one refresh: keep the
 * new pair before it's used, which `createTokenSource` does.
 *
 * @see https://developer.close.com/topics/authentication-oauth2/
 */
export const CLOSE_OAUTH = Object.freeze({
  platform: "close",
  tokenUrl: "https://api.close.com/oauth2/token/",
  /** Where a user consents; takes `client_id`, `response_type=code`, `redirect_uri` and `state`. */
  authorizeUrl: "https://app.close.com/oauth2/authorize/",
});
