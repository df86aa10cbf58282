import type { Survey } from "../pull/survey.ts";
import type { Depot } from "../remote/depot.ts";
import type { Remote } from "../remote/remote.ts";
import type { PushContext } from "./context.ts";
import type { PushAction } from "./plan.ts";
import type { PushRecords } from "./records.ts";

/** One connection's work: what lies on both sides, and what is to be done. */
export interface Pass {
  context: PushContext;
  local: Remote;
  depot: Depot;
  records: PushRecords;
  survey: Survey;
  actions: PushAction[];
}
