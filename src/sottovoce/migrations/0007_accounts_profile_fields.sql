-- What people say of themselves besides name and picture: JSON, by name.
CREATE TABLE profile_fields (
    user_id TEXT NOT NULL,
    name TEXT NOT NULL,
    value {bytes} NOT NULL,
    PRIMARY KEY (user_id, name)
) {clustered};

-- Whose rooms do not show their new name or picture yet, and since when.
CREATE TABLE profile_news (
    user_id TEXT NOT NULL PRIMARY KEY,
    position BIGINT NOT NULL
) {clustered};
