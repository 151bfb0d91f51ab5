-- What people say of themselves beside being there or not. Who is there is never stored.
CREATE TABLE presence_statuses (
    user_id TEXT NOT NULL PRIMARY KEY,
    status_msg TEXT NOT NULL
) {clustered};
