DELETE FROM session
WHERE closed_us <= @unchanged_since_us
    AND session_key IN (SELECT session_key FROM session WHERE closed_us IS NOT NULL AND closed_us <= @unchanged_since_us ORDER BY closed_us LIMIT @max)
RETURNING session_key
