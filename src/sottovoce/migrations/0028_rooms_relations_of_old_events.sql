-- compatible: 13
-- Relations of events that are older than the table of relations, as far as they keep the rules of their kind.
{only postgresql}
CREATE FUNCTION told_relation(pdu BYTEA, OUT rel_type VARCHAR, OUT event_id VARCHAR, OUT sender VARCHAR,
    OUT sent_at_ms BIGINT, OUT has_new_content BOOLEAN) LANGUAGE plpgsql AS $function$
DECLARE
    event JSON;
    content JSON;
    related JSON;
BEGIN
    -- No text may hold a NUL here; what stands in for it is no character, and in no relation.
    event := regexp_replace(convert_from(pdu, 'UTF8'), '(?<!\\)((\\\\)*)\\u0000', '\1\\uffff', 'g');
    sender := event ->> 'sender';
    sent_at_ms := event ->> 'origin_server_ts';
    content := event -> 'content';
    related := content -> 'm.relates_to';
    has_new_content := json_typeof(content -> 'm.new_content') = 'object';
    IF json_typeof(related -> 'rel_type') = 'string' AND json_typeof(related -> 'event_id') = 'string' THEN
        rel_type := related ->> 'rel_type';
        event_id := related ->> 'event_id';
    END IF;
EXCEPTION WHEN OTHERS THEN
    rel_type := NULL;
END
$function$;
{end}
WITH told AS MATERIALIZED (
{only sqlite}
    SELECT position, room_key, type, state_key, redacted_by,
        json_extract(event, '$.sender') AS sender,
        json_extract(event, '$.origin_server_ts') AS sent_at_ms,
        json_extract(event, '$.content."m.relates_to".rel_type') AS rel_type,
        json_extract(event, '$.content."m.relates_to".event_id') AS related,
        json_type(event, '$.content."m.new_content"') = 'object' AS has_new_content
    FROM (SELECT *, CAST(pdu AS TEXT) AS event FROM events WHERE instr(pdu, CAST('"m.relates_to"' AS BLOB)) > 0)
    WHERE CASE WHEN json_valid(event) THEN json_type(event, '$.content."m.relates_to".rel_type') = 'text'
        AND json_type(event, '$.content."m.relates_to".event_id') = 'text'
        AND json_type(event, '$.origin_server_ts') = 'integer' END
{end}
{only postgresql}
    SELECT position, room_key, type, state_key, redacted_by, said.sender, said.sent_at_ms, said.rel_type,
        said.event_id AS related, said.has_new_content
    FROM events CROSS JOIN LATERAL told_relation(pdu) AS said
    WHERE position('"m.relates_to"'::bytea IN pdu) > 0 AND said.rel_type IS NOT NULL
{end}
), related AS MATERIALIZED (
    SELECT * FROM told
{only sqlite}
    WHERE instr(rel_type, char(0)) = 0 AND instr(related, char(0)) = 0
        AND length(CAST(rel_type AS BLOB)) BETWEEN 1 AND 255 AND length(CAST(related AS BLOB)) BETWEEN 1 AND 255
{end}
{only postgresql}
    WHERE strpos(rel_type, U&'\FFFF') = 0 AND strpos(related, U&'\FFFF') = 0
        AND octet_length(rel_type) BETWEEN 1 AND 255 AND octet_length(related) BETWEEN 1 AND 255
{end}
), parents AS MATERIALIZED (
    SELECT child.position AS child, parent.position, parent.type, parent.state_key,
{only sqlite}
        CASE WHEN json_valid(CAST(parent.pdu AS TEXT)) THEN json_extract(CAST(parent.pdu AS TEXT), '$.sender') END
{end}
{only postgresql}
        (told_relation(parent.pdu)).sender
{end}
        AS sender
    FROM related AS child JOIN events AS parent ON parent.event_id = child.related
    WHERE parent.room_key = child.room_key AND parent.position < child.position AND child.redacted_by IS NULL
)
INSERT INTO relations (room_key, parent, rel_type, child, type, sender, sent_at_ms)
SELECT child.room_key, parent.position, child.rel_type, child.position, child.type, child.sender, child.sent_at_ms
FROM parents AS parent JOIN related AS child ON child.position = parent.child
    LEFT JOIN related AS above ON above.position = parent.position
WHERE child.sender IS NOT NULL AND child.sent_at_ms IS NOT NULL AND CASE child.rel_type
    WHEN 'm.thread' THEN above.position IS NULL
    WHEN 'm.annotation' THEN above.position IS NULL OR above.rel_type NOT IN ('m.annotation', 'm.replace')
    WHEN 'm.replace' THEN parent.sender = child.sender AND parent.type = child.type
        AND parent.state_key IS NULL AND child.state_key IS NULL
        AND (above.position IS NULL OR above.rel_type <> 'm.replace')
        AND (child.type = 'm.room.encrypted' OR child.has_new_content)
    ELSE TRUE END
ON CONFLICT DO NOTHING;
{only postgresql}
DROP FUNCTION told_relation;
{end}
