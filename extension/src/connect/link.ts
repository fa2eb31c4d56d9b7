// vscode://runglass.runglass/connect?url=…&token=…: what a link asks for. Nothing is contacted before the user agreed.
import { linkRefused, UserError } from "../errors.ts";
import { parseEndpoint, type Endpoint } from "../stream/endpoint.ts";
import { isToken } from "../stream/token.ts";

export interface ConnectLink {
  readonly endpoint: Endpoint;
  /** Undefined where the link has none; it is then asked for. */
  readonly token: string | undefined;
}

/** `query` as VS Code gives it, once decoded or not. Throws a `UserError` that never holds the token. */
export const parseConnectLink = (path: string, query: string): ConnectLink => {
  if (path !== "/connect") throw new UserError(linkRefused("it asks for something this version does not know"));
  // Neither an address nor a token has spaces; a plus sign is one, also where VS Code has decoded it already.
  const parameters = new URLSearchParams(query.replaceAll("+", "%2B"));
  const url = parameters.get("url");
  if (url === null) throw new UserError(linkRefused("it names no collector"));
  const parsed = parseEndpoint(url);
  if (!parsed.ok) throw new UserError(linkRefused(parsed.reason.replace(/\.$/, "")));
  const token = parameters.get("token");
  if (token === null || token === "") return { endpoint: parsed.endpoint, token: undefined };
  if (!isToken(token)) throw new UserError(linkRefused("its token has characters that no token has"));
  return { endpoint: parsed.endpoint, token };
};
