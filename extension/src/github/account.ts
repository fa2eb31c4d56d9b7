// Who we are on GitHub: a token that the user has set, else VS Code's own sign-in. Either goes to the API of the one site that the
// setting names, and nowhere else.
import { authentication, workspace, type Disposable, type SecretStorage } from "vscode";
import { gitHubUrl } from "../config.ts";
import { UserError } from "../errors.ts";
import { settings } from "../ids.ts";
import { createSignal } from "../sessions/signal.ts";
import { plainText } from "../views/plainText.ts";
import { signedOut, signInFailed, siteRefused } from "./failures.ts";
import type { GitHubClient, RateLimit } from "./gitHubClient.ts";
import { createGitHubClient } from "./octokitClient.ts";
import { parseSite, type GitHubSite } from "./site.ts";

/** Those of the GitHub Pull Requests extension, so that a sign-in for that one is one for us, and there is one thing to consent to. */
const SCOPES = ["read:user", "user:email", "repo", "workflow"];

/** A site and a token for it that a start script gave, for this window only. */
export interface GivenAccount {
  readonly url: string;
  readonly token: string;
}

export interface GitHubAccountOptions {
  readonly secrets: SecretStorage;
  /** Of the extension. */
  readonly version: string;
  readonly given: Promise<GivenAccount | undefined>;
}

const secretKey = (site: GitHubSite): string => `runglass.github.token:${site.api}`;

export class GitHubAccount implements Disposable {
  readonly #options: GitHubAccountOptions;
  readonly #changes = createSignal<void>();
  readonly #subscriptions: Disposable[];
  #given: GivenAccount | undefined;
  /** The client of the site and token that were last used; it knows what GitHub has told already. */
  #client: { readonly api: string; readonly token: string; readonly client: GitHubClient } | undefined;

  constructor(options: GitHubAccountOptions) {
    this.#options = options;
    void options.given.then((given) => {
      this.#given = given;
      if (given !== undefined) this.#changes.fire();
    });
    this.#subscriptions = [
      authentication.onDidChangeSessions(({ provider }) => {
        if (provider.id === "github" || provider.id === "github-enterprise") this.#changes.fire();
      }),
      options.secrets.onDidChange(({ key }) => {
        if (key.startsWith("runglass.github.token:")) this.#changes.fire();
      }),
      workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(settings.gitHubUrl)) this.#changes.fire();
      }),
    ];
  }

  /** Throws a `UserError` where the setting can't be used. */
  get site(): GitHubSite {
    const parsed = parseSite(this.#given?.url ?? gitHubUrl());
    if (!parsed.ok) throw new UserError(siteRefused(parsed.reason));
    return parsed.site;
  }

  /** How much may still be asked, as GitHub last told who is signed in. */
  get rateLimit(): RateLimit | undefined {
    return this.#client?.client.rateLimit;
  }

  /** Called when there may be another account, or another site. */
  onChange(listener: () => void): () => void {
    return this.#changes.listen(listener);
  }

  /** A client for who is signed in already. Throws a `UserError` where nobody is; nothing is asked of the user. */
  async client(): Promise<GitHubClient> {
    await this.#options.given;
    const { site } = this;
    const token = await this.#token(site);
    if (token === undefined) throw new UserError(signedOut(site.web));
    const known = this.#client;
    if (known?.api === site.api && known.token === token) return known.client;
    const client = this.#clientFor(site, token);
    this.#client = { api: site.api, token, client };
    return client;
  }

  /** Asks the user to sign in by VS Code's provider; `anew` where the sign-in that is there is refused. Throws a `UserError` where it was not done. */
  async signIn(anew: boolean): Promise<void> {
    const { site } = this;
    if (!this.#providerIsFor(site)) throw new UserError(siteRefused(`VS Code's sign-in is not for ${site.web}.`));
    try {
      await authentication.getSession(site.provider, SCOPES, anew ? { forceNewSession: true } : { createIfNone: true });
    } catch (error) {
      const detail = plainText(error instanceof Error ? error.message : String(error), 200).replace(/\.$/, "");
      throw new UserError(signInFailed(site.web, detail));
    }
    this.#changes.fire();
  }

  /** Whether VS Code's own sign-in can be for this site. */
  get canSignIn(): boolean {
    return this.#providerIsFor(this.site);
  }

  /** Asks GitHub whose token it is. Throws a `UserError` where it is refused. */
  tryToken(token: string): Promise<string> {
    return this.#clientFor(this.site, token).viewer();
  }

  /** Keeps a token of the user's own for the site, in place of VS Code's sign-in. */
  async setToken(token: string): Promise<void> {
    await this.#options.secrets.store(secretKey(this.site), token);
  }

  async removeToken(): Promise<void> {
    await this.#options.secrets.delete(secretKey(this.site));
  }

  async hasToken(): Promise<boolean> {
    return (await this.#options.secrets.get(secretKey(this.site))) !== undefined;
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  async #token(site: GitHubSite): Promise<string | undefined> {
    if (this.#given !== undefined) return this.#given.token;
    const own = await this.#options.secrets.get(secretKey(site));
    if (own !== undefined) return own;
    if (!this.#providerIsFor(site)) return undefined;
    try {
      return (await authentication.getSession(site.provider, SCOPES, { silent: true }))?.accessToken;
    } catch {
      // No provider of that name is there.
      return undefined;
    }
  }

  /** The provider for enterprises is for the one that its own setting names. */
  #providerIsFor(site: GitHubSite): boolean {
    if (site.provider === "github") return true;
    const uri = workspace.getConfiguration().get<unknown>("github-enterprise.uri");
    return typeof uri === "string" && URL.canParse(uri) && new URL(uri).origin === site.web;
  }

  #clientFor(site: GitHubSite, token: string): GitHubClient {
    return createGitHubClient({ site, token, userAgent: `runglass/${this.#options.version}` });
  }
}
