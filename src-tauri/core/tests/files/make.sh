#!/bin/sh
# Makes the library of one schema, as an app of that schema left it: `./make.sh 3` writes `schema_3.db`.
# Files that are here stay as they are; a new schema gets a new file.
set -eu
cd "$(dirname "$0")"
schemas=../../src/library
file="schema_$1.db"
rm -f "$file"
{
    # Small pages make a small file.
    echo "PRAGMA page_size = 1024; PRAGMA journal_mode = WAL;"
    cat "$schemas/schema_1.sql" content.sql
    step=2
    while [ "$step" -le "$1" ]; do
        cat "$schemas/schema_$step.sql"
        if [ "$step" -eq 4 ]; then cat order.sql; fi
        step=$((step + 1))
    done
    echo "PRAGMA user_version = $1;"
} | sqlite3 -bail "$file" >/dev/null
