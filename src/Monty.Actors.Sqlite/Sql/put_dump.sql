INSERT INTO dump (session_key, version, runtime, content) VALUES (@session_key, @version, @runtime, @content)
ON CONFLICT (session_key) DO UPDATE SET version = excluded.version, runtime = excluded.runtime, content = excluded.content
