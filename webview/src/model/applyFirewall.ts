// What the agent's own firewall says. What it has blocked is a row; what else it says of a connection stands with that.
import type { Firewall } from "../../../collector/protocol/events.ts";
import { endpointText, verdictNumbers } from "./applyNet.ts";
import { noteRow } from "./applyNote.ts";
import { flag, kinds, NONE } from "./rowKinds.ts";
import type { RunModel } from "./runModel.ts";
import { noteSeen } from "./seenValues.ts";

type Said = Firewall["firewall"];

/** What it is about: the URL, the names, or the address. */
const subjectOf = ({ url, names, address, port }: Said): string =>
  url ?? (names.length > 0 ? names.join(", ") : endpointText(address ?? "", port ?? 0));

const sentence = ({ verdict, reason, address, server }: Said): string => {
  if (verdict !== "redirected") return reason === undefined ? verdict : `${verdict}: ${reason}`;
  const to = server === undefined ? "" : `, to ${endpointText(server.ip, server.port ?? 0)}`;
  return `redirected${address === undefined ? "" : ` from ${address}`}${to}`;
};

/** Says it with the connection, while that is open. */
const tellFlow = (model: RunModel, event: Firewall): void => {
  const known = event.flow === undefined ? undefined : model.openFlows.get(event.flow.id);
  if (known === undefined) return;
  const row = known >> 1;
  const flow = model.rows.ref[row] ?? 0;
  if (model.hasRoom) model.flows.firewall[flow] = model.strings.intern(sentence(event.firewall));
  if (event.firewall.verdict === "blocked") {
    model.flows.verdict[flow] = verdictNumbers.blocked;
    model.setFlag(row, flag.denied, true);
  }
  model.touch(row, event);
};

export const applyFirewall = (model: RunModel, event: Firewall): void => {
  tellFlow(model, event);
  const { firewall } = event;
  if (firewall.verdict !== "blocked") return;
  model.facts.denied += 1;
  const { at, reason, rule, pid, command } = firewall;
  const why = [at, reason, rule === reason ? undefined : rule].filter((part) => part !== undefined).join(", ");
  const who = pid === undefined && command === undefined ? "" : `; by pid ${pid ?? "?"}, it says: ${command ?? ""}`;
  const label = `Blocked by the agent's firewall: ${subjectOf(firewall)}`;
  const row = noteRow(model, kinds.firewall, event, { label, detail: why + who, result: "blocked" });
  if (row === NONE) return;
  const host = firewall.names[0] ?? firewall.address ?? "";
  model.notes.host[model.rows.ref[row] ?? 0] = model.strings.intern(host);
  noteSeen(model.seen, "host", host);
  model.setFlag(row, flag.denied, true);
};
