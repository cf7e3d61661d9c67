-- Makes commits wait for the disk, even if the server or the user is configured differently.
SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'
