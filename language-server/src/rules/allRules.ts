// All rules, in the order of the documentation.
import type { Rule } from "./rule.ts";
import { cidr } from "./endpoint/cidr.ts";
import { commaSeparated } from "./endpoint/commaSeparated.ts";
import { commentInList } from "./endpoint/commentInList.ts";
import { coveredByWildcard } from "./endpoint/coveredByWildcard.ts";
import { duplicate as endpointDuplicate } from "./endpoint/duplicate.ts";
import { exfilProne } from "./endpoint/exfilProne.ts";
import { implicit } from "./endpoint/implicit.ts";
import { invalidPort } from "./endpoint/invalidPort.ts";
import { ipAddress } from "./endpoint/ipAddress.ts";
import { knownNoise } from "./endpoint/knownNoise.ts";
import { missingPort } from "./endpoint/missingPort.ts";
import { newlineSeparated } from "./endpoint/newlineSeparated.ts";
import { notAHostname } from "./endpoint/notAHostname.ts";
import { plaintextHttp } from "./endpoint/plaintextHttp.ts";
import { schemeOrPath } from "./endpoint/schemeOrPath.ts";
import { udpOnlyPort } from "./endpoint/udpOnlyPort.ts";
import { unresolvableSuffix } from "./endpoint/unresolvableSuffix.ts";
import { unsorted } from "./endpoint/unsorted.ts";
import { uppercase } from "./endpoint/uppercase.ts";
import { wildcardMissesApex } from "./endpoint/wildcardMissesApex.ts";
import { wildcardPortConflict } from "./endpoint/wildcardPortConflict.ts";
import { wildcardPublicSuffix } from "./endpoint/wildcardPublicSuffix.ts";
import { wildcardTooBroad } from "./endpoint/wildcardTooBroad.ts";
import { auditTodo as policyAuditTodo } from "./policy/auditTodo.ts";
import { auditWithList as policyAuditWithList } from "./policy/auditWithList.ts";
import { blockEmptyList as policyBlockEmptyList } from "./policy/blockEmptyList.ts";
import { booleanInput as policyBooleanInput } from "./policy/booleanInput.ts";
import { containersDisabledButUsed as policyContainersDisabledButUsed } from "./policy/containersDisabledButUsed.ts";
import { deprecatedDisableSudo as policyDeprecatedDisableSudo } from "./policy/deprecatedDisableSudo.ts";
import { implicitBlock as policyImplicitBlock } from "./policy/implicitBlock.ts";
import { invalidValue as policyInvalidValue } from "./policy/invalidValue.ts";
import { lateExpression as policyLateExpression } from "./policy/lateExpression.ts";
import { storeConflict as policyStoreConflict } from "./policy/storeConflict.ts";
import { storeNeedsApiKey as policyStoreNeedsApiKey } from "./policy/storeNeedsApiKey.ts";
import { storeNeedsIdToken as policyStoreNeedsIdToken } from "./policy/storeNeedsIdToken.ts";
import { sudoDisabledButUsed as policySudoDisabledButUsed } from "./policy/sudoDisabledButUsed.ts";
import { telemetryInAudit as policyTelemetryInAudit } from "./policy/telemetryInAudit.ts";
import { unknownInput as policyUnknownInput } from "./policy/unknownInput.ts";
import { unresolvedExpression as policyUnresolvedExpression } from "./policy/unresolvedExpression.ts";
import { wrongNodeType as policyWrongNodeType } from "./policy/wrongNodeType.ts";
import { conditional as stepConditional } from "./step/conditional.ts";
import { containerJob as stepContainerJob } from "./step/containerJob.ts";
import { duplicate as stepDuplicate } from "./step/duplicate.ts";
import { localComposite as stepLocalComposite } from "./step/localComposite.ts";
import { missing as stepMissing } from "./step/missing.ts";
import { notFirst as stepNotFirst } from "./step/notFirst.ts";
import { outdated as stepOutdated } from "./step/outdated.ts";
import { unpinnedRef as stepUnpinnedRef } from "./step/unpinnedRef.ts";
import { unsupportedRunner as stepUnsupportedRunner } from "./step/unsupportedRunner.ts";
import { blockedCall as observedBlockedCall } from "./observed/blockedCall.ts";
import { missingEndpoint as observedMissingEndpoint } from "./observed/missingEndpoint.ts";
import { readyToBlock as observedReadyToBlock } from "./observed/readyToBlock.ts";
import { unusedEndpoint as observedUnusedEndpoint } from "./observed/unusedEndpoint.ts";
import { wildcardSuggest as observedWildcardSuggest } from "./observed/wildcardSuggest.ts";
import { agentHostsBlocked as copilotAgentHostsBlocked } from "./copilot/agentHostsBlocked.ts";
import { broadPermissions as copilotBroadPermissions } from "./copilot/broadPermissions.ts";
import { fetchDepthIgnored as copilotFetchDepthIgnored } from "./copilot/fetchDepthIgnored.ts";
import { firewallEnv as copilotFirewallEnv } from "./copilot/firewallEnv.ts";
import { ignoredKey as copilotIgnoredKey } from "./copilot/ignoredKey.ts";
import { jobName as copilotJobName } from "./copilot/jobName.ts";
import { missingValidationTriggers as copilotMissingValidationTriggers } from "./copilot/missingValidationTriggers.ts";
import { noEgressMonitor as copilotNoEgressMonitor } from "./copilot/noEgressMonitor.ts";
import { notDefaultBranch as copilotNotDefaultBranch } from "./copilot/notDefaultBranch.ts";
import { singleJob as copilotSingleJob } from "./copilot/singleJob.ts";
import { timeoutMax as copilotTimeoutMax } from "./copilot/timeoutMax.ts";
import { unsupportedRunner as copilotUnsupportedRunner } from "./copilot/unsupportedRunner.ts";
import { wrongPath as copilotWrongPath } from "./copilot/wrongPath.ts";
import { badEntry as runglassBadEntry } from "./runglass/badEntry.ts";
import { blockEmptyList as runglassBlockEmptyList } from "./runglass/blockEmptyList.ts";
import { invalidValue as runglassInvalidValue } from "./runglass/invalidValue.ts";
import { lateExpression as runglassLateExpression } from "./runglass/lateExpression.ts";
import { notFirst as runglassNotFirst } from "./runglass/notFirst.ts";
import { publicListen as runglassPublicListen } from "./runglass/publicListen.ts";
import { swallowedEntries as runglassSwallowedEntries } from "./runglass/swallowedEntries.ts";
import { unenforceableAudit as runglassUnenforceableAudit } from "./runglass/unenforceableAudit.ts";
import { unexpandedExpression as runglassUnexpandedExpression } from "./runglass/unexpandedExpression.ts";
import { unknownInput as runglassUnknownInput } from "./runglass/unknownInput.ts";
import { unpinnedRef as runglassUnpinnedRef } from "./runglass/unpinnedRef.ts";
import { unsupportedJob as runglassUnsupportedJob } from "./runglass/unsupportedJob.ts";
import { wrongNodeType as runglassWrongNodeType } from "./runglass/wrongNodeType.ts";

export const RULES: readonly Rule[] = [
  cidr,
  commaSeparated,
  commentInList,
  coveredByWildcard,
  endpointDuplicate,
  exfilProne,
  implicit,
  invalidPort,
  ipAddress,
  knownNoise,
  missingPort,
  newlineSeparated,
  notAHostname,
  plaintextHttp,
  schemeOrPath,
  udpOnlyPort,
  unresolvableSuffix,
  unsorted,
  uppercase,
  wildcardMissesApex,
  wildcardPortConflict,
  wildcardPublicSuffix,
  wildcardTooBroad,
  policyAuditTodo,
  policyAuditWithList,
  policyBlockEmptyList,
  policyBooleanInput,
  policyContainersDisabledButUsed,
  policyDeprecatedDisableSudo,
  policyImplicitBlock,
  policyInvalidValue,
  policyLateExpression,
  policyStoreConflict,
  policyStoreNeedsApiKey,
  policyStoreNeedsIdToken,
  policySudoDisabledButUsed,
  policyTelemetryInAudit,
  policyUnknownInput,
  policyUnresolvedExpression,
  policyWrongNodeType,
  stepConditional,
  stepContainerJob,
  stepDuplicate,
  stepLocalComposite,
  stepMissing,
  stepNotFirst,
  stepOutdated,
  stepUnpinnedRef,
  stepUnsupportedRunner,
  runglassBadEntry,
  runglassBlockEmptyList,
  runglassInvalidValue,
  runglassLateExpression,
  runglassNotFirst,
  runglassPublicListen,
  runglassSwallowedEntries,
  runglassUnenforceableAudit,
  runglassUnexpandedExpression,
  runglassUnknownInput,
  runglassUnpinnedRef,
  runglassUnsupportedJob,
  runglassWrongNodeType,
  observedBlockedCall,
  observedMissingEndpoint,
  observedReadyToBlock,
  observedUnusedEndpoint,
  observedWildcardSuggest,
  copilotAgentHostsBlocked,
  copilotBroadPermissions,
  copilotFetchDepthIgnored,
  copilotFirewallEnv,
  copilotIgnoredKey,
  copilotJobName,
  copilotMissingValidationTriggers,
  copilotNoEgressMonitor,
  copilotNotDefaultBranch,
  copilotSingleJob,
  copilotTimeoutMax,
  copilotUnsupportedRunner,
  copilotWrongPath,
];
