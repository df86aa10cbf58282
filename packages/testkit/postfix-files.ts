import { join } from "node:path";

/** Settings of Postfix by their names (postconf(5)). */
export type PostfixSettings = Readonly<Record<string, string>>;

const maildirs = ["admin", "ops", "backup"] as const;

/** A mailbox of example.com that takes mail. */
export type Maildir = (typeof maildirs)[number];

// Besides those, a file that is as long as it may be, and a mailbox for which there is an answer alone.
const mailboxes = [...maildirs.map((name) => [name, `${name}/`]), ["full", "full"], ["crowded", "crowded/"]];

/** Bytes that a mailbox file may have, as many as a mail. */
export const mailboxLimit = 1_000_000;

/** `main.cf` of a Postfix all of whose files lie in one directory. */
export function mainFile(directory: string, settings: PostfixSettings): string {
  const path = (name: string) => join(directory, name);
  const addresses = mailboxes.map(([name, place]) => `{ ${name}@example.com = ${place} }`);
  return format({
    compatibility_level: "3.6",
    queue_directory: path("queue"),
    data_directory: path("data"),
    maillog_file: path("mail.log"),
    maillog_file_prefixes: directory,
    inet_interfaces: "127.0.0.1",
    inet_protocols: "ipv4",
    myhostname: "mail.example.com",
    myorigin: "example.com",
    mydestination: "",
    mynetworks: "192.0.2.0/24", // of no one: whom it trusts must have logged in
    local_recipient_maps: "",
    alias_maps: "",
    alias_database: "",
    smtpd_relay_restrictions: "permit_sasl_authenticated, reject_unauth_destination",
    smtpd_peername_lookup: "no",
    smtpd_tls_chain_files: path("chain.pem"),
    smtpd_tls_security_level: "may",
    smtpd_tls_received_header: "yes",
    cyrus_sasl_config_path: path("sasl"),
    smtpd_sasl_path: "smtpd",
    virtual_mailbox_domains: "example.com",
    virtual_mailbox_base: path("mail"),
    virtual_mailbox_maps: `inline:{ ${addresses.join(", ")} }`,
    virtual_uid_maps: "static:65534",
    virtual_gid_maps: "static:65534",
    virtual_mailbox_limit: String(mailboxLimit),
    message_size_limit: String(mailboxLimit),
    // What the delivery to a mailbox without space says, as long as somebody waits for the answer.
    transport_maps: "inline:{ { crowded@example.com = retry:4.2.2 mailbox full } }",
    ...settings,
  });
}

const services = `
pickup unix n - n 1 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
proxymap unix - - n - - proxymap
showq unix n - n - - showq
postlog unix-dgram n - n - 1 postlogd
`;

/** `master.cf` with an SMTP server on each of these ports of 127.0.0.1. */
export function masterFile(servers: readonly { port: number; settings: PostfixSettings }[]): string {
  const entries = servers.map(({ port, settings }) => {
    const options = Object.entries(settings).map(([name, value]) => `\n  -o { ${name} = ${value} }`);
    return `127.0.0.1:${port} inet n - n - - smtpd${options.join("")}\n`;
  });
  return entries.join("") + services;
}

function format(settings: PostfixSettings): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name} = ${value}\n`)
    .join("");
}
