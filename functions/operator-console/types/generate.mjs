// Writes the answers of the API as TypeScript types, from docs/openapi.json: `Answers['GET /operator/stations']`.

import { readFileSync } from 'node:fs';

const document = JSON.parse(readFileSync(process.argv[2], 'utf8'));

/** A schema as a type. */
function typeOf(schema) {
    if (schema === undefined || schema === true) return 'unknown';
    if (schema.$ref) return `Schemas[${JSON.stringify(schema.$ref.split('/').at(-1))}]`;
    if (schema.const !== undefined) return JSON.stringify(schema.const);
    if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
    const choices = schema.anyOf ?? schema.oneOf;
    if (choices) return choices.map((one) => `(${typeOf(one)})`).join(' | ');
    if (schema.allOf) return schema.allOf.map((one) => `(${typeOf(one)})`).join(' & ');
    if (Array.isArray(schema.type)) return schema.type.map((type) => `(${typeOf({ ...schema, type })})`).join(' | ');
    switch (schema.type) {
        case 'object': return object(schema);
        case 'array': return schema.prefixItems ? `[${schema.prefixItems.map(typeOf).join(', ')}]` : tuple(schema) ?? `(${typeOf(schema.items)})[]`;
        case 'integer': case 'number': return 'number';
        case 'boolean': return 'boolean';
        case 'null': return 'null';
        case 'string': return 'string';
        default: return 'unknown';
    }
}

/** A list of a fixed length. */
function tuple({ items, minItems, maxItems }) {
    if (minItems === undefined || minItems !== maxItems || minItems > 8) return undefined;
    return `[${Array(minItems).fill(typeOf(items)).join(', ')}]`;
}

function object(schema) {
    const required = new Set(schema.required ?? []);
    const fields = Object.entries(schema.properties ?? {}).map(
        ([name, field]) => `${JSON.stringify(name)}${required.has(name) ? '' : '?'}: ${typeOf(field)}`,
    );
    return fields.length > 0 ? `{ ${fields.join('; ')} }` : 'Record<string, unknown>';
}

const schemas = Object.entries(document.components.schemas);
const ways = Object.entries(document.paths).flatMap(([path, methods]) => Object.entries(methods).flatMap(([method, operation]) => {
    const answer = operation.responses?.['200']?.content?.['application/json']?.schema;
    return answer ? [[`${method.toUpperCase()} ${path}`, answer]] : [];
}));
console.log('// Written by types/generate.mjs from docs/openapi.json.');
console.log('export interface Schemas {');
for (const [name, schema] of schemas) console.log(`    ${JSON.stringify(name)}: ${typeOf(schema)};`);
console.log('}');
console.log('export interface Answers {');
for (const [way, schema] of ways) console.log(`    ${JSON.stringify(way)}: ${typeOf(schema)};`);
console.log('}');
