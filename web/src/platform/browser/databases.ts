import type { Databases } from "../types.ts";

export const browserDatabases: Databases = {
  factory: indexedDB,
  remove: (name) =>
    new Promise((resolve, reject) => {
      const removal = indexedDB.deleteDatabase(name);
      removal.onsuccess = () => resolve();
      removal.onerror = () => reject(removal.error);
    }),
};
