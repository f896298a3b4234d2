// What the schema says: reading it by introspection, finding in it, and writing a field with a first selection.

const INTROSPECTION = `query Introspection {
  __schema {
    queryType { name } mutationType { name } subscriptionType { name }
    types {
      kind name description
      fields(includeDeprecated: true) {
        name description isDeprecated deprecationReason type { ...Ref }
        args { name description defaultValue type { ...Ref } }
      }
      inputFields { name description defaultValue type { ...Ref } }
      interfaces { name }
      enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason }
      possibleTypes { name }
    }
  }
}
fragment Ref on __Type {
  kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } }
}`;

const TELLING = ["id", "name", "title", "subject", "code", "message", "field", "totalCount", "count"];
const PLACEHOLDERS = {
  Int: "0", Float: "0", Decimal: '"0"', Boolean: "true", Date: '"2026-01-31"', DateTime: '"2026-01-31T09:00:00Z"',
};
const MOST_FIELDS = 4;
const DEEPEST = 3;
const MOST_MATCHES = 80;

export class Schema {
  #types;

  constructor({ queryType, mutationType, subscriptionType, types }) {
    const shown = types.filter(({ name }) => !name.startsWith("__"));
    this.#types = new Map(shown.sort((a, b) => (a.name < b.name ? -1 : 1)).map((type) => [type.name, type]));
    this.roots = Object.entries({ query: queryType, mutation: mutationType, subscription: subscriptionType })
      .filter(([, type]) => type)
      .map(([operation, { name }]) => ({ operation, name }));
  }

  /** Ask the server for its schema. `send` is that of api.js. Rejects with the reason. */
  static async read(send) {
    const { answer, status } = await send({ query: INTROSPECTION, operationName: "Introspection" });
    if (!answer?.data) throw new Error(answer?.errors?.[0]?.message ?? `HTTP ${status}`);
    return new Schema(answer.data.__schema);
  }

  type(name) {
    return this.#types.get(name) ?? null;
  }

  /** The types with an id, which is what people ask for; in order of their names. */
  get records() {
    return [...this.#types.values()].filter(isRecord);
  }

  /** All types but the roots and the records, in order of their names. */
  get others() {
    return [...this.#types.values()].filter((type) => !isRecord(type) && !this.operationOf(type.name));
  }

  /** Which operation a type is the root of, or null. */
  operationOf(name) {
    return this.roots.find((root) => root.name === name)?.operation ?? null;
  }

  /** Types and fields whose name holds `word`: `{type, field}`, the likeliest first; and how many more there are. */
  find(word) {
    const wanted = word.trim().toLowerCase();
    const matches = [];
    for (const type of this.#types.values()) {
      if (type.name.toLowerCase().includes(wanted)) matches.push({ type, field: null });
      for (const field of type.fields ?? type.inputFields ?? []) {
        if (field.name.toLowerCase().includes(wanted)) matches.push({ type, field });
      }
    }
    matches.sort((a, b) => this.#rank(a, wanted) - this.#rank(b, wanted));
    return { matches: matches.slice(0, MOST_MATCHES), more: Math.max(0, matches.length - MOST_MATCHES) };
  }

  #rank({ type, field }, wanted) {
    const name = (field ?? type).name.toLowerCase();
    const closeness = name === wanted ? 0 : name.startsWith(wanted) ? 1 : 2;
    const weight = field ? (this.operationOf(type.name) ? 1 : isRecord(type) ? 2 : 4) : isRecord(type) ? 0 : 3;
    return 5 * closeness + weight;
  }

  /** `field` as text to start from: its required arguments, and a selection where it needs one. */
  written(field, level = 0) {
    const given = field.args.filter(isRequired).map((arg) => `${arg.name}: ${this.#placeholder(arg.type)}`);
    if (field.args.some(({ name }) => name === "first")) given.push(level ? "first: 3" : "first: 10");
    return `${field.name}${given.length ? `(${given.join(", ")})` : ""}${this.#selection(field.type, level)}`;
  }

  #selection(reference, level) {
    const type = this.type(named(reference));
    if (!type || isLeaf(type)) return "";
    const lines = this.#chosen(type, level).flatMap((text) => text.split("\n"));
    return ` {\n${lines.map((line) => `  ${line}`).join("\n")}\n}`;
  }

  #chosen(type, level) {
    const own = type.fields ?? [];
    const leaves = own.filter((field) => isLeaf(this.type(named(field.type))) && !field.args.some(isRequired));
    const telling = TELLING.flatMap((name) => leaves.filter((field) => field.name === name));
    const plain = (telling.length ? telling : leaves.slice(0, MOST_FIELDS)).map(({ name }) => name);
    const inner = level < DEEPEST ? this.#inner(own, telling.length > 0) : [];
    const chosen = [...plain, ...inner.map((field) => this.written(field, level + 1))];
    return chosen.length ? chosen : ["__typename"];
  }

  /** The fields with selections that make sense of a page, of a payload, of a group; none of a record. */
  #inner(fields, tells) {
    const by = (name) => fields.filter((field) => field.name === name);
    if (by("nodes").length) return by("nodes");
    if (by("userErrors").length) {
      const result = fields.filter(({ name, type }) => name !== "userErrors" && !isLeaf(this.type(named(type))));
      return [...result.slice(0, 1), ...by("userErrors")];
    }
    return tells ? [] : fields.filter(({ type, args }) => !isLeaf(this.type(named(type))) && !args.some(isRequired)).slice(0, 1);
  }

  #placeholder(reference) {
    if (reference.kind === "NON_NULL") return this.#placeholder(reference.ofType);
    if (reference.kind === "LIST") return `[${this.#placeholder(reference.ofType)}]`;
    if (reference.kind === "ENUM") return this.type(reference.name).enumValues[0].name;
    if (reference.kind === "INPUT_OBJECT") {
      const needed = this.type(reference.name).inputFields.filter(isRequired);
      return `{${needed.map((field) => `${field.name}: ${this.#placeholder(field.type)}`).join(", ")}}`;
    }
    return PLACEHOLDERS[reference.name] ?? '""';
  }
}

/** A type reference as the schema definition language has it: `[Customer!]!`. */
export function spelled({ kind, name, ofType }) {
  if (kind === "NON_NULL") return `${spelled(ofType)}!`;
  return kind === "LIST" ? `[${spelled(ofType)}]` : name;
}

/** The name of the type inside lists and non-nulls. */
export function named(reference) {
  return reference.ofType ? named(reference.ofType) : reference.name;
}

export function isLeaf(type) {
  return !type || type.kind === "SCALAR" || type.kind === "ENUM";
}

function isRecord({ kind, interfaces }) {
  return kind === "OBJECT" && interfaces.some(({ name }) => name === "Node");
}

function isRequired({ type, defaultValue }) {
  return type.kind === "NON_NULL" && defaultValue === null;
}
