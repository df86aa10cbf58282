import { once } from "node:events";
import { buffer } from "node:stream/consumers";
import { type HeaderValue, simpleParser } from "mailparser";
import { SMTPServer, type SMTPServerSession } from "smtp-server";
import { makeCertificates } from "./certificates.ts";
import { createTemporaryDirectory } from "./temporary-directory.ts";

export type SmtpSecurity = "none" | "starttls" | "tls";

/** Something that goes wrong at one step of the SMTP dialogue. */
export interface SmtpFault {
  at: "connect" | "sender" | "recipient" | "data";
  /** A reply code such as 421 or 550, no answer at all, or a connection that is cut. */
  does: number | "hang" | "drop";
  /** How often, then all goes well; always if absent. */
  times?: number;
  /** With `at: "recipient"`: only this one. */
  recipient?: string;
}

export interface SmtpSinkOptions {
  security?: SmtpSecurity | undefined;
  /** Who may send; anybody if absent. */
  authentication?: { user: string; password: string } | undefined;
  fault?: SmtpFault | undefined;
  /** Where it listens: 127.0.0.1 if absent. */
  address?: string | undefined;
  /** A free one if absent. */
  port?: number | undefined;
  /** The only name that its certificate is for; `localhost` and 127.0.0.1 if absent. */
  name?: string | undefined;
}

export interface ReceivedMail {
  envelope: { from: string; to: string[] };
  /** True when it came over TLS. */
  secure: boolean;
  /** The user who had logged in. */
  user: string | undefined;
  subject: string;
  from: string;
  to: string;
  messageId: string;
  text: string;
  html: string;
  headers: Map<string, HeaderValue>;
  /** The whole message as it came over the wire. */
  raw: string;
}

export interface SmtpSink {
  host: string;
  port: number;
  /** PEM file of the authority to trust; undefined without TLS. */
  authorityFile: string | undefined;
  /** What arrived, oldest first. */
  mails: ReceivedMail[];
  /** Connections so far. */
  connections(): number;
  /** How often the fault has come so far. */
  faults(): number;
  close(): Promise<void>;
}

/** A real SMTP server of this host that keeps every mail and delivers none. */
export async function startSmtpSink(options: SmtpSinkOptions = {}): Promise<SmtpSink> {
  const { security = "none", authentication, address: host = "127.0.0.1" } = options;
  const directory = createTemporaryDirectory("smtp");
  const certificates = security === "none" ? undefined : await makeCertificates(directory.path, { name: options.name });
  const mails: ReceivedMail[] = [];
  const play = createFaultPlayer(options.fault, (session) => {
    for (const connection of server.connections) {
      if (connection.session.id === session.id) connection._socket.destroy();
    }
  });
  let connections = 0;

  const server = new SMTPServer({
    secure: security === "tls",
    ...(certificates === undefined ? {} : { cert: certificates.certificate, key: certificates.key }),
    disabledCommands: [
      ...(security === "starttls" ? [] : ["STARTTLS"]),
      ...(authentication === undefined ? ["AUTH"] : []),
    ],
    closeTimeout: 50,
    disableReverseLookup: true,
    onConnect(session, callback) {
      connections += 1;
      play("connect", session, callback);
    },
    onAuth({ username, password }, _session, callback) {
      const isRight = username === authentication?.user && password === authentication?.password;
      if (isRight) callback(null, { user: username });
      else callback(replyError(535, "authentication failed"));
    },
    onMailFrom: (_address, session, callback) => play("sender", session, callback),
    onRcptTo: ({ address }, session, callback) => play("recipient", session, callback, address),
    onData(stream, session, callback) {
      buffer(stream)
        .then((content) => parseMail(content, session))
        .then((mail) =>
          play("data", session, (error) => {
            if (!error) mails.push(mail);
            callback(error);
          }),
        )
        .catch(callback);
    },
  });
  server.on("error", () => {}); // clients that break off are part of the tests
  server.listen(options.port ?? 0, host);
  await once(server.server, "listening");
  const address = server.server.address();
  if (address === null || typeof address === "string") throw new Error("an SMTP server has a port");

  return {
    host,
    port: address.port,
    authorityFile: certificates?.authorityFile,
    mails,
    connections: () => connections,
    faults: play.count,
    async close() {
      await new Promise<void>((resolve) => server.close(resolve));
      directory.remove();
    },
  };
}

type Callback = (error?: Error | null) => void;

function createFaultPlayer(fault: SmtpFault | undefined, drop: (session: SMTPServerSession) => void) {
  const most = fault?.times ?? Number.POSITIVE_INFINITY;
  let count = 0;
  const play = (step: SmtpFault["at"], session: SMTPServerSession, callback: Callback, recipient?: string) => {
    const applies = fault?.at === step && count < most && (fault.recipient ?? recipient) === recipient;
    if (fault === undefined || !applies) return callback();
    count += 1;
    if (fault.does === "drop") drop(session);
    else if (fault.does !== "hang") callback(replyError(fault.does, "as the test wants it"));
  };
  return Object.assign(play, { count: () => count });
}

function replyError(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}

async function parseMail(content: Buffer, session: SMTPServerSession): Promise<ReceivedMail> {
  const parsed = await simpleParser(content);
  const { mailFrom, rcptTo } = session.envelope;
  return {
    envelope: { from: mailFrom === false ? "" : mailFrom.address, to: rcptTo.map(({ address }) => address) },
    secure: session.secure,
    user: session.user,
    subject: parsed.subject ?? "",
    from: parsed.from?.text ?? "",
    to: [parsed.to ?? []]
      .flat()
      .map(({ text }) => text)
      .join(", "),
    messageId: parsed.messageId ?? "",
    text: parsed.text ?? "",
    html: parsed.html || "",
    headers: parsed.headers,
    raw: content.toString("latin1"),
  };
}
