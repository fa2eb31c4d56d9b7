# What the steps share. BENCH_OP is the driver's label: step and client; the servers find it in the asking process.
as() { # CLIENT COMMAND…
  local client=$1
  shift
  BENCH_OP="$BENCH_STEP $client" "$@" >/dev/null
}
python=/usr/bin/python3
requests_py=$BENCH_CLIENTS/requests.py
requests_mjs=$BENCH_CLIENTS/requests.mjs
quiet_curl=(curl --silent --show-error --no-progress-meter --output /dev/null)

# curl's arguments for the URL's /1 to /COUNT; each has an output of its own.
urls() { # URL COUNT
  local i
  for ((i = 1; i <= $2; i++)); do printf -- '--output\n/dev/null\n%s/%d\n' "$1" "$i"; done
}
curl_many() { # URL COUNT OPTION…
  local -a args
  mapfile -t args < <(urls "$1" "$2")
  # With --parallel this curl draws its progress however it is told not to.
  curl --silent "${@:3}" "${args[@]}" 2>/dev/null
}
