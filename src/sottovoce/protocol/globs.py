"""Patterns in which `*` stands for any characters and `?` for one. Spec: appendices, Glob-style matching."""


def glob_matches(pattern: str, text: str) -> bool:
    """Whether the whole text fits the pattern, capitals told apart. Takes at most len(pattern) * len(text) steps.

    Spec: appendices, Glob-style matching.
    """
    at = in_pattern = 0
    star, after_star = -1, 0  # the last `*` seen, and up to where it stands for the text
    while at < len(text):
        if in_pattern < len(pattern) and pattern[in_pattern] == "*":
            star, after_star = in_pattern, at
            in_pattern += 1
        elif in_pattern < len(pattern) and pattern[in_pattern] in ("?", text[at]):
            in_pattern += 1
            at += 1
        elif star >= 0:
            after_star += 1
            in_pattern, at = star + 1, after_star
        else:
            return False
    return pattern[in_pattern:].strip("*") == ""
