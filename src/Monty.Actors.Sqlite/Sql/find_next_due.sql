SELECT due_us FROM session WHERE due_us IS NOT NULL ORDER BY due_us LIMIT 1
