/**
 * Which keys a parsed file has, at which places and with which types of values.
 *
 * @module
 */

/** Lists the places of a value: one line per place, elements of a list taken together. */
export function keyStructure(value: unknown): Set<string> {
  const places = new Set<string>();
  visit(value, "", places);
  return places;
}

function visit(value: unknown, place: string, places: Set<string>) {
  places.add(`${place} is ${kindOf(value)}`);
  if (Array.isArray(value)) { for (const item of value) visit(item, `${place}[]`, places); }
  else if (typeof value === "object" && value !== null) {
    for (const [key, item] of Object.entries(value)) visit(item, `${place}.${JSON.stringify(key)}`, places);
  }
}

function kindOf(value: unknown): string {
  return Array.isArray(value) ? "list" : value === null ? "null" : typeof value;
}

/** Gives every text of a value with its place, elements of a list by number. */
export function texts(value: unknown, place = "", found: Map<string, string> = new Map()): Map<string, string> {
  if (typeof value === "string") found.set(place, value);
  else if (typeof value === "object" && value !== null) {
    for (const [key, item] of Object.entries(value)) texts(item, `${place}/${JSON.stringify(key)}`, found);
  }
  return found;
}
