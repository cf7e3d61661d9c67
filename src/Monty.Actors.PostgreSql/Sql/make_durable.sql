-- Lets commits wait for the disk where the server or the user is set not to.
SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'
