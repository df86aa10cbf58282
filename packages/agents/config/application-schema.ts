import { compilePatterns } from "@catapullt/core/archive/glob";
import {
  absolutePathSchema,
  durationSchema,
  hostSchema,
  portSchema,
  secretSchema,
} from "@catapullt/core/config/schema";
import { OperationError } from "@catapullt/core/errors";
import { versionSourceSchema } from "@catapullt/core/version/source";
import { z } from "zod";
import { containerRuntimes, engineNames, skippableKinds, tlsModes } from "../databases/engine.ts";

const databaseShape = {
  engine: z.enum(engineNames).optional().meta({ description: "The kind of database server" }),
  name: z.string().min(1).optional().meta({ description: "The database's (schema's) name" }),
  host: hostSchema.optional().meta({ description: "Where the server listens; always reached over TCP" }),
  port: portSchema.optional().meta({ description: "The server's port. Default: the engine's own" }),
  socket: absolutePathSchema.optional().meta({ description: "The server's unix socket, instead of host and port" }),
  user: z.string().min(1).optional().meta({ description: "The user that makes the dump" }),
  password: secretSchema().optional().meta({ description: "That user's password" }),
  file: absolutePathSchema.optional().meta({ description: "The database file, for sqlite only" }),
  skip: z
    .array(z.enum(skippableKinds))
    .default([])
    .meta({ description: "Kinds of objects to leave out on purpose, for users that may not read them" }),
  tls: z
    .strictObject({
      mode: z.enum(tlsModes).meta({ description: "How much of the server's certificate is checked" }),
      caFile: absolutePathSchema.optional().meta({ description: "The authorities to trust, PEM" }),
    })
    .optional()
    .meta({ description: "Encryption of the connection. Default: what the client does by itself" }),
  container: z
    .string()
    .regex(/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/, "expected a container's name or id: letters, digits, _ . and -")
    .optional()
    .meta({
      description:
        "The container in which the server runs; its own client programs are used, and host, port and socket are as seen there",
    }),
  containerRuntime: z
    .enum(containerRuntimes)
    .optional()
    .meta({ description: "By what the container is entered. Default: docker, or podman where only that is on PATH" }),
};

type DatabaseInput = z.infer<z.ZodObject<typeof databaseShape>>;

function refuseContradictions(database: DatabaseInput, context: z.RefinementCtx): void {
  const refuse = (key: keyof DatabaseInput, message: string) =>
    context.addIssue({ code: "custom", path: [key], message });
  if (database.socket !== undefined && database.host !== undefined) refuse("socket", "give host or socket, not both");
  if (database.file !== undefined && database.engine !== undefined && database.engine !== "sqlite")
    refuse("file", `only sqlite has a file; ${database.engine} takes host or socket, and name`);
  for (const key of ["host", "port", "socket", "user", "password", "tls", "container"] as const) {
    if (database.engine === "sqlite" && database[key] !== undefined) refuse(key, "sqlite takes `file` only");
  }
  if (database.file !== undefined && database.container !== undefined)
    refuse("container", "a database file is read on this host: give the path that it has here, without `container`");
  if (database.containerRuntime !== undefined && database.container === undefined)
    refuse("containerRuntime", "has no meaning without `container`");
}

/** What the configuration says of an application's own database; each key overrides what was found. */
const databaseSchema = z.strictObject(databaseShape).superRefine(refuseContradictions).meta({
  description: "The application's database; every key that is absent is found in the application's own configuration",
});

/** A database of an application whose configuration is not read: nothing can be found, so it must be complete. */
const completeDatabaseSchema = z.strictObject(databaseShape).superRefine((database, context) => {
  refuseContradictions(database, context);
  const demand = (key: keyof DatabaseInput, message: string) =>
    context.addIssue({ code: "custom", path: [key], message });
  if (database.engine === undefined) demand("engine", `missing; expected one of ${engineNames.join(", ")}`);
  else if (database.engine === "sqlite" && database.file === undefined)
    demand("file", "missing; expected the full path of the database file");
  else if (database.engine !== "sqlite" && database.name === undefined)
    demand("name", "missing; expected the database's name");
});

const commandSchema = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)], {
  error: "expected a command: a line for the shell, or a list of program and arguments",
});

const patternSchema = z.string().superRefine((pattern, context) => {
  const problem = findPatternProblem(pattern);
  if (problem !== undefined) context.addIssue({ code: "custom", message: problem });
});

const patternsSchema = z.array(patternSchema).default([]);

function findPatternProblem(pattern: string): string | undefined {
  try {
    compilePatterns([pattern]);
    return undefined;
  } catch (error) {
    if (error instanceof OperationError) return error.message;
    throw error;
  }
}

const maintenanceSchema = z
  .strictObject({
    enabled: z
      .boolean()
      .default(true)
      .meta({ description: "`false` makes the backup of the running application as it is, without a warning" }),
    url: z
      .url({ protocol: /^https?$/, error: "expected the application's address, such as http://localhost:7990" })
      .optional()
      .meta({ description: "Where the application answers. Default: the usual port of this host" }),
    user: z.string().min(1).optional().meta({ description: "An administrator of the application" }),
    password: secretSchema()
      .optional()
      .meta({ description: "That user's password, or a token where the application takes one" }),
    timeout: durationSchema()
      .optional()
      .meta({ description: "How long the application may take to come to rest. Default: 5m" }),
  })
  .meta({
    description: "Brings the application to rest while it is backed up, so that database and files belong together",
    examples: [
      { url: "http://localhost:7990", user: "backup", password: { file: "/etc/backup-tools/bitbucket.password" } },
    ],
  });

const commonShape = {
  type: z.string().optional().meta({ description: "The kind of application. Default: the application's name" }),
  version: versionSourceSchema
    .optional()
    .meta({ description: "Where the application's version is read, instead of where its type looks for it" }),
  files: z
    .strictObject({
      include: patternsSchema.meta({
        description: "Takes back exclude rules of the application's type, by their pattern",
      }),
      exclude: patternsSchema.meta({ description: "Patterns of files to leave out besides what the type leaves out" }),
    })
    .default({ include: [], exclude: [] })
    .meta({
      description: "Which files are saved, on top of the type's own rules",
      examples: [{ exclude: ["**/temp/**"] }],
    }),
  hooks: z
    .strictObject({
      before: z
        .array(commandSchema)
        .default([])
        .meta({ description: "Run before anything is read; one that fails ends the backup" }),
      after: z.array(commandSchema).default([]).meta({ description: "Run at the end, always, also after a failure" }),
    })
    .default({ before: [], after: [] })
    .meta({
      description: "Commands around the backup: a list is run as it is, a text by `/bin/sh -c`",
      examples: [{ before: [["systemctl", "stop", "gitea"]], after: [["systemctl", "start", "gitea"]] }],
    }),
  timeout: durationSchema()
    .optional()
    .meta({ description: "After this time the backup is ended and counts as failed. Default: none" }),
};

const typeSpecificShape = {
  home: absolutePathSchema.optional().meta({ description: "The application's data directory" }),
  install: absolutePathSchema.optional().meta({ description: "The application's program files" }),
  configFile: absolutePathSchema.optional().meta({ description: "The application's own configuration file" }),
  database: databaseSchema.optional(),
  maintenance: maintenanceSchema.optional(),
  keys: z.enum(["included", "separate"]).optional().meta({
    description:
      "`separate` puts the keys that the vendor wants kept apart into an archive of their own, `<application>-keys`. Default: `included`",
  }),
  databases: z
    .array(completeDatabaseSchema)
    .optional()
    .meta({
      description: "The databases of an application of type generic",
      examples: [[{ engine: "sqlite", file: "/srv/intranet/intranet.db" }]],
    }),
  paths: z
    .array(absolutePathSchema)
    .optional()
    .meta({ description: "Directories and files that only you know of: all of an application of type generic" }),
  exports: absolutePathSchema.optional().meta({
    description: "Where the application itself writes its exports: of a built-in database, or of all its data",
  }),
};

/** `applications.<name>`, whatever its type; which of the type's keys may be there depends on the type. */
export const applicationSchema = z.strictObject({ ...commonShape, ...typeSpecificShape });

export type ApplicationSettings = z.infer<typeof applicationSchema>;
export type MaintenanceSettings = z.infer<typeof maintenanceSchema>;
export type DatabaseOverrides = z.infer<typeof databaseSchema>;
export type TypeSpecificKey = keyof typeof typeSpecificShape;

export const typeSpecificKeys = Object.keys(typeSpecificShape) as TypeSpecificKey[];
