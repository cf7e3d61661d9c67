SELECT tenant, name, due_us FROM session WHERE due_us IS NOT NULL AND due_us <= @until_us AND (due_us, tenant, name) > (@after_us, @after_tenant, @after_name) ORDER BY due_us, tenant, name LIMIT @max
