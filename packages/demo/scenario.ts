/** One application with everything around it that the demo needs: files, database, and an SSH server that leads to its host. */
export interface Scenario {
  /** The application's name: `backup-agent <application>`. */
  application: string;
  /** What stands there, for people: one line each. */
  description: readonly string[];
  /** The text of agent.yaml. */
  agentConfiguration: string;
  /** How the backup host reaches the application host, in the keys of archiver.yaml. */
  remote: {
    address: string;
    port: number;
    user: string;
    identityFile: string;
    knownHostsFile: string;
    path: string;
  };
  stop(): Promise<void>;
}

export interface Places {
  /** Where the application stands. */
  applicationHost: string;
  /** The agent's work directory. */
  workDirectory: string;
}
