// Inputs for every field of a schema: at each of its limits, just beyond, of every wrong type and in odd notations.

/** Values of every type, right for some field and wrong for the others. */
const anything = [null, true, false, 0, 1, -1, 1.5, "", "x", "0.5", "true", "1", [], [1], ["x"], {}, { x: 1 }];

/** Of fractions as text, whose schema says only a pattern: the same number in notations that are none of its own. */
const oddNumbers = ["+1", ".5", "1.", "1e0", "1E0", "1e-1", "1e+0", " 1", "1 ", "1\n", "0x1", "1_0", "NaN", "Infinity",
  "-1", "1e400", "0.50000000000000", "0.500000000000000", "0.5000000000000000"];

const face = "\u{1F642}";

/** The numbers of a rule's message: `… must be above A and at most B`, or `… must be A to B`. */
const boundsIn = (rules) => (rules ?? []).flatMap(({ message }) =>
  (message.match(/ (?:above )?([\d.]+) (?:to|and at most) ([\d.]+)$/) ?? []).slice(1).map(Number));

const around = (number, step) => [number - step, number, number + step];

function numbersOf({ minimum, maximum }) {
  const ends = [minimum, maximum].filter((end) => end !== undefined);
  return ends.flatMap((end) => [...around(end, 1), end + 0.5, String(end)]);
}

function textsOf(schema) {
  const texts = [];
  if (schema.enum) {
    texts.push(...schema.enum.flatMap((word) => [word, word.toLowerCase(), word.toUpperCase(), `${word} `]));
  }
  if (schema.maxLength) {
    const begin = schema.pattern === "^/" ? "/" : "";
    for (const length of [schema.maxLength, schema.maxLength + 1]) {
      texts.push(begin + "a".repeat(length - begin.length), begin + face.repeat(length - begin.length));
    }
  }
  if (schema.pattern === "^/") texts.push("/", "/a", "a/", "//");
  const bounds = boundsIn(schema["x-kubernetes-validations"]);
  if (bounds.length > 0) {
    texts.push(...oddNumbers, ...bounds.flatMap((end) => around(end, end > 1 ? 1 : 0.0001)).flatMap((near) =>
      [String(near), near]));
  }
  return texts;
}

function listsOf({ items, minItems = 0, maxItems }) {
  const one = items.type === "string" ? (index) => `x${index}` : null;
  return !one ? [] : [minItems - 1, minItems, maxItems, maxItems + 1].filter((length) => length >= 0)
    .map((length) => Array.from({ length }, (_, index) => one(index)))
    .concat(textsOf(items).map((text) => [text]), [[null], [["x"]]]);
}

const map = (count, value) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, value]));

function mapsOf({ additionalProperties: values, minProperties = 0, maxProperties }) {
  const value = values.type === "array" ? ["x"] : "x";
  const inner = values.type === "array" ? listsOf(values) : textsOf(values);
  return [...[minProperties - 1, minProperties, maxProperties, maxProperties + 1].filter((count) => count >= 0)
    .map((count) => map(count, value)), ...[...anything, ...inner].map((one) => ({ k: one }))];
}

const ports = [1, 0, 65535, 65536, -1, 80.5, "80", "0", "65535", "65536", "00080", "000080", "99999999999999999999",
  "http", "Http", "-a", "a-", "a-b", "a".repeat(15), "a".repeat(16), "1a", "a_b", "http\n"];

/** The values to try in a field of this schema. */
export function valuesOf(schema) {
  const own = schema["x-kubernetes-int-or-string"] ? ports
    : schema.type === "integer" ? numbersOf(schema)
    : schema.type === "string" ? textsOf(schema)
    : schema.type === "array" ? listsOf(schema)
    : schema.additionalProperties ? mapsOf(schema)
    : [];
  return [...anything, ...own];
}

/** Every field below a schema that holds no fields of its own, and every object too, with the way to it. */
export function* fieldsOf(schema, way = []) {
  for (const [name, inner] of Object.entries(schema.properties ?? {})) {
    yield [[...way, name], inner];
    yield* fieldsOf(inner, [...way, name]);
  }
}
