import { bamboo } from "./atlassian/bamboo/bamboo.ts";
import { bitbucket } from "./atlassian/bitbucket/bitbucket.ts";
import { confluence } from "./atlassian/confluence/confluence.ts";
import { crowd } from "./atlassian/crowd/crowd.ts";
import { fisheye } from "./atlassian/fisheye/fisheye.ts";
import { jira } from "./atlassian/jira/jira.ts";
import { generic } from "./generic.ts";
import { gitea } from "./gitea/gitea.ts";
import { keycloak } from "./keycloak/keycloak.ts";
import { sonarqube } from "./sonarqube/sonarqube.ts";
import { teamcity } from "./teamcity/teamcity.ts";
import type { ApplicationType } from "./type.ts";

/** Every type of application, in the order in which they are listed. */
export const applicationTypes: readonly ApplicationType[] = [
  confluence,
  jira,
  bitbucket,
  bamboo,
  crowd,
  fisheye,
  gitea,
  keycloak,
  sonarqube,
  teamcity,
  generic,
];

export function findApplicationType(name: string): ApplicationType | undefined {
  return applicationTypes.find((type) => type.name === name);
}
