// One decoded event into the model. Order, repeats and gaps are looked after here; what an event means, in the files
// beside.
import { type Decoded, decodeLine, isKnownEvent } from "../../../collector/protocol/decode.ts";
import type { RunEvent, UnknownEvent } from "../../../collector/protocol/events.ts";
import { applyFile } from "./applyFile.ts";
import { applyFirewall } from "./applyFirewall.ts";
import { applyClose, applyConnect } from "./applyNet.ts";
import {
  applyDns,
  applyEnforcement,
  applyFinding,
  applyLoss,
  applyOther,
  applyRequest,
  applyResponse,
} from "./applyNote.ts";
import { applyExec, applyExit, noteDetached } from "./applyProcess.ts";
import { applyStepEnd, applyStepStart, applyToolEnd, applyToolStart } from "./applyStep.ts";
import { noteOnTimeline } from "./applyTimeline.ts";
import { countIn, noteCoverage } from "./runFacts.ts";
import type { RunModel } from "./runModel.ts";

const assertNever = (event: never): void => void event;

const applyKnown = (model: RunModel, event: RunEvent): void => {
  if (event.detached === true) noteDetached(model, event);
  switch (event.type) {
    case "process.exec":
      return applyExec(model, event);
    case "process.exit":
      return applyExit(model, event);
    case "net.connect":
      return applyConnect(model, event);
    case "net.close":
      return applyClose(model, event);
    case "file.write":
    case "file.read":
      return applyFile(model, event);
    case "dns.query":
      return applyDns(model, event);
    case "http.request":
      return applyRequest(model, event);
    case "http.response":
      return applyResponse(model, event);
    case "loss":
      return applyLoss(model, event);
    case "firewall":
      return applyFirewall(model, event);
    case "finding":
      return applyFinding(model, event);
    case "step.start":
      return applyStepStart(model, event);
    case "step.end":
      return applyStepEnd(model, event);
    case "tool.start":
      return applyToolStart(model, event);
    case "tool.end":
      return applyToolEnd(model, event);
    case "enforcement":
      return applyEnforcement(model, event);
    case "run.start":
      model.facts.start = event;
      return undefined;
    case "coverage":
      return noteCoverage(model.facts, {
        hook: event.hook,
        target: event.target ?? "",
        state: event.state,
        reason: event.reason ?? "",
      });
    case "run.end":
      model.facts.ended = true;
      model.facts.lost = Math.max(model.facts.lost, event.lost);
      return undefined;
    case "seal":
      return undefined;
    default:
      return assertNever(event);
  }
};

/** Takes one event. A repeat of what was taken is ignored; a gap is counted. */
export const applyEvent = (model: RunModel, event: RunEvent | UnknownEvent): void => {
  const facts = model.facts;
  if (event.seq <= facts.lastSeq) {
    facts.repeated += 1;
    return;
  }
  const missing = facts.lastSeq !== 0 || event.seq === 1 ? event.seq - facts.lastSeq - 1 : 0;
  facts.missing += missing;
  facts.lastSeq = event.seq;
  facts.events += 1;
  if (facts.firstTime === 0) facts.firstTime = event.t;
  if (event.t > facts.lastTime) facts.lastTime = event.t;
  model.version += 1;
  noteOnTimeline(model.bins, event, missing);
  if (isKnownEvent(event)) {
    countIn(facts.byType, event.type, 1);
    const { denied } = facts;
    applyKnown(model, event);
    if (facts.denied > denied) model.bins.mark("denied", event.t, facts.denied - denied);
  } else {
    countIn(facts.byType, event.type, 1);
    countIn(facts.unknownTypes, event.type, 1);
    applyOther(model, event);
  }
};

const applyDecoded = (model: RunModel, decoded: Decoded): void => {
  if (decoded.ok) {
    applyEvent(model, decoded.event);
    return;
  }
  const facts = model.facts;
  facts.badLines += 1;
  model.version += 1;
  facts.firstBadLine ??= { line: facts.events + facts.badLines + facts.repeated, reason: decoded.reason };
};

/** A line longer than this is not looked into: it would hold the page up, and no event needs it. */
export const MAX_LINE = 1 << 20;

/** Takes one line of the log; an unreadable one becomes part of a notice. */
export const applyLine = (model: RunModel, line: string): void => {
  if (line.trim() === "") return;
  if (line.length > MAX_LINE) applyDecoded(model, { ok: false, reason: "the line is longer than 1 MiB" });
  else applyDecoded(model, decodeLine(line));
};
