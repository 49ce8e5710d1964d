// The values table of a chart's README, from the comments of its values.yaml: each begins with "# --".
import YAML from "yaml";

const marks = ["<!-- values: begin -->", "<!-- values: end -->"];

/** Every value with its default and what it means; a value without words is an error. */
export function describedValues(source) {
  const rows = [];
  function walk(map, path, inherited) {
    for (const { key, value } of map.items) {
      const name = [...path, key.value].join(".");
      const comment = ownComment(source, key.range[0]);
      const isSection = YAML.isMap(value) && value.items.length > 0 && !comment;
      if (isSection) walk(value, [...path, key.value], inherited);
      else if (comment) rows.push({ name, meaning: comment, standard: JSON.stringify(value?.toJSON() ?? null) });
      else throw new Error(`${name} has no comment that begins with "# --"`);
    }
  }
  walk(YAML.parseDocument(source, { keepSourceTokens: true }).contents, []);
  return rows;
}

/** The comment lines that end just above the line of a key. */
function ownComment(source, offset) {
  const lines = source.slice(0, offset).split("\n").slice(0, -1);
  const words = [];
  while (lines.length > 0 && /^\s*#/.test(lines.at(-1))) {
    const line = lines.pop().trim();
    words.unshift(line.replace(/^# (-- )?/, ""));
    if (line.startsWith("# -- ")) return words.join(" ");
  }
  return null;
}

/** The README with its table made anew. */
export function valuesTable(readme, source) {
  const [begin, end] = marks.map((mark) => readme.indexOf(mark));
  if (begin < 0 || end < begin) throw new Error(`the README lacks the marks ${marks.join(" and ")}`);
  const escape = (text) => text.replaceAll("|", "\\|");
  const rows = describedValues(source).map(
    ({ name, standard, meaning }) => `| \`${name}\` | \`${escape(standard)}\` | ${escape(meaning)} |`,
  );
  const table = ["| value | default | meaning |", "|---|---|---|", ...rows].join("\n");
  return `${readme.slice(0, begin)}${marks[0]}\n${table}\n${readme.slice(end)}`;
}
