/** Up and down go from message to message once one of them has the focus; the rest of the page keeps its keys. */
export function moveAmongMessages(event: KeyboardEvent): void {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const present = (event.target as HTMLElement).closest<HTMLElement>("[data-message]");
  const messages = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>("[data-message]")].sort(
    (one, other) => one.getBoundingClientRect().top - other.getBoundingClientRect().top,
  );
  const at = present ? messages.indexOf(present) : -1;
  const next = messages[at + (event.key === "ArrowDown" ? 1 : -1)];
  if (at < 0 || !next) return;
  event.preventDefault();
  next.focus();
}
