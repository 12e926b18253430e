/**
 * Keeps other web sites away from the preview page: a browser on this machine would send their requests here, too.
 *
 * @module
 */

/** A request is refused. */
export interface Refused {
  readonly status: number;
  /** Sentence without a full stop. */
  readonly why: string;
}

/** Names under which a browser reaches this machine itself; others that lead here were made to (DNS rebinding). */
const LOCAL = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i;

/**
 * Finds a reason to refuse a request.
 *
 * The port of the host is not looked at: behind `ssh -L` and `kubectl port-forward` it is another, and a page that could name a local host with the wrong port
 * could name the right one.
 */
export function whyRefused({ method, headers }: Pick<Request, "method" | "headers">): Refused | undefined {
  const host = headers.get("host") ?? "";
  if (!LOCAL.test(host)) {
    return {
      status: 403,
      why: `The page is there for this machine, as localhost or 127.0.0.1, and not as ${quoted(host)}`,
    };
  }
  const origin = headers.get("origin");
  if (origin !== null && origin !== `http://${host}`) {
    return { status: 403, why: `The page answers nobody but itself, and not ${quoted(origin)}` };
  }
  const site = headers.get("sec-fetch-site") ?? "none";
  if (site !== "none" && site !== "same-origin" && headers.get("sec-fetch-mode") !== "navigate") {
    return { status: 403, why: "The page answers nobody but itself, and this is a request of another site" };
  }
  // A form of another site cannot send JSON without asking first, which is refused.
  if (method === "POST" && !/^application\/json(;|$)/i.test(headers.get("content-type") ?? "")) {
    return { status: 415, why: "What is sent must be JSON, with the content type application/json" };
  }
  return undefined;
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 100));
}

/** Headers of every answer: nothing is loaded from elsewhere, no text becomes markup or code, nobody frames the page. */
export const GUARDING_HEADERS: Readonly<Record<string, string>> = {
  "content-security-policy": [
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
  ].join("; "),
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "cache-control": "no-store",
};
