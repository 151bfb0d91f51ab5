import type { Person } from "../src/viewmodels/common.types.ts";

export const hourMs = 3_600_000;

export function person(name: string, colour: number): Person {
  const userName = name.toLowerCase().replaceAll(" ", ".");
  return {
    userId: `@${userName}:casa.example`,
    name,
    address: `${userName}:casa.example`,
    avatar: { initials: [...name][0] ?? "?", colour },
  };
}

export const anna = person("Anna", 1);
export const bruno = person("Bruno", 5);
export const carla = person("Carla", 3);
export const nonna = person("Nonna Rosa 🍒", 0);
export const youssef = person("يوسف", 6);
export const long = person("Massimiliano Bartolomeo della Gherardesca di Castagneto", 4);
