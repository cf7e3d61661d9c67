SELECT tenant, name FROM session WHERE is_active AND (tenant, name) > (@after_tenant, @after_name) ORDER BY tenant, name LIMIT @max
