import { execa } from "execa";
import { systemProgram } from "./system-packages.ts";

export interface MetricFamily {
  name: string;
  help: string;
  type: string;
  samples: { name: string; labels: Record<string, string>; value: number; timestamp: number | null }[];
}

const script = `
import json, sys
from prometheus_client.parser import text_string_to_metric_families
print(json.dumps([
  { "name": family.name, "help": family.documentation, "type": family.type,
    "samples": [{ "name": name, "labels": labels, "value": value, "timestamp": timestamp }
                for name, labels, value, timestamp, _ in family.samples] }
  for family in text_string_to_metric_families(sys.stdin.buffer.read().decode("utf-8"))
]))
`;

/** The text format of Prometheus as its own Python library understands it; rejects where that does not. */
export async function parseMetrics(text: string | Uint8Array): Promise<MetricFamily[]> {
  const { stdout } = await execa(systemProgram("python3"), ["-c", script], {
    input: text,
    env: { PYTHONPATH: "/usr/lib/python3/dist-packages" },
  });
  return JSON.parse(stdout) as MetricFamily[];
}
