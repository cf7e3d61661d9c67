#!/bin/sh
# Plays the script that lies beside the link it was started through (ScriptedWorker.cs).
. "$0.script"
