/**
 * What the API server says when it refuses a request.
 *
 * @module
 */

/** Longest wait that a server may ask for, in milliseconds. */
const MAX_RETRY_AFTER_MS = 300_000;

/** Says that the API server answered a request with an HTTP status that is no success. */
export class ApiStatusError extends Error {
  override readonly name = "ApiStatusError";
  readonly status: number;
  /** Milliseconds that the server asks to wait (header Retry-After), 0 where it asks for none. */
  readonly retryAfterMs: number;

  constructor(action: string, options: { status: number; said: string; retryAfterMs?: number }) {
    super(
      `Cannot ${action}: the API server answered ${options.status}${options.said && `: ${options.said}`}${
        hint(options.status)
      }`,
    );
    this.status = options.status;
    this.retryAfterMs = options.retryAfterMs ?? 0;
  }
}

/** Options of {@linkcode refuseUnlessOk}. */
export interface RefuseOptions {
  /** What was asked for, e.g. `list pods`. */
  readonly action: string;
  /** Milliseconds since 1970, for a Retry-After that is a date. */
  readonly now: number;
}

/**
 * Throws if the response is no success; its body is used up then.
 * @throws {ApiStatusError}
 */
export async function refuseUnlessOk(response: Response, { action, now }: RefuseOptions): Promise<void> {
  if (response.ok) return;
  const { status } = response;
  const retryAfterMs = retryAfter(response.headers.get("retry-after"), now);
  throw new ApiStatusError(action, { status, said: await readMessage(response), retryAfterMs });
}

/** Reads Retry-After, seconds or an HTTP date (RFC 9110, section 10.2.3), as milliseconds from 0 to 5 minutes. */
export function retryAfter(header: string | null, now: number): number {
  if (header === null) return 0;
  const waitMs = /^\s*\d+\s*$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isFinite(waitMs) ? Math.min(Math.max(waitMs, 0), MAX_RETRY_AFTER_MS) : 0;
}

async function readMessage(response: Response): Promise<string> {
  // A refusal whose explanation is cut is a refusal still.
  const text = await readStart(response, 16_384).catch(() => "");
  try {
    return String((JSON.parse(text) as { message?: unknown }).message ?? "").slice(0, 500);
  } catch {
    return text.trim().replaceAll(/\s+/g, " ").slice(0, 200);
  }
}

/** Reads at most about `maxBytes` of the body and cancels the rest. */
async function readStart(response: Response, maxBytes: number): Promise<string> {
  if (response.body === null) return "";
  const decoder = new TextDecoder();
  let text = "";
  let length = 0;
  for await (const chunk of response.body) {
    text += decoder.decode(chunk, { stream: true });
    length += chunk.length;
    if (length >= maxBytes) break;
  }
  return text;
}

function hint(status: number): string {
  if (status === 401) return "; the token or client certificate is not valid (any more)";
  if (status >= 300 && status < 400) return "; a redirect is not followed, set WATCHER_KUBE_URL to the API itself";
  return "";
}
