import type { Rule } from "../rule.ts";
import { eachSoundEntry } from "./support.ts";
import { wildcardParent } from "../../model/entrySyntax.ts";

/** Where anybody can put text, or have it delivered to them. Each with all that is below it. */
const PLACES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    "gist.github.com": "anybody's notes",
    "gist.githubusercontent.com": "anybody's notes",
    "pastebin.com": "anybody's notes",
    "paste.rs": "anybody's notes",
    "hastebin.com": "anybody's notes",
    "dpaste.org": "anybody's notes",
    "ix.io": "anybody's notes",
    "termbin.com": "anybody's notes",
    "paste.ee": "anybody's notes",
    "dpaste.com": "anybody's notes",
    "rentry.co": "anybody's notes",
    "ghostbin.com": "anybody's notes",
    "privatebin.net": "anybody's notes",
    "sprunge.us": "anybody's notes",
    "paste.debian.net": "anybody's notes",
    "0x0.st": "anybody's files",
    "transfer.sh": "anybody's files",
    "file.io": "anybody's files",
    "catbox.moe": "anybody's files",
    "gofile.io": "anybody's files",
    "temp.sh": "anybody's files",
    "bashupload.com": "anybody's files",
    "filebin.net": "anybody's files",
    "webhook.site": "requests on show",
    "requestbin.com": "requests on show",
    "pipedream.net": "requests on show",
    "requestcatcher.com": "requests on show",
    "beeceptor.com": "requests on show",
    "interact.sh": "requests on show",
    "oast.fun": "requests on show",
    "oast.pro": "requests on show",
    "oast.me": "requests on show",
    "oast.live": "requests on show",
    "oast.site": "requests on show",
    "oast.online": "requests on show",
    "oastify.com": "requests on show",
    "burpcollaborator.net": "requests on show",
    "interactsh.com": "requests on show",
    "requestbin.net": "requests on show",
    "hookbin.com": "requests on show",
    "ngrok.io": "a tunnel to anywhere",
    "ngrok.app": "a tunnel to anywhere",
    "ngrok-free.app": "a tunnel to anywhere",
    "trycloudflare.com": "a tunnel to anywhere",
    "loca.lt": "a tunnel to anywhere",
    "serveo.net": "a tunnel to anywhere",
    "ngrok.dev": "a tunnel to anywhere",
    "ngrok-free.dev": "a tunnel to anywhere",
    "localtunnel.me": "a tunnel to anywhere",
    "localhost.run": "a tunnel to anywhere",
    "devtunnels.ms": "a tunnel to anywhere",
    "hooks.slack.com": "messages to anybody's channel",
    "discord.com": "messages to anybody's channel",
    "discordapp.com": "messages to anybody's channel",
    "api.telegram.org": "messages to anybody's channel",
    "webhook.office.com": "messages to anybody's channel",
    "hooks.zapier.com": "messages to anybody's channel",
    "maker.ifttt.com": "messages to anybody's channel",
    "sentry.io": "telemetry of anybody's",
    "segment.io": "telemetry of anybody's",
    "mixpanel.com": "telemetry of anybody's",
    "datadoghq.com": "telemetry of anybody's",
    "datadoghq.eu": "telemetry of anybody's",
    "segment.com": "telemetry of anybody's",
    "amplitude.com": "telemetry of anybody's",
    "posthog.com": "telemetry of anybody's",
  }),
);

const LONGEST_PLACE = Math.max(...[...PLACES.keys()].map((place) => place.length));

const placeOf = (host: string): string | undefined => {
  const whole = wildcardParent(host) ?? host.toLowerCase();
  const name = whole.length > LONGEST_PLACE ? whole.slice(-LONGEST_PLACE - 1) : whole;
  // A name that was cut begins within a label, or with its dot.
  for (let at = name === whole ? 0 : name.indexOf(".") + 1 || -1; at >= 0; at = name.indexOf(".", at) + 1 || -1) {
    const found = PLACES.get(name.slice(at));
    if (found !== undefined) return found;
  }
  return undefined;
};

export const exfilProne: Rule = {
  id: "endpoint/exfil-prone",
  severity: "warning",
  title: "Anybody can receive what is sent to this host",
  why: "A policy that allows a paste site, a webhook, a tunnel or somebody's telemetry lets a stolen secret leave by it. Where it is needed, say so: `# runglass: ignore[endpoint/exfil-prone] why`.",
  fix: "None but a suppression: whether the job needs the host, only its author knows.",
  wrong: "hooks.slack.com:443",
  right: "hooks.slack.com:443 # runglass: ignore[…] in the line of the key, with the reason",
  check: eachSoundEntry((entry, _, { policies }) => {
    const place = placeOf(entry.host);
    if (place === undefined || !policies.some(({ mode }) => mode === "block")) return undefined;
    return { message: `${place}: what is sent there can reach anybody` };
  }),
};
