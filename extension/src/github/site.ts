// Which GitHub is talked to: github.com, a company's on ghe.com, or a server of its own. The token goes to its API and nowhere else.
import { isLoopback } from "../stream/endpoint.ts";

export interface GitHubSite {
  /** Scheme, host and port of the pages. */
  readonly web: string;
  /** Where the REST API begins, without a slash at the end. */
  readonly api: string;
  /** VS Code's provider of sign-ins for it. */
  readonly provider: "github" | "github-enterprise";
}

export type ParsedSite =
  { readonly ok: true; readonly site: GitHubSite } | { readonly ok: false; readonly reason: string };

const refuse = (reason: string): ParsedSite => ({ ok: false, reason });

export const dotCom: GitHubSite = { web: "https://github.com", api: "https://api.github.com", provider: "github" };

/** Checks the address that the user has set; `reason` is a whole sentence. */
export const parseSite = (text: string): ParsedSite => {
  const trimmed = text.trim();
  if (trimmed === "") return { ok: true, site: dotCom };
  let url: URL;
  try {
    url = new URL(/^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed) ? trimmed : `https://${trimmed}`);
  } catch {
    return refuse("This is not an address of the form https://HOST.");
  }
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopback(url.hostname))) {
    return refuse("GitHub is talked to over https only.");
  }
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
    return refuse("The address must hold nothing but scheme and host.");
  }
  if (!/^(?:\/api\/v3)?\/?$/.test(url.pathname)) return refuse("The address must end behind the host.");
  const host = url.host.replace(/^(?:api|www)\.(?=(?:[^.]+\.)?(?:github\.com|ghe\.com)$)/, "");
  if (host === "github.com") return { ok: true, site: dotCom };
  const web = `${url.protocol}//${host}`;
  const api = /^[^.]+\.ghe\.com$/.test(host) ? `https://api.${host}` : `${web}/api/v3`;
  return { ok: true, site: { web, api, provider: "github-enterprise" } };
};
