import type { ApplicationSubject, Check, HostSubject } from "./check.ts";
import { archivesCheck } from "./checks/archives.ts";
import { clockCheck } from "./checks/clock.ts";
import { configurationCheck } from "./checks/configuration.ts";
import { databasesCheck } from "./checks/databases.ts";
import { drillLeftoversCheck } from "./checks/drill-leftovers.ts";
import { filesCheck } from "./checks/files.ts";
import { hooksCheck } from "./checks/hooks.ts";
import { lastRunCheck } from "./checks/last-run.ts";
import { scheduleCheck } from "./checks/schedule.ts";
import { spaceCheck } from "./checks/space.ts";
import { stateDirectoryCheck } from "./checks/state-directory.ts";
import { timeZoneCheck } from "./checks/time-zone.ts";
import { unfinishedRestoreCheck } from "./checks/unfinished-restore.ts";
import { versionCheck } from "./checks/version.ts";
import { workDirectoryCheck } from "./checks/work-directory.ts";

/** What is asked of the host, in the order of the report. */
export const hostChecks: readonly Check<HostSubject>[] = [
  configurationCheck,
  workDirectoryCheck,
  stateDirectoryCheck,
  clockCheck,
  timeZoneCheck,
  drillLeftoversCheck,
];

/** What is asked of each application that was located, in the order of the report. */
export const applicationChecks: readonly Check<ApplicationSubject>[] = [
  versionCheck,
  databasesCheck,
  filesCheck,
  hooksCheck,
  spaceCheck,
  archivesCheck,
  lastRunCheck,
  unfinishedRestoreCheck,
  scheduleCheck,
];
