import type { Profile, ProfileReader } from "../ports/profile-reader.js";

/** Profiles in memory by their addresses, for tests and rehearsals. */
export function memoryProfileReader(profiles: Readonly<Record<string, Profile>>): ProfileReader {
  return {
    port: "profile-reader/1",
    provider: "memory",
    read: async (url, { signal }) => {
      signal?.throwIfAborted();
      return Object.hasOwn(profiles, url) ? profiles[url] : undefined;
    },
  };
}
