/**
 * Access through a proxy that authenticates by itself (WATCHER_KUBE_URL), for instance `kubectl proxy`.
 *
 * @module
 */
import { type AccessSource, ConnectionError } from "./access.ts";

/**
 * Makes plain requests to a URL, whose path stays in front of every request. No service account is used.
 * @throws {ConnectionError} If it is no http or https URL, or holds more than scheme, host, port and path.
 */
export function kubeUrlAccess(kubeUrl: string): AccessSource {
  const url = parseUrl(kubeUrl.trim());
  const baseUrl = (url.origin + url.pathname).replace(/\/+$/, "");
  return {
    description: `${baseUrl} (WATCHER_KUBE_URL)`,
    baseUrl,
    read: () => Promise.resolve({ tls: { caCerts: [] } }),
  };
}

function parseUrl(text: string): URL {
  const url = URL.parse(text);
  const example = "set it to something like http://127.0.0.1:8001";
  if (url === null || url.protocol !== "http:" && url.protocol !== "https:") {
    // The value is shown without what stands before an @, which may be a password.
    throw new ConnectionError(`WATCHER_KUBE_URL is no http or https URL: ${text.replace(/^.*@/, "***@")}; ${example}`);
  }
  if (url.username !== "" || url.password !== "") {
    throw new ConnectionError(
      `WATCHER_KUBE_URL must not hold a user name or password: the proxy authenticates by itself; ${example}`,
    );
  }
  if (url.search !== "" || url.hash !== "") {
    throw new ConnectionError(`WATCHER_KUBE_URL must end with the path, without ? and #; ${example}`);
  }
  return url;
}
