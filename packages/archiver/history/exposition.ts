import { escapeControls } from "@catapullt/core/printable";

export type Labels = Readonly<Record<string, string>>;

/** Gauges by name, in the text format of Prometheus. */
export interface Exposition {
  /** A series that is there already gets the sum: the same series twice would make the whole file unreadable. */
  add(name: string, value: number, labels?: Labels): void;
  /** Every metric with its HELP and TYPE, also such as have no series. */
  format(): string;
}

/**
 * For metrics with their names and descriptions, of one line each.
 * Text format 0.0.4: https://prometheus.io/docs/instrumenting/exposition_formats/. Control characters of labels, line feeds
 * too, are made visible first; what is not Unicode is replaced.
 */
export function createExposition(descriptions: Readonly<Record<string, string>>): Exposition {
  const series = new Map(Object.keys(descriptions).map((name) => [name, new Map<string, number>()]));
  return {
    add(name, value, labels = {}) {
      const values = series.get(name);
      if (values === undefined) throw new Error(`no metric is called ${name}`);
      if (!Number.isFinite(value)) throw new Error(`${name} cannot be ${value}`);
      const key = formatLabels(labels);
      values.set(key, (values.get(key) ?? 0) + value);
    },
    format: () =>
      [...series]
        .flatMap(([name, values]) => [
          `# HELP ${name} ${descriptions[name]}`,
          `# TYPE ${name} gauge`,
          ...[...values].map(([labels, value]) => `${name}${labels} ${value}`),
        ])
        .map((line) => `${line}\n`)
        .join(""),
  };
}

function formatLabels(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function escapeLabel(text: string): string {
  return escapeControls(text.toWellFormed()).replace(/[\\"]/g, "\\$&");
}
