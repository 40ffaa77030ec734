# Runs verify.sh on the evidence in each directory; a line for each.
for d in "$@"; do
  FINGERPRINT=$(cat "$d/fingerprint") SEEN=$(cat "$d/seen")
  export FINGERPRINT SEEN
  if why=$(cd "$d" && bash ../verify.sh 2>&1); then
    echo yes
  else
    echo "no $(tail -n 1 <<<"$why")"
  fi
done
