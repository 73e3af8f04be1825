/** A site's name as the API knows it; safe inside a path, a key and a URL. */
export type SiteName = string & { readonly __brand: "SiteName" };

// No dot and no slash: a name can't leave the key space it is put into.
const SITE_NAME = /^[A-Za-z0-9_-]{1,100}$/;

export function parseSiteName(text: string): SiteName | undefined {
  return SITE_NAME.test(text) ? (text as SiteName) : undefined;
}
