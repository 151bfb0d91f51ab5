-- The highest position each writer may have handed out, so that no run uses one twice.
CREATE TABLE positions (
    writer TEXT NOT NULL PRIMARY KEY,
    reserved BIGINT NOT NULL
) {clustered};
