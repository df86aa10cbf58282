import { execa } from "execa";
import { systemProgram } from "./system-packages.ts";

const script = `
import dkim, json, sys
request = json.loads(sys.stdin.read())
records = request["records"]
def answer(name, timeout=5):
  text = records.get(name.decode().rstrip("."))
  return None if text is None else text.encode()
print(json.dumps(dkim.verify(request["mail"].encode("latin1"), dnsfunc=answer)))
`;

/** Whether Debian's own DKIM library finds a mail's signature right, with these TXT records as the DNS. */
export async function verifyDkim(mail: string, records: Record<string, string>): Promise<boolean> {
  const { stdout } = await execa(systemProgram("python3"), ["-c", script], {
    input: JSON.stringify({ mail, records }),
    env: { PYTHONPATH: "/usr/lib/python3/dist-packages" },
  });
  return JSON.parse(stdout) === true;
}
