/** Whether name and password can be sent at all; the server has the last word. */
export function isAccountComplete(username: string, password: string): boolean {
  return /^[a-z0-9._=\-/+]+$/.test(username) && password.length >= 8;
}
