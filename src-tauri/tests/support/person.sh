#!/bin/sh
# Plays the person in front of the browser: opens the page, presses Authorize, notes the code.
# Notes lie beside this script: opened (every page), code (the code read), trouble (what went wrong).
folder=$(dirname "$0")
page=$1
[ -n "$AT_ONCE" ] || printf '%s\n' "$page" >> "$folder/opened"
habit=${AT_ONCE:-$(cat "$folder/habit")}
[ "$habit" = approve ] || exit 0
case $page in
  */authorize-app*) ;;
  *) exit 0 ;;
esac

exec 2>> "$folder/trouble"
set -e
browse() { curl --silent --show-error --fail --noproxy '*' --max-time 20 --location "$@"; }
attribute() { sed -n "s/.* $1=\"\([^\"]*\)\".*/\1/p" | head -n 1; }

form=$(browse "$page" | tr '\n' ' ' | sed -n 's/.*\(<form.*<\/form>\).*/\1/p')
[ -n "$form" ] || { echo "no form on $page" >&2; exit 1; }
origin=$(printf '%s' "$page" | sed 's|^\([a-z]*://[^/]*\).*|\1|')
action=$(printf '%s' "$form" | grep -o '<form[^>]*>' | attribute action)
case $action in
  '') target=$page ;;
  http*) target=$action ;;
  /*) target=$origin$action ;;
  *) target=$origin/$action ;;
esac
# The form's hidden fields go with it, as a browser would send them.
set --
for field in $(printf '%s' "$form" | grep -o '<input[^>]*>' | grep 'type="hidden"' | tr ' ' '\037'); do
  field=$(printf '%s' "$field" | tr '\037' ' ')
  name=$(printf '%s' "$field" | attribute name)
  value=$(printf '%s' "$field" | attribute value)
  set -- "$@" --data-urlencode "$name=$value"
done
# And so does the button that is pressed, if it has a name.
button=$(printf '%s' "$form" | grep -o '<button[^>]*>Authorize<' || true)
name=$(printf '%s' "$button" | attribute name)
value=$(printf '%s' "$button" | attribute value)
[ -z "$name" ] || set -- "$@" --data-urlencode "$name=$value"
[ $# -gt 0 ] || set -- --data ''
answer=$(browse "$@" "$target" | tr '\n' ' ')
code=$(printf '%s' "$answer" | sed -n 's/.*<output[^>]*id="code"[^>]*>\([^<]*\)<.*/\1/p' | tr -cd '0-9')
[ -n "$code" ] || { echo "no code on the page after authorizing" >&2; exit 1; }
printf '%s\n' "$code" > "$folder/code.new"
mv "$folder/code.new" "$folder/code"
