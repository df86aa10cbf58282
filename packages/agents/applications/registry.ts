import { bamboo } from "./atlassian/bamboo/bamboo.ts";
import { bitbucket } from "./atlassian/bitbucket/bitbucket.ts";
import { confluence } from "./atlassian/confluence/confluence.ts";
import { crowd } from "./atlassian/crowd/crowd.ts";
import { fisheye } from "./atlassian/fisheye/fisheye.ts";
import { jira } from "./atlassian/jira/jira.ts";
import { generic } from "./generic.ts";
import { gitea } from "./gitea/gitea.ts";
import { gitlab } from "./gitlab/gitlab.ts";
import { grafana } from "./grafana/grafana.ts";
import { jenkins } from "./jenkins/jenkins.ts";
import { keycloak } from "./keycloak/keycloak.ts";
import { mattermost } from "./mattermost/mattermost.ts";
import { mediawiki } from "./mediawiki/mediawiki.ts";
import { nextcloud } from "./nextcloud/nextcloud.ts";
import { nexus } from "./nexus/nexus.ts";
import { redmine } from "./redmine/redmine.ts";
import { sonarqube } from "./sonarqube/sonarqube.ts";
import { teamcity } from "./teamcity/teamcity.ts";
import type { ApplicationType } from "./type.ts";
import { vaultwarden } from "./vaultwarden/vaultwarden.ts";
import { wordpress } from "./wordpress/wordpress.ts";

/** Every type of application, in the order in which they are listed. */
export const applicationTypes: readonly ApplicationType[] = [
  confluence,
  jira,
  bitbucket,
  bamboo,
  crowd,
  fisheye,
  gitea,
  gitlab,
  grafana,
  jenkins,
  keycloak,
  mattermost,
  mediawiki,
  nextcloud,
  nexus,
  redmine,
  sonarqube,
  teamcity,
  vaultwarden,
  wordpress,
  generic,
];

export function findApplicationType(name: string): ApplicationType | undefined {
  return applicationTypes.find((type) => type.name === name);
}
