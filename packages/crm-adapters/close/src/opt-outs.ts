import { urlPath } from "@salesagent/core/http";
import type { CrmCallOptions } from "@salesagent/ports";
import type { CloseApi } from "./close-api.js";

/** Addresses that want no mail: Close keeps them beside its contacts, and shows them as unsubscribed on every contact. */
export class CloseOptOuts {
  readonly #api: CloseApi;

  constructor(api: CloseApi) {
    this.#api = api;
  }

  /** Once more is the same. */
  async add(email: string, call?: CrmCallOptions): Promise<void> {
    await this.#api.create("/unsubscribe/email/", { email }, call);
  }

  /** Only with the person's own word. One that isn't there is well. */
  async remove(email: string, call?: CrmCallOptions): Promise<void> {
    await this.#api.remove(urlPath`/unsubscribe/email/${email}/`, call);
  }
}
