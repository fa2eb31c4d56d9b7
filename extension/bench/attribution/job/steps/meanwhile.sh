# The next step, beside what the one before it has left behind; it ends when that has.
. "${0%/*}/common.sh"
i=0
until [[ -e $BENCH_LEFT ]]; do
  i=$((i + 1))
  ((i < 500))
  as 'meanwhile' "${quiet_curl[@]}" --http1.1 "https://pypi.org/op/meanwhile/$i"
  as 'meanwhile' "${quiet_curl[@]}" "http://github.com/op/meanwhile/$i"
  sleep 0.1
done
