import type { OpenApi } from "./document.ts";
import { docsPage } from "./page.ts";
import { STYLE } from "./style.ts";

/** The page, and a policy that lets it do nothing but be shown in its own style. */
export async function docsResponse(
  document: Readonly<Record<string, unknown>>,
  origin: string,
): Promise<Response> {
  const page = await docsPage(document as unknown as OpenApi, origin);
  const policy = [
    "default-src 'none'",
    `style-src 'sha256-${await sha256(STYLE)}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  return new Response(String(page), {
    headers: { "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": policy.join("; ") },
  });
}

async function sha256(text: string): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return btoa(String.fromCharCode(...hash));
}
