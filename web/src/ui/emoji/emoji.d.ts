declare module "virtual:emoji" {
  export const rows: readonly (readonly [string, number, string, string, string, string])[];
}
